@testable import X509Auth

/// Revocation lists with any content.
struct ForgedList {
    var version: [UInt8] = DER.tlv(0x02, [1])
    var algorithm: [UInt8] = Forge.ecdsaSHA256
    var issuer: [UInt8] = DER.commonName("Authority")
    var thisUpdate: [UInt8] = DER.tlv(0x17, Array("290101000000Z".utf8))
    var nextUpdate: [UInt8] = DER.tlv(0x17, Array("310101000000Z".utf8))
    /// nil: no such field.
    var entries: [[UInt8]]?
    var extensions: [[UInt8]] = [ForgedList.number(7)]

    /// 2029-01-01T00:00:00Z
    static let thisUpdate: Int64 = 1_861_920_000
    /// 2031-01-01T00:00:00Z
    static let nextUpdate: Int64 = 1_924_992_000

    static func number(_ value: UInt8, critical: Bool = false) -> [UInt8] {
        DER.extension("2.5.29.20", critical: critical, DER.tlv(0x02, [value]))
    }

    static func base(_ value: UInt8) -> [UInt8] {
        DER.extension("2.5.29.27", critical: true, DER.tlv(0x02, [value]))
    }

    static func scope(_ parts: [UInt8]...) -> [UInt8] {
        DER.extension("2.5.29.28", critical: true, DER.tlv(0x30, parts.flatMap(\.self)))
    }

    static func entry(
        _ serial: [UInt8], reason: UInt8? = nil, extensions: [[UInt8]] = []
    ) -> [UInt8] {
        var all = extensions
        if let reason { all.append(DER.extension("2.5.29.21", DER.tlv(0x0a, [reason]))) }
        return DER.sequence(
            DER.integer(serial), DER.tlv(0x17, Array("280601000000Z".utf8)),
            all.isEmpty ? [] : DER.tlv(0x30, all.flatMap(\.self)))
    }

    var toBeSigned: [UInt8] {
        DER.sequence(
            version, algorithm, issuer, thisUpdate, nextUpdate,
            entries.map { DER.tlv(0x30, $0.flatMap(\.self)) } ?? [],
            extensions.isEmpty ? [] : DER.explicit(0, DER.tlv(0x30, extensions.flatMap(\.self))))
    }

    /// With a signature of no meaning.
    var unsigned: [UInt8] {
        DER.sequence(toBeSigned, algorithm, DER.bits(DER.sequence(DER.integer([1]), DER.integer([2]))))
    }

    func signed(by key: ForgeKey) throws -> [UInt8] {
        DER.sequence(
            toBeSigned, algorithm, DER.bits(try key.sign(toBeSigned, sha1: algorithm == Forge.ecdsaSHA1)))
    }
}

extension ForgedAuthority {
    /// A list of this authority.
    func list(_ change: (inout ForgedList) -> Void = { _ in }) throws -> CertificateRevocationList {
        var list = ForgedList()
        list.issuer = name
        change(&list)
        return try CertificateRevocationList(der: list.signed(by: key))
    }
}
