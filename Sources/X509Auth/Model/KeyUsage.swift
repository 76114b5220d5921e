/// The key usage extension (RFC 5280 4.2.1.3).
public struct KeyUsage: OptionSet, Hashable, Sendable, CustomStringConvertible {
    /// Bits as OpenSSL numbers them.
    public let rawValue: UInt32

    /// From OpenSSL's bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Signs anything but certificates and CRLs: what a TLS client does.
    public static let digitalSignature = KeyUsage(rawValue: 0x0080)
    /// Formerly nonRepudiation.
    public static let contentCommitment = KeyUsage(rawValue: 0x0040)
    /// Enciphers keys: RSA key exchange.
    public static let keyEncipherment = KeyUsage(rawValue: 0x0020)
    /// Enciphers data.
    public static let dataEncipherment = KeyUsage(rawValue: 0x0010)
    /// Agrees on keys.
    public static let keyAgreement = KeyUsage(rawValue: 0x0008)
    /// Signs certificates.
    public static let keyCertificateSign = KeyUsage(rawValue: 0x0004)
    /// Signs certificate revocation lists.
    public static let crlSign = KeyUsage(rawValue: 0x0002)
    /// With keyAgreement: only enciphers.
    public static let encipherOnly = KeyUsage(rawValue: 0x0001)
    /// With keyAgreement: only deciphers.
    public static let decipherOnly = KeyUsage(rawValue: 0x8000)

    /// The usages' names from RFC 5280, comma-separated.
    public var description: String {
        let names: [(KeyUsage, String)] = [
            (.digitalSignature, "digitalSignature"), (.contentCommitment, "contentCommitment"),
            (.keyEncipherment, "keyEncipherment"), (.dataEncipherment, "dataEncipherment"),
            (.keyAgreement, "keyAgreement"), (.keyCertificateSign, "keyCertSign"), (.crlSign, "cRLSign"),
            (.encipherOnly, "encipherOnly"), (.decipherOnly, "decipherOnly"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: ", ")
    }
}
