public import X509Auth

/// A device certificate as the registry knows it. Its encoding is kept by the store alone; see
/// ``DeviceRegistry/certificateDER(_:)``.
public struct CertificateRecord: Hashable, Sendable {
    /// SHA-256 of the certificate's DER encoding.
    public var id: CertificateID
    /// Only `ACTIVE` lets a device connect. `REVOKED` is final.
    public var status: CertificateStatus
    /// Whether its device must name the server it wants.
    public var mode: CertificateMode
    /// Start of validity, Unix seconds.
    public var notBefore: Int64
    /// End of validity, Unix seconds, inclusive.
    public var notAfter: Int64
    /// The issuer's distinguished name, DER. With ``serialNumber`` it names what the authority issued,
    /// whatever bytes carry it.
    public var issuer: [UInt8]
    /// The serial number's content bytes.
    public var serialNumber: [UInt8]
    /// The registered authority it was admitted or registered under. Kept when that authority is removed.
    public var authority: CertificateID?
    /// When it was registered, Unix seconds.
    public var registeredAt: Int64

    /// Creates a record from its parts, as a store does when it loads one.
    public init(
        id: CertificateID, status: CertificateStatus, mode: CertificateMode = .standard, notBefore: Int64,
        notAfter: Int64, issuer: [UInt8], serialNumber: [UInt8], authority: CertificateID?,
        registeredAt: Int64
    ) {
        self.id = id
        self.status = status
        self.mode = mode
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.issuer = issuer
        self.serialNumber = serialNumber
        self.authority = authority
        self.registeredAt = registeredAt
    }

    /// Creates the record of a certificate about to be registered.
    public init(
        _ certificate: X509Certificate, status: CertificateStatus, mode: CertificateMode = .standard,
        authority: CertificateID?, registeredAt: Int64
    ) {
        self.init(
            id: certificate.id, status: status, mode: mode, notBefore: certificate.notBefore,
            notAfter: certificate.notAfter, issuer: certificate.issuerDER,
            serialNumber: certificate.serialNumber.bytes, authority: authority, registeredAt: registeredAt)
    }
}
