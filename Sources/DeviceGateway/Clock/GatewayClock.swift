public import BrokerCore
import Synchronization

/// A moment, read once and passed along: monotonic for deadlines, wall time for certificates.
public struct GatewayTime: Hashable, Sendable {
    /// Monotonic time; only differences mean anything.
    public var instant: BrokerInstant
    /// Wall time, in seconds since 1970-01-01T00:00:00Z.
    public var unixSeconds: Int64

    /// Creates a moment.
    public init(instant: BrokerInstant, unixSeconds: Int64) {
        self.instant = instant
        self.unixSeconds = unixSeconds
    }
}

/// The one source of time in a gateway. Every deadline, expiry and validity check asks it, so a test
/// that supplies its own clock moves through ninety days in milliseconds.
public protocol GatewayClock: Sendable {
    /// The present moment.
    func now() -> GatewayTime
}

/// A clock that a test moves by hand.
public final class ManualClock: GatewayClock {
    private let time: Mutex<GatewayTime>

    /// Starts at the given wall time.
    public init(unixSeconds: Int64) {
        time = Mutex(
            GatewayTime(instant: BrokerInstant(nanoseconds: 1_000_000_000), unixSeconds: unixSeconds))
    }

    /// The moment set last.
    public func now() -> GatewayTime { time.withLock { $0 } }

    /// Moves both times forward.
    public func advance(seconds: Int64) {
        time.withLock {
            $0.instant = $0.instant.adding(seconds: UInt32(clamping: seconds))
            $0.unixSeconds += seconds
        }
    }
}
