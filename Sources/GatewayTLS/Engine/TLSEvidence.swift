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
    /// The key exchange group's name as OpenSSL writes it, such as "x25519" or "secp256r1"; nil when keys
    /// were exchanged without one.
    public var group: String?
    /// The ``TLSDomain/name`` of the domain that answered; nil without domains.
    public var domain: String?
    /// The ``TLSDomain/applicationProtocol`` of the domain that answered.
    public var domainApplicationProtocol: String?
    /// Whether an earlier session was resumed: ``peer`` then has the peer's own certificate only, from that
    /// session. A server has judged it again; a client has not.
    public var wasResumed: Bool
    /// Client: the OCSP response the server stapled, unread; nil when it sent none, or none was asked for.
    public var stapledResponse: [UInt8]?

    /// Creates evidence, for tests and for adapters without TLS.
    public init(
        peer: TLSPeerCertificates? = nil, serverName: String? = nil,
        applicationProtocol: String? = nil, version: TLSVersion, cipherSuite: String,
        wasResumed: Bool = false, group: String? = nil, domain: String? = nil,
        domainApplicationProtocol: String? = nil, stapledResponse: [UInt8]? = nil
    ) {
        self.peer = peer
        self.serverName = serverName
        self.applicationProtocol = applicationProtocol
        self.version = version
        self.cipherSuite = cipherSuite
        self.wasResumed = wasResumed
        self.group = group
        self.domain = domain
        self.domainApplicationProtocol = domainApplicationProtocol
        self.stapledResponse = stapledResponse
    }
}
