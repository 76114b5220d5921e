import BrokerCore
import MQTTCodec
import NIOCore
import Testing

@testable import DeviceGateway

/// How often refusals are explained.
@Suite(.timeLimit(.minutes(2)))
struct ExplanationBudgetTests {
    static func instant(milliseconds: UInt64) -> BrokerInstant {
        BrokerInstant(nanoseconds: 10_000_000_000 + milliseconds * 1_000_000)
    }

    /// What a budget grants at these times.
    static func granted(perSecond: Int, at milliseconds: [UInt64]) -> [Bool] {
        var budget = ExplanationBudget(perSecond: perSecond)
        return milliseconds.map { budget.take(now: instant(milliseconds: $0)) }
    }

    @Test func soManyInOneSecondAndAsManyInTheNext() {
        #expect(
            Self.granted(perSecond: 2, at: [0, 500, 999, 999, 1_000, 1_001, 1_002, 1_999, 2_000])
                == [true, true, false, false, true, true, false, false, true])
    }

    @Test func aBudgetOfNothingExplainsNothing() {
        #expect(Self.granted(perSecond: 0, at: [0, 5_000]) == [false, false])
    }

    @Test("the second begins with the first refusal in it, and a gap does not add up")
    func gaps() {
        #expect(
            Self.granted(perSecond: 1, at: [700, 1_699, 60_000, 60_001]) == [true, false, true, false])
    }

    @Test("past the budget a PUBLISH is refused all the same, and only counted")
    func onAConnection() async throws {
        try await TestGateway.run {
            $0.limits.maximumExplanationsPerSecond = 3
        } _: { test in
            let client = try await test.connect(try await test.device("device1"), clientID: "device1")
            for _ in 0..<5 {
                #expect(try await client.publish("devices/device2/a", "x") == .notAuthorized)
            }
            #expect(test.observer.denials.count == 3)
            test.clock.advance(seconds: 1)
            #expect(try await client.publish("devices/device2/a", "x") == .notAuthorized)
            #expect(test.observer.denials.count == 4)
        }
    }
}
