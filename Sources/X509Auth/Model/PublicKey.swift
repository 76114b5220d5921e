/// What a certificate's public key is: its kind and size, not its value.
public struct PublicKey: Hashable, Sendable, CustomStringConvertible {
    /// The algorithm the key is for.
    public enum Algorithm: Hashable, Sendable {
        /// RSA, for any padding.
        case rsa
        /// RSA restricted to PSS signatures; usable with TLS 1.3 and 1.2 clients that know it.
        case rsaPSS
        /// Elliptic curve; the name is OpenSSL's, such as `prime256v1` for P-256, or `explicit` where
        /// the curve is written out instead of named.
        case ellipticCurve(String)
        /// Ed25519
        case ed25519
        /// Ed448
        case ed448
        /// DSA
        case dsa
        /// Anything OpenSSL does not know, or a key it cannot decode.
        case other
    }

    /// The algorithm.
    public let algorithm: Algorithm
    /// Size in bits of the modulus or field; 0 where the key cannot be used.
    public let bits: Int
    /// The public exponent of an RSA key; nil for other keys and for exponents above 64 bits.
    public let rsaExponent: UInt64?

    /// Such as `ECDSA P-256` or `RSA 2048 bits`.
    public var description: String {
        switch algorithm {
        case .rsa: "RSA \(bits) bits"
        case .rsaPSS: "RSA-PSS \(bits) bits"
        case .ellipticCurve(let name): "ECDSA \(Self.curveNames[name] ?? name)"
        case .ed25519: "Ed25519"
        case .ed448: "Ed448"
        case .dsa: "DSA \(bits) bits"
        case .other: "unknown key"
        }
    }

    private static let curveNames = [
        "prime192v1": "P-192", "secp224r1": "P-224", "prime256v1": "P-256", "secp384r1": "P-384",
        "secp521r1": "P-521",
    ]
}
