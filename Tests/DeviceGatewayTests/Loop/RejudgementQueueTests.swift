import Testing

@testable import DeviceGateway

struct RejudgementQueueTests {
    private static func rest(of queue: inout RejudgementQueue, _ present: [UInt64]) -> [UInt64] {
        var taken: [UInt64] = []
        while let id = queue.next({ present }) { taken.append(id) }
        return taken
    }

    @Test func everyoneIsTakenOnce() {
        var queue = RejudgementQueue()
        #expect(queue.isEmpty)
        queue.addEveryone()
        #expect(!queue.isEmpty)
        #expect(Self.rest(of: &queue, [1, 2, 3]) == [1, 2, 3])
        #expect(queue.isEmpty)
    }

    @Test func thoseThatAChangeNamesComeFirst() {
        var queue = RejudgementQueue()
        queue.addEveryone()
        #expect(queue.next { [1, 2, 3] } == 1)
        queue.add([3])
        #expect(Self.rest(of: &queue, [1, 2, 3]) == [3, 2, 3])
    }

    @Test func whoStillWaitsDoesNotWaitTwice() {
        var queue = RejudgementQueue()
        queue.add([1, 2, 1])
        #expect(queue.next { [] } == 1)
        queue.add([1, 2])
        #expect(Self.rest(of: &queue, []) == [2, 1])
    }

    @Test(
        "a second change on the way: nobody waits longer, and whoever was judged or came before it is judged again"
    )
    func everyoneAgain() {
        var queue = RejudgementQueue()
        queue.addEveryone()
        #expect(queue.next { [1, 2, 3] } == 1)
        // 2 leaves and 4 comes, and then the registry changes again.
        queue.addEveryone()
        #expect(Self.rest(of: &queue, [1, 3, 4]) == [2, 3, 1, 3, 4])
        #expect(queue.isEmpty)
    }

    @Test("changes that come faster than they can be judged keep nobody waiting forever")
    func nobodyStarves() {
        var queue = RejudgementQueue()
        var taken: [UInt64] = []
        for _ in 0..<9 {
            queue.addEveryone()
            if let id = queue.next({ [1, 2, 3] }) { taken.append(id) }
        }
        #expect(taken == [1, 2, 3, 1, 2, 3, 1, 2, 3])
    }
}
