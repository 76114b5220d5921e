import BrokerCore
import MQTTCodec
import Testing

@Suite struct SubscriptionMatchTests {
    @Test func groupsBySession() {
        let plain = SubscriptionOptions(qos: .atMostOnce)
        var matches = [3, 1, 3, 2, 1, 3].map {
            SubscriptionMatch(session: SessionID(rawValue: $0), options: plain)
        }
        var groups: [UInt32: Int] = [:]
        var calls = 0
        matches.forEachSession(.several) { session, group in
            groups[session.rawValue] = group.count
            calls += 1
        }
        #expect(groups == [1: 2, 2: 1, 3: 3])
        #expect(calls == 3)
    }

    @Test func isPlainAndSmall() {
        #expect(MemoryLayout<SubscriptionMatch>.stride == 12)
    }
}
