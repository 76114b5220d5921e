@testable import X509Auth

/// An authority as a name and a key, which any number of others may certify: for paths by RFC 5280's profile.
struct ForgedEntity {
    let key: ForgeKey
    let commonName: String
    let keyIdentifier: [UInt8]

    init(_ commonName: String, keyIdentifier: [UInt8]? = nil) throws {
        self.key = try ForgeKey()
        self.commonName = commonName
        self.keyIdentifier = keyIdentifier ?? Array(commonName.utf8)
    }

    var name: [UInt8] { DER.commonName(commonName) }

    /// A certificate of this authority, by `issuer` or by itself. `adding` comes after the usual extensions, and
    /// takes the place of one of the same type.
    func certificate(
        by issuer: ForgedEntity? = nil, adding extensions: [[UInt8]] = [], without: [String] = [],
        change: (inout Forge) -> Void = { _ in }
    ) throws -> X509Certificate {
        let issuer = issuer ?? self
        let usual = [
            Forge.basicConstraints(authority: true), Forge.signsAll,
            Forge.subjectKeyIdentifier(keyIdentifier), Forge.authorityKeyIdentifier(issuer.keyIdentifier),
        ]
        var forge = Forge()
        forge.subject = name
        forge.issuer = issuer.name
        forge.publicKey = key.publicKey
        forge.extensions = Forge.merging(usual, extensions, without: without)
        change(&forge)
        return try X509Certificate(der: forge.signed(by: issuer.key))
    }

    /// A device's certificate by this authority.
    func leaf(
        adding extensions: [[UInt8]] = [], without: [String] = [], change: (inout Forge) -> Void = { _ in }
    ) throws -> X509Certificate {
        var forge = Forge()
        forge.issuer = name
        forge.extensions = Forge.merging(
            [
                Forge.digitalSignature, Forge.extendedKeyUsage(Forge.clientAuth),
                Forge.authorityKeyIdentifier(keyIdentifier),
            ], extensions, without: without)
        change(&forge)
        return try X509Certificate(der: forge.signed(by: key))
    }
}

extension Forge {
    /// keyCertSign and cRLSign.
    static let signsAll = DER.extension("2.5.29.15", critical: true, DER.bits([0x06], unused: 1))

    /// `first` without what `second` has too.
    static func merging(_ first: [[UInt8]], _ second: [[UInt8]], without: [String] = []) -> [[UInt8]] {
        let types = second.map { DER.parts(of: $0)[0] } + without.map(DER.oid)
        return first.filter { !types.contains(DER.parts(of: $0)[0]) } + second
    }

    /// Constraints on DNS names and others; each part the GeneralName of a base.
    static func nameConstraints(
        permitted: [[UInt8]] = [], excluded: [[UInt8]] = [], critical: Bool = true
    ) -> [UInt8] {
        func subtrees(_ tag: UInt8, _ bases: [[UInt8]]) -> [UInt8] {
            bases.isEmpty ? [] : DER.explicit(tag, bases.flatMap { DER.sequence($0) })
        }
        return DER.extension(
            "2.5.29.30", critical: critical, DER.sequence(subtrees(0, permitted), subtrees(1, excluded)))
    }

    static func dns(_ name: String) -> [UInt8] { DER.tlv(0x82, Array(name.utf8)) }
    static func email(_ name: String) -> [UInt8] { DER.tlv(0x81, Array(name.utf8)) }
    static func uri(_ name: String) -> [UInt8] { DER.tlv(0x86, Array(name.utf8)) }
    static func address(_ octets: [UInt8]) -> [UInt8] { DER.tlv(0x87, octets) }
    static func directory(_ name: [UInt8]) -> [UInt8] { DER.explicit(4, name) }
}
