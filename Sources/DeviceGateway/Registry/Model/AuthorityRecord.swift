public import X509Auth

/// A registered certificate authority.
public struct AuthorityRecord: Hashable, Sendable {
    /// SHA-256 of ``der``.
    public var id: CertificateID
    /// The authority's certificate, DER.
    public var der: [UInt8]
    /// An inactive authority admits nobody new; devices already registered are not affected
    /// (AWS IoT Developer Guide: "Deactivate a CA certificate").
    public var isActive: Bool
    /// Whether ownership of its key was proved, and so whether its devices must name the server they want.
    public var mode: CertificateMode
    /// What becomes of its devices at first sight; `nil`: unknown devices are refused.
    public var autoRegistration: AutoRegistration?
    /// What its revocation list is worth.
    public var revocationMode: RevocationMode
    /// When it was registered, Unix seconds.
    public var registeredAt: Int64

    /// Creates a record from its parts, as a store does when it loads one.
    public init(
        id: CertificateID, der: [UInt8], isActive: Bool, mode: CertificateMode = .standard,
        autoRegistration: AutoRegistration?, revocationMode: RevocationMode = .none, registeredAt: Int64
    ) {
        self.id = id
        self.der = der
        self.isActive = isActive
        self.mode = mode
        self.autoRegistration = autoRegistration
        self.revocationMode = revocationMode
        self.registeredAt = registeredAt
    }
}
