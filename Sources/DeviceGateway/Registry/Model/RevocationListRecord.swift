public import X509Auth

/// A certificate revocation list that an authority has issued.
public struct RevocationListRecord: Hashable, Sendable {
    /// The authority.
    public var authority: CertificateID
    /// Whether it holds only changes since a complete list.
    public var isDelta: Bool
    /// The list, DER.
    public var der: [UInt8]

    /// Creates a record from its parts.
    public init(authority: CertificateID, isDelta: Bool, der: [UInt8]) {
        self.authority = authority
        self.isDelta = isDelta
        self.der = der
    }
}
