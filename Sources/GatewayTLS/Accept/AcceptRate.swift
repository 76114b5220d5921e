import NIOCore

/// How often something may happen: steadily so many times a second, and `burst` times at once after a rest.
public struct AcceptRate: Hashable, Sendable {
    /// The steady rate, 1 to 1,000,000 a second.
    public let perSecond: Int
    /// How many may come at once, 1 to 1,000,000.
    public let burst: Int

    /// Creates a rate; numbers out of range are moved into it.
    ///
    /// - Parameters:
    ///   - perSecond: the steady rate.
    ///   - burst: how many may come at once; unless given, what comes in one second.
    public init(perSecond: Int, burst: Int? = nil) {
        self.perSecond = min(max(perSecond, 1), 1_000_000)
        self.burst = min(max(burst ?? perSecond, 1), 1_000_000)
    }

    /// The time in which one token grows.
    fileprivate var interval: TimeAmount { .nanoseconds(1_000_000_000 / Int64(perSecond)) }

    /// The time in which an empty bucket fills.
    var refillTime: TimeAmount { interval * burst }
}

/// A token bucket in eight bytes: the moment at which it will be full again (the generic cell rate
/// algorithm). The clock may stand still or go back; the bucket never overflows from it.
struct TokenBucket: Hashable, Sendable {
    private var fullAt = NIODeadline.uptimeNanoseconds(0)

    /// Whether it is full, and so like one that was never used.
    func isFull(now: NIODeadline) -> Bool { fullAt <= now }

    func hasToken(_ rate: AcceptRate, now: NIODeadline) -> Bool {
        fullAt <= now || fullAt - now <= rate.interval * (rate.burst - 1)
    }

    /// Takes a token, if there is one.
    mutating func take(_ rate: AcceptRate, now: NIODeadline) -> Bool {
        guard hasToken(rate, now: now) else { return false }
        fullAt = max(fullAt, now) + rate.interval
        return true
    }
}
