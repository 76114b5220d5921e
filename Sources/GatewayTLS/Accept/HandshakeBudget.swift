public import NIOCore

/// How much handshake work an event loop does in one tick.
public struct HandshakeBudgetLimits: Hashable, Sendable {
    /// Time, measured after each step: a step may exceed it, once.
    public var maximumTime = TimeAmount.milliseconds(2)
    /// Steps, 1 at least. A handshake takes two or three, of 0.1 to 0.5 ms each on a fast core.
    public var maximumSteps = 64

    /// Creates the default limits.
    public init() {}
}

/// Handshakes that wait for their turn, first come, first served.
///
/// A reconnect storm is worth seconds of cryptography. What one tick of the event loop takes of it is
/// bounded, so that established connections are served in between.
public struct HandshakeBudget<Member> {
    private var waiting = CircularBuffer<Member>(initialCapacity: 4)
    private var tick: (began: NIODeadline, steps: Int)?
    private let limits: HandshakeBudgetLimits

    /// Creates a budget with nobody waiting.
    public init(limits: HandshakeBudgetLimits = HandshakeBudgetLimits()) { self.limits = limits }

    /// The number of those who wait.
    public var count: Int { waiting.count }

    /// Puts a member behind those who wait.
    public mutating func enqueue(_ member: Member) { waiting.append(member) }

    /// A tick begins, with a fresh budget.
    public mutating func beginTick(now: NIODeadline) { tick = (now, 0) }

    /// Whose turn it is, or nil when nobody waits or the tick's budget is spent.
    public mutating func next(now: NIODeadline) -> Member? {
        guard let (began, steps) = tick, steps < max(1, limits.maximumSteps),
            steps == 0 || now < began || now - began < limits.maximumTime
        else { return nil }
        tick = (began, steps + 1)
        return waiting.popFirst()
    }
}
