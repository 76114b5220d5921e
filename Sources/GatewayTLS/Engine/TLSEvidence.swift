/// What a completed handshake established about a connection.
public struct TLSEvidence: Hashable, Sendable {
    /// The peer's certificates, accepted by the configured judge; nil when it sent none.
    public var peer: TLSPeerCertificates?
    /// The host name the client asked for (SNI), in lower case; nil when it sent none, or one that
    /// contains anything but letters, digits, "-", "_" and ".".
    public var serverName: String?
    /// The application protocol agreed on (ALPN).
    public var applicationProtocol: String?
    /// The protocol version agreed on.
    public var version: TLSVersion
    /// The cipher suite's standard (IANA) name.
    public var cipherSuite: String
    /// Whether an earlier session was resumed, in which case no certificate was judged this time.
    /// Always false while this module neither offers nor accepts resumption.
    public var wasResumed: Bool

    /// Creates evidence, for tests and for adapters without TLS.
    public init(
        peer: TLSPeerCertificates? = nil, serverName: String? = nil,
        applicationProtocol: String? = nil, version: TLSVersion, cipherSuite: String,
        wasResumed: Bool = false
    ) {
        self.peer = peer
        self.serverName = serverName
        self.applicationProtocol = applicationProtocol
        self.version = version
        self.cipherSuite = cipherSuite
        self.wasResumed = wasResumed
    }
}
