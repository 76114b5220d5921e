import BrokerCore
import Testing

@testable import DeviceGateway

struct DeadlineQueueTests {
    @Test func deadlinesComeDueInOrderAndNotBeforeTheirTime() {
        var queue = DeadlineQueue()
        let start = BrokerInstant(nanoseconds: 0)
        queue.schedule(1, at: start.adding(seconds: 3))
        queue.schedule(2, at: start.adding(seconds: 1))
        queue.schedule(3, at: start.adding(seconds: 2))
        #expect(queue.popDue(now: start) == nil)
        #expect(queue.popDue(now: start.adding(seconds: 2)) == 2)
        #expect(queue.popDue(now: start.adding(seconds: 2)) == 3)
        #expect(queue.popDue(now: start.adding(seconds: 2)) == nil)
        #expect(queue.popDue(now: start.adding(seconds: 3)) == 1)
        #expect(queue.count == 0)
    }

    @Test func entriesOfClosedConnectionsCanBeForgotten() {
        var queue = DeadlineQueue()
        let start = BrokerInstant(nanoseconds: 0)
        for id in 1...10 as ClosedRange<UInt64> { queue.schedule(id, at: start.adding(seconds: UInt32(id))) }
        queue.keep { $0.isMultiple(of: 5) }
        #expect(queue.count == 2)
        #expect(queue.popDue(now: start.adding(seconds: 60)) == 5)
        #expect(queue.popDue(now: start.adding(seconds: 60)) == 10)
    }
}
