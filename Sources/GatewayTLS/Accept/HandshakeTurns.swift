public import NIOCore

/// Somebody with a step of a handshake to do.
public protocol HandshakeTurnTaker: AnyObject {
    /// Does it, if it is still to be done.
    func takeTurn()
}

/// One event loop's ``HandshakeBudget`` at work.
///
/// Turns come after the reads of a tick, so that established connections are served first. What is over
/// budget waits for the next tick, with another round of reads in between.
public final class HandshakeTurns {
    private var budget: HandshakeBudget<any HandshakeTurnTaker>
    private var isScheduled = false
    private let eventLoop: any EventLoop
    private let clock: () -> NIODeadline

    /// How much a peer may have sent, in bytes, before nothing more is asked for until its turn. Below that the
    /// channel goes on listening: to stop and to start again would take two system calls a turn.
    public static let maximumWaitingBytes = 1 << 14

    /// Tasks that are due run before the loop looks at its sockets again, so the rest has to come due later.
    private static let pause = TimeAmount.microseconds(50)

    /// Creates a queue; to be used on its event loop.
    ///
    /// - Parameters:
    ///   - eventLoop: whose.
    ///   - limits: how much a tick may take.
    ///   - clock: measures the work.
    public init(
        eventLoop: any EventLoop, limits: HandshakeBudgetLimits = HandshakeBudgetLimits(),
        clock: @escaping () -> NIODeadline = NIODeadline.now
    ) {
        self.eventLoop = eventLoop
        self.clock = clock
        budget = HandshakeBudget(limits: limits)
    }

    /// The number of those who wait.
    public var count: Int { budget.count }

    /// Lets somebody take a turn soon. Who has asked already need not ask again.
    public func request(_ member: any HandshakeTurnTaker) {
        budget.enqueue(member)
        guard !isScheduled else { return }
        isScheduled = true
        eventLoop.assumeIsolated().execute { self.run() }
    }

    private func run() {
        budget.beginTick(now: clock())
        while let member = budget.next(now: clock()) { member.takeTurn() }
        // Only now: who asks while others take their turns waits for the next tick, too.
        isScheduled = budget.count > 0
        guard isScheduled else { return }
        eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { self.run() }
    }
}
