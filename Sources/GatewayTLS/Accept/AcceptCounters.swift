/// What can happen to a connection before it is one of the application's; the raw value is a stable name
/// for metrics.
public enum AcceptEvent: String, Hashable, Sendable, CaseIterable {
    /// Let in by the gate.
    case accepted
    /// Refused: ``TLSAcceptLimits/maximumConnections`` are there already.
    case refusedConnections = "refused-connections"
    /// Refused: ``TLSAcceptLimits/connections`` is exceeded.
    case refusedRate = "refused-rate"
    /// Refused: ``TLSAcceptLimits/maximumConnectionsPerPrefix`` are there already.
    case refusedPrefixConnections = "refused-prefix-connections"
    /// Refused: ``TLSAcceptLimits/connectionsPerPrefix`` is exceeded.
    case refusedPrefixRate = "refused-prefix-rate"
    /// Closed to make room while it had sent nothing.
    case evictedSilent = "evicted-silent"
    /// Closed to make room while its handshake made no progress.
    case evictedHandshake = "evicted-handshake"
    /// MQTT without TLS on a TLS port.
    case plainMQTT = "plain-mqtt"
    /// HTTP without TLS on a TLS port.
    case http
    /// Neither TLS nor any of these.
    case notTLS = "not-tls"
    /// A trusted proxy sent no PROXY header, or a malformed one.
    case invalidProxyHeader = "invalid-proxy-header"
    /// A trusted proxy's PROXY header was not complete in time.
    case proxyHeaderTimeout = "proxy-header-timeout"
    /// Nothing, or too little, was sent in time.
    case firstBytesTimeout = "first-bytes-timeout"
    /// The handshake took too long.
    case handshakeTimeout = "handshake-timeout"
    /// The handshake failed.
    case handshakeFailed = "handshake-failed"
    /// The handshake succeeded.
    case handshakeCompleted = "handshake-completed"
    /// The host denied a connection after its handshake.
    case admissionDenied = "admission-denied"
    /// The host did not decide in time.
    case admissionTimeout = "admission-timeout"
    /// The connection reached its maximum lifetime.
    case lifetimeExceeded = "lifetime-exceeded"
}

/// How often each ``AcceptEvent`` has happened.
public struct AcceptCounters: Hashable, Sendable {
    private var counts = [Int](repeating: 0, count: AcceptEvent.allCases.count)
    private static let positions = Dictionary(
        uniqueKeysWithValues: AcceptEvent.allCases.enumerated().map { ($1, $0) })

    /// Creates counters at zero.
    public init() {}

    /// How often an event has happened.
    public internal(set) subscript(event: AcceptEvent) -> Int {
        get { Self.positions[event].map { counts[$0] } ?? 0 }
        set { if let position = Self.positions[event] { counts[position] = newValue } }
    }

    /// The events that have happened since an earlier moment.
    ///
    /// - Parameter earlier: these counters as they were then.
    public func since(_ earlier: AcceptCounters) -> [(event: AcceptEvent, count: Int)] {
        AcceptEvent.allCases.compactMap { event in
            let count = self[event] - earlier[event]
            return count > 0 ? (event, count) : nil
        }
    }
}
