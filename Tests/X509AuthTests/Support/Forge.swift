import COpenSSL
import Testing

@testable import X509Auth

/// Certificates with any content, well or badly made, signed or not.
struct Forge {
    var version: [UInt8] = DER.explicit(0, DER.tlv(0x02, [2]))
    var serial: [UInt8] = DER.tlv(0x02, [0x11])
    var algorithm: [UInt8] = Forge.ecdsaSHA256
    var issuer: [UInt8] = DER.commonName("Authority")
    var notBefore: [UInt8] = DER.tlv(0x17, Array("250101000000Z".utf8))
    var notAfter: [UInt8] = DER.tlv(0x17, Array("350101000000Z".utf8))
    var subject: [UInt8] = DER.commonName("device")
    var publicKey: [UInt8] = Forge.somePublicKey
    var extensions: [[UInt8]] = []

    static let ecdsaSHA256 = DER.sequence(DER.oid("1.2.840.10045.4.3.2"))
    static let ecdsaSHA1 = DER.sequence(DER.oid("1.2.840.10045.4.1"))

    /// 2030-01-01T00:00:00Z, within the default validity.
    static let now: Int64 = 1_893_456_000
    /// 2025-01-01T00:00:00Z
    static let notBefore: Int64 = 1_735_689_600
    /// 2035-01-01T00:00:00Z
    static let notAfter: Int64 = 2_051_222_400

    /// The base point of P-256.
    static let somePublicKey = ellipticCurveKey(
        "1.2.840.10045.3.1.7",
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
    /// The base point of P-192.
    static let weakCurveKey = ellipticCurveKey(
        "1.2.840.10045.3.1.1",
        "04188da80eb03090f67cbf20eb43a18800f4ff0afd82ff101207192b95ffc8da78631011ed6b24cdd573f977a11e794811")

    static func ellipticCurveKey(_ curve: String, _ point: String) -> [UInt8] {
        DER.sequence(
            DER.sequence(DER.oid("1.2.840.10045.2.1"), DER.oid(curve)),
            DER.bits(Hexadecimal.decode(point) ?? []))
    }

    /// A modulus of the wanted size; nobody has its private key.
    static func rsaKey(bits: Int, exponent: [UInt8] = [1, 0, 1]) -> [UInt8] {
        let modulus = [0x80] + [UInt8](repeating: 0x5a, count: bits / 8 - 2) + [0x01]
        return DER.sequence(
            DER.sequence(DER.oid("1.2.840.113549.1.1.1"), DER.null),
            DER.bits(DER.sequence(DER.integer(modulus), DER.integer(exponent))))
    }

    static let edwardsKey = DER.sequence(
        DER.sequence(DER.oid("1.3.101.112")), DER.bits([UInt8](repeating: 7, count: 32)))

    // MARK: Extensions

    static func basicConstraints(authority: Bool, pathLength: UInt8? = nil) -> [UInt8] {
        let length = pathLength.map { DER.tlv(0x02, [$0]) } ?? []
        return DER.extension(
            "2.5.29.19", critical: true,
            authority ? DER.sequence(DER.boolean(true), length) : DER.sequence())
    }

    static let keyCertSign = DER.extension("2.5.29.15", critical: true, DER.bits([0x06], unused: 1))
    static let digitalSignature = DER.extension("2.5.29.15", critical: true, DER.bits([0x80], unused: 7))
    static let keyEncipherment = DER.extension("2.5.29.15", critical: true, DER.bits([0x20], unused: 5))

    static func extendedKeyUsage(_ identifiers: String...) -> [UInt8] {
        DER.extension("2.5.29.37", DER.tlv(0x30, identifiers.flatMap(DER.oid)))
    }

    static let clientAuth = "1.3.6.1.5.5.7.3.2"
    static let serverAuth = "1.3.6.1.5.5.7.3.1"
    static let anyUsage = "2.5.29.37.0"

    static func subjectKeyIdentifier(_ octets: [UInt8]) -> [UInt8] {
        DER.extension("2.5.29.14", DER.octets(octets))
    }

    static func authorityKeyIdentifier(_ octets: [UInt8]) -> [UInt8] {
        DER.extension("2.5.29.35", DER.sequence(DER.tlv(0x80, octets)))
    }

    static func alternativeNames(_ names: [UInt8]..., ofIssuer: Bool = false) -> [UInt8] {
        DER.extension(ofIssuer ? "2.5.29.18" : "2.5.29.17", DER.tlv(0x30, names.flatMap(\.self)))
    }

    // MARK: Making

    var toBeSigned: [UInt8] {
        DER.sequence(
            version, serial, algorithm, issuer, DER.sequence(notBefore, notAfter), subject, publicKey,
            extensions.isEmpty ? [] : DER.explicit(3, DER.tlv(0x30, extensions.flatMap(\.self))))
    }

    /// With a signature of no meaning.
    var unsigned: [UInt8] {
        DER.sequence(
            toBeSigned, algorithm,
            DER.bits(DER.sequence(DER.integer([1]), DER.integer([2]))))
    }

    /// Signed by a real key.
    func signed(by key: ForgeKey) throws -> [UInt8] {
        DER.sequence(
            toBeSigned, algorithm, DER.bits(try key.sign(toBeSigned, sha1: algorithm == Self.ecdsaSHA1)))
    }
}

/// A P-256 key that signs any bytes.
struct ForgeKey {
    let handle: KeyHandle

    init() throws {
        self.handle = try KeyHandle(generate: .p256)
    }

    /// SubjectPublicKeyInfo.
    var publicKey: [UInt8] {
        var der: UnsafeMutablePointer<UInt8>?
        let count = i2d_PUBKEY(handle.pointer, &der)
        defer { CRYPTO_free(der, #file, #line) }
        return Array(UnsafeBufferPointer(start: der, count: max(0, Int(count))))
    }

    func sign(_ bytes: [UInt8], sha1: Bool = false) throws -> [UInt8] {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        try #require(
            EVP_DigestSignInit(context, nil, sha1 ? EVP_sha1() : EVP_sha256(), nil, handle.pointer) == 1)
        var signature = [UInt8](repeating: 0, count: 256)
        var count = signature.count
        try #require(EVP_DigestSign(context, &signature, &count, bytes, bytes.count) == 1)
        return Array(signature.prefix(count))
    }
}

/// An authority made by the forge: name, key and certificate.
struct ForgedAuthority {
    let key: ForgeKey
    let name: [UInt8]
    let certificate: X509Certificate

    init(
        _ name: String = "Authority", extensions: [[UInt8]]? = nil, signedBy parent: ForgedAuthority? = nil,
        change: (inout Forge) -> Void = { _ in }
    ) throws {
        self.key = try ForgeKey()
        self.name = DER.commonName(name)
        var forge = Forge()
        forge.subject = self.name
        forge.issuer = parent?.name ?? self.name
        forge.publicKey = key.publicKey
        forge.extensions = extensions ?? [Forge.basicConstraints(authority: true), Forge.keyCertSign]
        change(&forge)
        self.certificate = try X509Certificate(der: forge.signed(by: parent?.key ?? key))
    }

    /// A device certificate; by default one that is accepted.
    func device(_ change: (inout Forge) -> Void = { _ in }) throws -> [UInt8] {
        var forge = Forge()
        forge.issuer = name
        change(&forge)
        return try forge.signed(by: key)
    }
}

/// A small seeded generator (SplitMix64), so that failures repeat.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
