/// What remains of a `REVOKED` certificate that was removed: what names it whatever bytes carry it. Nothing of that name
/// is ever registered again, by hand or at first sight.
public struct CertificateTombstone: Hashable, Sendable {
    /// The issuer's distinguished name, DER.
    public var issuer: [UInt8]
    /// The serial number's content bytes.
    public var serialNumber: [UInt8]

    /// Creates a tombstone from its parts.
    public init(issuer: [UInt8], serialNumber: [UInt8]) {
        self.issuer = issuer
        self.serialNumber = serialNumber
    }
}
