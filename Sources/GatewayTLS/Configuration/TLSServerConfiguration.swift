/// How a server accepts TLS connections.
public struct TLSServerConfiguration: Sendable {
    /// The server's certificates with their keys: at most one for each kind of key (RSA, EC, …);
    /// the handshake picks the one that the client can use. A credential's ``TLSCredential/staple`` is sent
    /// to clients that ask for it, until it is out of date.
    public var credentials: [TLSCredential]
    /// The versions served. Every version of the range is tried when the context is created.
    public var versions: ClosedRange<TLSVersion>
    /// ALPN protocol names in order of preference, each 1 to 255 bytes of UTF-8. Empty: what a client
    /// offers is ignored. Not empty: a client that offers only others is refused with
    /// no_application_protocol (RFC 7301, section 3.2); one that offers none is let in.
    public var applicationProtocols: [String]
    /// Whether clients are asked for a certificate.
    public var clientCertificate: TLSClientCertificateMode
    /// The judge of client certificates, called synchronously inside the handshake, on the event loop.
    ///
    /// It must not block. It is called again, with the leaf alone, whenever a session is about to be resumed
    /// (``resumption``). Unless ``clientAuthoritiesPEM`` is set too, it is the only
    /// judge: nothing about the certificate has been checked before it is asked.
    public var verifyClient: (@Sendable (TLSPeerCertificates) -> TLSVerdict)?
    /// Certificates (PEM) of the authorities that may issue client certificates.
    ///
    /// When set, a client's chain must verify to one of them for the purpose of client authentication
    /// before ``verifyClient``, if any, is asked. An authority need not be self-signed.
    public var clientAuthoritiesPEM: String?
    /// Cipher suites up to TLS 1.2, in OpenSSL's list format; nil: forward-secret AEAD suites, and when
    /// the range begins below TLS 1.2, the CBC suites without which older versions cannot work.
    public var cipherSuites: String?
    /// Cipher suites of TLS 1.3, in OpenSSL's list format; nil: AES-128-GCM, AES-256-GCM, ChaCha20.
    public var cipherSuitesTLS13: String?
    /// Key exchange groups in OpenSSL's list format, most preferred first.
    public var groups: String

    /// Whether clients may resume sessions.
    public var resumption = TLSResumption.off
    /// Where the secrets of connections are written, which takes all secrecy from them; nil: nowhere.
    public var keyLog: TLSKeyLog?

    /// The groups served unless the configuration says otherwise.
    public static let defaultGroups = "X25519:P-256:P-384"

    /// Creates a server configuration. `clientCertificate` other than `.none` needs a judge:
    /// `verifyClient`, `clientAuthoritiesPEM`, or both.
    public init(
        credentials: [TLSCredential],
        versions: ClosedRange<TLSVersion> = .v1_2 ... .v1_3,
        applicationProtocols: [String] = [],
        clientCertificate: TLSClientCertificateMode = .none,
        verifyClient: (@Sendable (TLSPeerCertificates) -> TLSVerdict)? = nil,
        clientAuthoritiesPEM: String? = nil,
        cipherSuites: String? = nil,
        cipherSuitesTLS13: String? = nil,
        groups: String = TLSServerConfiguration.defaultGroups
    ) {
        self.credentials = credentials
        self.versions = versions
        self.applicationProtocols = applicationProtocols
        self.clientCertificate = clientCertificate
        self.verifyClient = verifyClient
        self.clientAuthoritiesPEM = clientAuthoritiesPEM
        self.cipherSuites = cipherSuites
        self.cipherSuitesTLS13 = cipherSuitesTLS13
        self.groups = groups
    }

    /// Sets ``clientAuthoritiesPEM`` to the contents of a file of at most 1 MiB.
    ///
    /// - Throws: ``TLSError`` with `.unreadableCredential`; the message names the file.
    public mutating func trustClientAuthorities(file: String) throws(TLSError) {
        clientAuthoritiesPEM = try withFileContents(file, "authorities") { bytes in
            String(decoding: bytes, as: UTF8.self)
        }
    }
}
