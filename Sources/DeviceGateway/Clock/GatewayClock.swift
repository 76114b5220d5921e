public import BrokerCore

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
