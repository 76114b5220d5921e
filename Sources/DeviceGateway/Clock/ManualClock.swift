import BrokerCore
import Synchronization

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
