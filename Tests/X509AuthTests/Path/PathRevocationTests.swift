import Testing

@testable import X509Auth

@Suite("Path: revocation")
struct PathRevocationTests {
    private let root: ForgedEntity
    private let sub: ForgedEntity
    private let leaf: X509Certificate
    private let anchor: X509Certificate
    private let intermediate: X509Certificate

    init() throws {
        root = try ForgedEntity("Root")
        sub = try ForgedEntity("Sub")
        anchor = try root.certificate()
        intermediate = try sub.certificate(by: root) { $0.serial = DER.tlv(0x02, [0x77]) }
        // Serial number 0x11, one distribution point.
        leaf = try sub.leaf(adding: [
            DER.extension("2.5.29.31", DER.sequence(DER.sequence(Self.point("http://ca.example/1"))))
        ])
    }

    private static func point(_ url: String) -> [UInt8] {
        DER.explicit(0, DER.explicit(0, Forge.uri(url)))
    }

    private func list(
        of entity: ForgedEntity, naming serials: [[UInt8]] = [], number: UInt8 = 7,
        extensions: [[UInt8]] = [],
        change: (inout ForgedList) -> Void = { _ in }
    ) throws -> CertificateRevocationList {
        var list = ForgedList()
        list.issuer = entity.name
        list.entries = serials.isEmpty ? nil : serials.map { ForgedList.entry($0) }
        list.extensions =
            [Forge.authorityKeyIdentifier(entity.keyIdentifier), ForgedList.number(number)] + extensions
        change(&list)
        return try CertificateRevocationList(der: list.signed(by: entity.key))
    }

    private func code(_ lists: [CertificateRevocationList]) -> CertificatePathFailure.Code? {
        var validator = CertificatePathValidator()
        validator.revocationLists = lists
        do throws(CertificatePathFailure) {
            _ = try validator.path(of: leaf, trusted: [anchor], intermediates: [intermediate], now: Forge.now)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("with lists at hand the leaf needs one; authorities are held to theirs where there is one")
    func needed() throws {
        #expect(code([]) == nil)
        #expect(try code([list(of: sub)]) == nil)
        #expect(try code([list(of: root)]) == .revocationUnknown)
        #expect(try code([list(of: sub), list(of: root)]) == nil)
        #expect(try code([list(of: sub, naming: [[0x11]])]) == .revoked)
        #expect(try code([list(of: sub), list(of: root, naming: [[0x77]])]) == .revoked)
        #expect(try code([list(of: sub), list(of: root, naming: [[0x11]])]) == nil)
        let other = try ForgedEntity("Other")
        #expect(try code([list(of: sub), list(of: other, naming: [[0x11]])]) == nil)
    }

    @Test("a list that breaks the profile, has ended or is forged is none", arguments: 0..<12)
    func unusable(_ index: Int) throws {
        let changes: [(inout ForgedList) -> Void] = [
            { $0.extensions.removeLast() }, { $0.extensions.removeFirst() },
            { $0.extensions[1] = ForgedList.number(7, critical: true) }, { $0.nextUpdate = [] },
            { $0.nextUpdate = DER.tlv(0x17, Array("291231235959Z".utf8)) },
            { $0.thisUpdate = DER.tlv(0x17, Array("300101000001Z".utf8)) },
            { $0.thisUpdate = DER.tlv(0x18, Array("20290101000000Z".utf8)) },
            { $0.entries = [] }, { $0.algorithm = Forge.ecdsaSHA1 },
            { $0.extensions.append(DER.extension("2.5.29.28", DER.sequence(DER.tlv(0x81, [0xff])))) },
            { $0.extensions[0] = Forge.authorityKeyIdentifier([1]) }, { $0.issuer = DER.commonName("Other") },
        ]
        let bad = try list(of: sub, change: changes[index])
        #expect(code([bad]) == .revocationUnknown)
        #expect(try code([bad, list(of: sub)]) == nil)
        let forged = try ForgedEntity("Sub")
        #expect(try code([list(of: forged)]) == .revocationUnknown)
    }

    @Test("version 1, and a signer without cRLSign")
    func signer() throws {
        let first = try list(of: sub) {
            $0.version = []
            $0.extensions = []
        }
        #expect(code([first]) == .revocationUnknown)
        let mute = try sub.certificate(
            by: root, adding: [DER.extension("2.5.29.15", critical: true, DER.bits([0x04], unused: 2))])
        var validator = CertificatePathValidator()
        validator.revocationLists = [try list(of: sub)]
        #expect(throws: CertificatePathFailure.self) {
            try validator.path(of: leaf, trusted: [anchor], intermediates: [mute], now: Forge.now)
        }
    }

    @Test("scopes: kinds of certificates, and distribution points, each with its own list")
    func scopes() throws {
        func scoped(_ parts: [UInt8]..., naming serials: [[UInt8]] = [], number: UInt8 = 7) throws
            -> CertificateRevocationList
        {
            try list(
                of: sub, naming: serials, number: number,
                extensions: [DER.extension("2.5.29.28", critical: true, DER.tlv(0x30, parts.flatMap(\.self)))]
            )
        }
        #expect(try code([scoped(DER.tlv(0x81, [0xff]))]) == nil)
        #expect(try code([scoped(DER.tlv(0x82, [0xff]))]) == .revocationUnknown)
        #expect(try code([scoped(Self.point("http://ca.example/1"))]) == nil)
        #expect(try code([scoped(Self.point("http://ca.example/2"))]) == .revocationUnknown)
        #expect(try code([scoped(Self.point("http://ca.example/1"), naming: [[0x11]])]) == .revoked)
        // A newer list of another scope does not take its place.
        #expect(
            try code([scoped(Self.point("http://ca.example/1"), naming: [[0x11]]), list(of: sub, number: 9)])
                == .revoked)
        // A newer one of the same scope does.
        #expect(try code([list(of: sub, naming: [[0x11]]), list(of: sub, number: 9)]) == nil)
    }

    @Test("a delta list adds to its base, and alone is none")
    func deltas() throws {
        let delta = try list(of: sub, naming: [[0x11]], number: 9, extensions: [ForgedList.base(7)])
        #expect(code([delta]) == .revocationUnknown)
        #expect(try code([list(of: sub), delta]) == .revoked)
        // The complete list has overtaken it.
        #expect(try code([list(of: sub, number: 10), delta]) == nil)
    }
}
