/// Kinds of keys that are made here.
public enum KeyKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// ECDSA on P-256: small, quick, understood by every device. The default.
    case p256 = "P-256"
    /// ECDSA on P-384.
    case p384 = "P-384"
    /// RSA with 2,048 bits, as AWS IoT's own certificates have.
    case rsa2048 = "RSA-2048"
    /// RSA with 3,072 bits.
    case rsa3072 = "RSA-3072"
    /// RSA with 4,096 bits.
    case rsa4096 = "RSA-4096"
}
