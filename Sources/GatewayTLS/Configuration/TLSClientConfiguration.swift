/// How a client verifies the server it connects to.
public enum TLSServerVerification: Hashable, Sendable {
    /// The chain must verify to a trusted authority, and the certificate must name the server.
    case full
    /// Anybody may pose as the server. For tests on one machine.
    case dangerouslyNone
}

/// How a client opens TLS connections.
public struct TLSClientConfiguration: Sendable {
    /// The client's certificate and key, sent when the server asks.
    public var credential: TLSCredential?
    /// The versions offered.
    public var versions: ClosedRange<TLSVersion>
    /// The server's host name, sent as SNI and checked against its certificate; or its IP address,
    /// which is checked but, as RFC 6066 section 3 rules, not sent. Full verification needs it.
    public var serverName: String?
    /// Certificates (PEM) of the authorities trusted to issue server certificates; nil: the system's.
    public var trustedAuthoritiesPEM: String?
    /// ALPN protocol names to offer, in order of preference.
    public var applicationProtocols: [String]
    /// Whether the server is verified.
    public var verification: TLSServerVerification
    /// Cipher suites up to TLS 1.2, in OpenSSL's list format; nil: the server side's default.
    public var cipherSuites: String?
    /// Cipher suites of TLS 1.3, in OpenSSL's list format; nil: the server side's default.
    public var cipherSuitesTLS13: String?
    /// Key exchange groups in OpenSSL's list format, most preferred first. Up to TLS 1.2 a server can use
    /// an EC certificate only if its curve is among them.
    public var groups: String

    /// Whether connections of a context resume each other's sessions where the server allows it. A context
    /// keeps the 8 newest sessions. On resumption the server's certificate is not verified again, and its
    /// chain is not sent.
    public var resumesSessions = false
    /// Whether the server is asked to staple an OCSP response (RFC 6066, section 8), for
    /// ``TLSEvidence/stapledResponse``. Nothing checks it.
    public var requestsStaple = false
    /// Where the secrets of connections are written, which takes all secrecy from them; nil: nowhere.
    public var keyLog: TLSKeyLog?

    /// Creates a client configuration.
    public init(
        credential: TLSCredential? = nil,
        versions: ClosedRange<TLSVersion> = .v1_2 ... .v1_3,
        serverName: String? = nil,
        trustedAuthoritiesPEM: String? = nil,
        applicationProtocols: [String] = [],
        verification: TLSServerVerification = .full,
        cipherSuites: String? = nil,
        cipherSuitesTLS13: String? = nil,
        groups: String = TLSServerConfiguration.defaultGroups
    ) {
        self.credential = credential
        self.versions = versions
        self.serverName = serverName
        self.trustedAuthoritiesPEM = trustedAuthoritiesPEM
        self.applicationProtocols = applicationProtocols
        self.verification = verification
        self.cipherSuites = cipherSuites
        self.cipherSuitesTLS13 = cipherSuitesTLS13
        self.groups = groups
    }
}
