public import NIOCore

/// What a proxy says about the connection it relays: the header of the PROXY protocol, version 1 or 2.
///
/// It is a claim: as trustworthy as the proxy and the network between.
public struct PROXYHeader: Hashable, Sendable {
    /// Which form of the header was sent.
    public enum Version: Hashable, Sendable {
        /// A line of text (section 2.1 of the specification).
        case v1
        /// Binary (section 2.2).
        case v2
    }

    /// Whose connection it is.
    public enum Command: Hashable, Sendable {
        /// The proxy's own, such as a health check.
        case local
        /// Somebody else's, relayed.
        case proxy
    }

    /// Which form of the header was sent.
    public var version: Version
    /// Whose connection it is.
    public var command: Command
    /// Where the connection comes from; nil when the proxy does not say, or it is its own: then the
    /// socket's address counts.
    public var source: SocketAddress?
    /// Where the connection went before it was relayed.
    public var destination: SocketAddress?
    /// The application protocol agreed on with the client (PP2_TYPE_ALPN); opaque.
    public var applicationProtocol: [UInt8]?
    /// The host name the client asked for (PP2_TYPE_AUTHORITY), such as TLS's server name.
    public var authority: String?
    /// The proxy's name for the connection (PP2_TYPE_UNIQUE_ID), 128 bytes at most; opaque.
    public var uniqueID: [UInt8]?
    /// The proxy's TLS connection with the client (PP2_TYPE_SSL).
    public var tls: TLS?

    /// The proxy's TLS connection with the client, as the proxy tells it.
    public struct TLS: Hashable, Sendable {
        /// Whether the client connected by TLS (PP2_CLIENT_SSL).
        public var isUsed: Bool
        /// Whether it presented a certificate in this connection (PP2_CLIENT_CERT_CONN).
        public var presentedCertificate: Bool
        /// Whether it did in the TLS session, of this connection or of the one resumed (PP2_CLIENT_CERT_SESS).
        public var presentedCertificateInSession: Bool
        /// Whether the client presented a certificate and the proxy verified it.
        public var isCertificateVerified: Bool
        /// The version's name, such as "TLSv1.3".
        public var version: String?
        /// The common name of the client's certificate.
        public var commonName: String?
        /// The cipher suite, in the proxy's spelling.
        public var cipherSuite: String?
        /// How the client's certificate is signed, such as "SHA256".
        public var signatureAlgorithm: String?
        /// The key of the client's certificate, such as "RSA2048".
        public var keyAlgorithm: String?

        /// Creates facts about a connection.
        public init(
            isUsed: Bool, presentedCertificate: Bool = false, presentedCertificateInSession: Bool = false,
            isCertificateVerified: Bool = false
        ) {
            self.isUsed = isUsed
            self.presentedCertificate = presentedCertificate
            self.presentedCertificateInSession = presentedCertificateInSession
            self.isCertificateVerified = isCertificateVerified
        }
    }

    /// Creates a header.
    public init(
        version: Version, command: Command, source: SocketAddress? = nil, destination: SocketAddress? = nil
    ) {
        self.version = version
        self.command = command
        self.source = source
        self.destination = destination
    }
}
