/// SubjectPublicKeyInfo (RFC 5280 4.1.2.7).
enum SubjectPublicKeyInfo {
    /// The key's own bits, without their wrapping: what key identifiers and OCSP digest.
    static func keyOctets(_ der: [UInt8]) throws(DERFailure) -> [UInt8] {
        var outer = DERReader(der)
        var inner = outer.inside(try outer.next(DERTag.sequence))
        _ = try inner.next(DERTag.sequence)
        return Array(der[try inner.bitString().octets])
    }
}
