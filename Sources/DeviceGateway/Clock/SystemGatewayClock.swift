import BrokerCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The system's monotonic and wall clocks.
public struct SystemGatewayClock: GatewayClock {
    /// Creates the clock.
    public init() {}

    /// The present moment, by `CLOCK_MONOTONIC` and `CLOCK_REALTIME`.
    public func now() -> GatewayTime {
        var monotonic = timespec()
        clock_gettime(CLOCK_MONOTONIC, &monotonic)
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        let nanoseconds = UInt64(monotonic.tv_sec) &* 1_000_000_000 &+ UInt64(monotonic.tv_nsec)
        return GatewayTime(
            instant: BrokerInstant(nanoseconds: nanoseconds), unixSeconds: Int64(wall.tv_sec))
    }
}
