import NIOCore
import NIOEmbedded
import Testing

@testable import GatewayTLS

@Suite("The budget for handshakes")
struct HandshakeBudgetTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test("a tick takes so many steps, and whoever came first is served first")
    func steps() {
        var limits = HandshakeBudgetLimits()
        limits.maximumSteps = 3
        var budget = HandshakeBudget<Int>(limits: limits)
        for member in 0..<7 { budget.enqueue(member) }
        var served: [[Int]] = []
        for _ in 0..<4 {
            budget.beginTick(now: start)
            var tick: [Int] = []
            while let member = budget.next(now: start) {
                tick.append(member)
                // A newcomer has to wait behind those who are there.
                if member == 0 { budget.enqueue(100) }
            }
            served.append(tick)
        }
        #expect(served == [[0, 1, 2], [3, 4, 5], [6, 100], []])
    }

    @Test("a tick takes so much time, and one step at least")
    func time() {
        var limits = HandshakeBudgetLimits()
        limits.maximumTime = .milliseconds(2)
        var budget = HandshakeBudget<Int>(limits: limits)
        for member in 0..<6 { budget.enqueue(member) }
        var now = start
        func tick(_ cost: TimeAmount) -> [Int] {
            var served: [Int] = []
            budget.beginTick(now: now)
            while let member = budget.next(now: now) {
                served.append(member)
                now = now + cost
            }
            return served
        }
        #expect(tick(.microseconds(700)) == [0, 1, 2])
        #expect(tick(.milliseconds(50)) == [3])
        #expect(tick(.nanoseconds(0)) == [4, 5])
        // A clock that goes back is no reason to stop.
        budget.enqueue(6)
        budget.enqueue(7)
        budget.beginTick(now: now)
        #expect(budget.next(now: now) == 6)
        #expect(budget.next(now: now - .seconds(9)) == 7)
    }

    private final class Worker: HandshakeTurnTaker {
        var turns = 0
        var onTurn: () -> Void = {}
        func takeTurn() {
            turns += 1
            onTurn()
        }
    }

    @Test("turns come after the tick's reads, and what is over budget after the next tick's")
    func turns() {
        let loop = EmbeddedEventLoop()
        var limits = HandshakeBudgetLimits()
        limits.maximumSteps = 2
        // What the clock says does not matter here.
        limits.maximumTime = .hours(1)
        let turns = HandshakeTurns(eventLoop: loop, limits: limits)
        let workers = (0..<5).map { _ in Worker() }
        for worker in workers { turns.request(worker) }
        #expect(workers.map(\.turns) == [0, 0, 0, 0, 0])
        loop.run()
        #expect(workers.map(\.turns) == [1, 1, 0, 0, 0])
        // Another round of reads has to fit in before.
        loop.run()
        #expect(workers.map(\.turns) == [1, 1, 0, 0, 0])
        workers[2].onTurn = { turns.request(workers[0]) }
        loop.advanceTime(by: .microseconds(50))
        #expect(workers.map(\.turns) == [1, 1, 1, 1, 0])
        loop.advanceTime(by: .microseconds(50))
        #expect(workers.map(\.turns) == [2, 1, 1, 1, 1])
        #expect(turns.count == 0)
    }

    @Test("a storm of handshakes does not stall an established connection")
    func storm() throws {
        let context = try Contexts.server()
        var limits = TLSListenerLimits()
        limits.handshakeBudget.maximumSteps = 4
        // What the host's clock says does not matter here, only steps.
        limits.handshakeBudget.maximumTime = .hours(1)
        let loop = EmbeddedEventLoop()
        let listener = TLSListenerLoop(
            eventLoop: loop, limits: limits, gate: SharedAcceptGate(limits: limits.accept), proxy: nil)
        let established = try ChannelPair(
            server: context, client: try Contexts.client(), loop: loop, listener: listener)
        try established.connect()
        let storm = try (0..<40).map { _ in
            try ChannelPair(server: context, client: try Contexts.client(), loop: loop, listener: listener)
        }
        for pair in storm {
            try pair.server.activate()
            try pair.client.activate()
            let hello = try #require(try pair.client.channel.readOutbound(as: ByteBuffer.self))
            pair.server.feed(Array(hello.readableBytesView))
        }
        func answered() throws -> Int {
            try storm.filter { try $0.server.channel.readOutbound(as: ByteBuffer.self) != nil }.count
        }
        #expect(try answered() == 0)
        var total = 0
        for tick in 0..<10 {
            // In each tick the established connection is served, before any handshake.
            _ = established.client.write([UInt8(tick)])
            established.client.channel.flush()
            let data = try #require(try established.client.channel.readOutbound(as: ByteBuffer.self))
            established.server.feed(Array(data.readableBytesView))
            #expect(established.server.recorder.bytes.last == UInt8(tick))
            if tick == 0 { loop.run() } else { loop.advanceTime(by: .microseconds(50)) }
            let now = try answered()
            #expect(now == 4)
            total += now
        }
        #expect(total == 40)
    }
}
