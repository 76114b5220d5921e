import NIOCore
import NIOEmbedded
import Testing

@testable import GatewayTLS

@Suite("The queue of handshakes in progress")
struct HandshakeQueueTests {
    @Test("past a stage's cap its oldest is evicted, never the newcomer")
    func eviction() {
        var queue = HandshakeQueue<Int>(maximumSilent: 3, maximumInProgress: 2)
        let tickets = (0..<3).map { queue.accepted($0).ticket }
        #expect(queue.accepted(3).evicted == 0)
        // 1 and 2 begin; 3 stays silent.
        #expect(queue.began(tickets[1]) == nil)
        #expect(queue.began(tickets[2]) == nil)
        let (ticket, evicted) = queue.accepted(4)
        #expect(evicted == nil)
        #expect(queue.began(ticket) == 1)
        #expect(queue.count == 3)
        // Those evicted are gone: telling about them changes nothing.
        #expect(queue.began(tickets[0]) == nil)
        queue.ended(tickets[1])
        #expect(queue.count == 3)
    }

    @Test("agrees with a plain list over random histories", arguments: UInt64(1)...20)
    func model(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = HandshakeQueue<Int>(maximumSilent: 5, maximumInProgress: 4)
        var tickets: [HandshakeQueue<Int>.Ticket] = []
        var silent: [Int] = []
        var inProgress: [Int] = []
        for step in 0..<2000 {
            switch Int.random(in: 0...2, using: &random) {
            case 0:
                let member = tickets.count
                let (ticket, evicted) = queue.accepted(member)
                tickets.append(ticket)
                silent.append(member)
                #expect(evicted == (silent.count > 5 ? silent.removeFirst() : nil))
            case 1:
                guard !tickets.isEmpty else { continue }
                let member = max(0, tickets.count - 1 - Int.random(in: 0..<8, using: &random))
                let evicted = queue.began(tickets[member])
                if let index = silent.firstIndex(of: member) {
                    silent.remove(at: index)
                    inProgress.append(member)
                    #expect(evicted == (inProgress.count > 4 ? inProgress.removeFirst() : nil))
                } else {
                    #expect(evicted == nil)
                }
            default:
                guard !tickets.isEmpty else { continue }
                let member = max(0, tickets.count - 1 - Int.random(in: 0..<12, using: &random))
                queue.ended(tickets[member])
                silent.removeAll { $0 == member }
                inProgress.removeAll { $0 == member }
            }
            #expect(queue.count == silent.count + inProgress.count, "step \(step)")
        }
    }

    @Test("who makes progress is not the oldest any more; bytes alone are none")
    func progress() {
        var queue = HandshakeQueue<Int>(maximumSilent: 9, maximumInProgress: 3)
        let tickets = (0..<4).map { queue.accepted($0).ticket }
        for ticket in tickets.prefix(3) { _ = queue.began(ticket) }
        queue.progressed(tickets[0])
        #expect(queue.began(tickets[3]) == 1)
        queue.ended(tickets[2])
        #expect(queue.evictOldest() == 0)
        #expect(queue.evictOldest() == 3)
        #expect(queue.evictOldest() == nil)
    }

    @Test("room is made by a silent one first")
    func evictOldest() {
        var queue = HandshakeQueue<Int>(maximumSilent: 9, maximumInProgress: 9)
        let tickets = (0..<3).map { queue.accepted($0).ticket }
        _ = queue.began(tickets[0])
        #expect((0..<4).map { _ in queue.evictOldest() } == [1, 2, 0, nil])
    }
}
