/// What the authenticator needs to know of a registered device certificate.
public struct RegisteredCertificate: Hashable, Sendable {
    /// The certificate's fingerprint.
    public var id: CertificateID
    /// Only ``CertificateStatus/active`` may connect.
    public var status: CertificateStatus
    /// First valid second, Unix time.
    public var notBefore: Int64
    /// Last valid second, Unix time.
    public var notAfter: Int64
    /// The registered authority that signed it itself, where the registry knows; its revocation lists apply.
    public var authority: CertificateID?
    /// More authorities of its issuer's name, if the registry does not know which of them signed it: the revocation lists
    /// of all apply.
    public var otherAuthorities: [CertificateID]
    /// ``SerialNumber/bytes``, by which revocation lists name it; empty: not known, no list applies.
    public var serialNumber: [UInt8]

    /// From a registry's record.
    public init(
        id: CertificateID, status: CertificateStatus, notBefore: Int64, notAfter: Int64,
        authority: CertificateID? = nil, otherAuthorities: [CertificateID] = [], serialNumber: [UInt8] = []
    ) {
        self.id = id
        self.status = status
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.authority = authority
        self.otherAuthorities = otherAuthorities
        self.serialNumber = serialNumber
    }

    /// From a certificate.
    public init(
        _ certificate: X509Certificate, status: CertificateStatus, authority: CertificateID? = nil
    ) {
        self.init(
            id: certificate.id, status: status, notBefore: certificate.notBefore,
            notAfter: certificate.notAfter, authority: authority,
            serialNumber: certificate.serialNumber.bytes)
    }
}

/// A certificate authority whose devices may be registered when they first connect.
public struct RegisteredAuthority: Hashable, Sendable {
    /// An authority's state.
    public enum Status: String, Hashable, Sendable, Codable, CaseIterable {
        /// New devices of it are let in.
        case active = "ACTIVE"
        /// New devices of it are refused; registered ones are not affected.
        case inactive = "INACTIVE"
    }

    /// The authority certificate's fingerprint.
    public var id: CertificateID { certificate.id }
    /// The parsed certificate. Keep and return the same value each time: it carries OpenSSL's parsed
    /// form, and parsing costs more than verifying a signature.
    public var certificate: X509Certificate
    /// Whether new devices are let in.
    public var status: Status
    /// Whether unknown devices are registered on first sight at all.
    public var allowsAutoRegistration: Bool

    /// From a registry's record.
    public init(certificate: X509Certificate, status: Status, allowsAutoRegistration: Bool) {
        self.certificate = certificate
        self.status = status
        self.allowsAutoRegistration = allowsAutoRegistration
    }
}

/// The registry as the authenticator sees it: a snapshot in memory.
///
/// Called inside the TLS handshake on an event loop: answer at once, never block, never do I/O.
///
/// A registry must hold only certificates that passed ``X509Requirements/check(_:)``, and only
/// authorities that passed ``X509Requirements/checkAuthority(_:)``. Key strength and usage are properties
/// of the exact bytes that the fingerprint pins, so they are judged once, at registration, and not again
/// in each handshake.
public protocol TrustSource: Sendable {
    /// The record of a device certificate; nil: not registered.
    func registeredCertificate(_ id: CertificateID) -> RegisteredCertificate?

    /// All authorities, in any state, whose ``X509Certificate/subjectDER`` equals `issuerDER`. Those
    /// whose subject key identifier is known and differs from `keyIdentifier` may be left out.
    func registeredAuthorities(issuerDER: [UInt8], keyIdentifier: [UInt8]?) -> [RegisteredAuthority]

    /// Whether any device certificate with this issuer and serial number is registered, whatever its
    /// state. `serialNumber` is ``SerialNumber/bytes``.
    ///
    /// The guard against twins: an ECDSA signature (r, s) can be turned by anyone into (r, n−s), which
    /// verifies too, so a revoked certificate can come back under another fingerprint. It must not be
    /// registered anew.
    func isKnown(issuerDER: [UInt8], serialNumber: [UInt8]) -> Bool

    /// What is known of an authority's revocations; nil: nothing, which denies nobody.
    ///
    /// Asked for each connection of a certificate whose ``RegisteredCertificate/authority`` is known, and for
    /// each first sight.
    func revocation(of authority: CertificateID) -> AuthorityRevocation?
}

extension TrustSource {
    /// Nothing.
    public func revocation(of authority: CertificateID) -> AuthorityRevocation? { nil }
}
