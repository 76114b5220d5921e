import BrokerCore
import Testing

@Suite struct BrokerInstantTests {
    @Test func additionSaturates() {
        #expect(BrokerInstant(nanoseconds: 1).adding(seconds: 2) == BrokerInstant(nanoseconds: 2_000_000_001))
        #expect(BrokerInstant(nanoseconds: .max - 1).adding(nanoseconds: 2) == .never)
        #expect(BrokerInstant.never.adding(seconds: .max) == .never)
    }

    @Test func remainingSecondsRoundUp() {
        let now = BrokerInstant(nanoseconds: 5)
        #expect(now.seconds(until: now) == 0)
        #expect(now.seconds(until: BrokerInstant(nanoseconds: 0)) == 0)
        #expect(now.seconds(until: BrokerInstant(nanoseconds: 6)) == 1)
        #expect(now.seconds(until: now.adding(seconds: 10)) == 10)
        #expect(now.seconds(until: BrokerInstant(nanoseconds: 10_000_000_004)) == 10)
        #expect(now.seconds(until: .never) == .max)
    }
}
