import Testing

@testable import X509Auth

@Suite("Path: RFC 5280's profile")
struct StrictProfileTests {
    private let root: ForgedEntity
    private let sub: ForgedEntity

    init() throws {
        root = try ForgedEntity("Root")
        sub = try ForgedEntity("Sub")
    }

    private func code(
        _ leaf: X509Certificate, _ trusted: X509Certificate? = nil, _ sub: X509Certificate? = nil,
        strict: Bool = true, now: Int64 = Forge.now
    ) throws -> CertificatePathFailure.Code? {
        var validator = CertificatePathValidator()
        validator.isStrict = strict
        let anchor = try trusted ?? root.certificate()
        let intermediate = try sub ?? self.sub.certificate(by: root)
        do throws(CertificatePathFailure) {
            _ = try validator.path(of: leaf, trusted: [anchor], intermediates: [intermediate], now: now)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("a certificate by the book")
    func good() throws {
        #expect(try code(sub.leaf()) == nil)
        #expect(try code(sub.leaf(without: ["2.5.29.15", "2.5.29.37"])) == nil)
    }

    /// What is changed in the leaf, and whether protection alone already refuses it.
    @Test("what a leaf may not have", arguments: 0..<18)
    func leaf(_ index: Int) throws {
        let cases: [(refusedAlways: Bool, [[UInt8]], [String], (inout Forge) -> Void)] = [
            (false, [], ["2.5.29.35"], { _ in }),
            (
                true,
                [DER.extension("2.5.29.35", critical: true, DER.sequence(DER.tlv(0x80, sub.keyIdentifier)))],
                [], { _ in }
            ),
            (true, [Forge.extendedKeyUsage(Forge.serverAuth)], [], { _ in }),
            (true, [Forge.extendedKeyUsage(Forge.anyUsage)], [], { _ in }),
            (true, [Forge.keyEncipherment], [], { _ in }),
            (true, [Forge.keyCertSign], [], { _ in }),
            (true, [Forge.nameConstraints(permitted: [Forge.dns("a.example")])], [], { _ in }),
            (
                true, [Forge.nameConstraints(permitted: [Forge.dns("a.example")], critical: false)], [],
                { _ in }
            ),
            (true, [DER.extension("1.2.3.4", critical: true, [5, 0])], [], { _ in }),
            (false, [Forge.alternativeNames(Forge.dns("under_score.example"))], [], { _ in }),
            (false, [Forge.alternativeNames(Forge.dns("192.0.2.1"))], [], { _ in }),
            (false, [Forge.alternativeNames(Forge.dns("*.com"))], [], { _ in }),
            (false, [Forge.alternativeNames(Forge.email("a@b@c.example"))], [], { _ in }),
            (false, [Forge.alternativeNames(Forge.dns("a.example"))], [], { $0.subject = DER.sequence() }),
            (false, [], [], { $0.serial = DER.tlv(0x02, [0]) }),
            (false, [], [], { $0.serial = DER.tlv(0x02, [0x80]) }),
            (false, [], [], { $0.serial = DER.tlv(0x02, [1] + [UInt8](repeating: 0, count: 20)) }),
            (false, [], [], { $0.notAfter = DER.tlv(0x18, Array("20350101000000Z".utf8)) }),
        ]
        let (refusedAlways, extensions, without, change) = cases[index]
        let leaf = try sub.leaf(adding: extensions, without: without, change: change)
        #expect(try code(leaf) != nil)
        #expect(try (code(leaf, strict: false) != nil) == refusedAlways)
    }

    @Test("what an authority may not have", arguments: 0..<10)
    func authority(_ index: Int) throws {
        let plain = Forge.basicConstraints(authority: true)
        let cases: [(refusedAlways: Bool, [[UInt8]], [String])] = [
            (true, [], ["2.5.29.19"]), (true, [Forge.basicConstraints(authority: false)], ["2.5.29.15"]),
            (false, [DER.extension("2.5.29.19", DER.sequence(DER.boolean(true)))], []),
            (true, [Forge.digitalSignature], []), (false, [], ["2.5.29.14"]), (false, [], ["2.5.29.35"]),
            (true, [DER.extension("2.5.29.14", critical: true, DER.octets(sub.keyIdentifier))], []),
            (true, [Forge.extendedKeyUsage(Forge.serverAuth)], []),
            (false, [DER.extension("2.5.29.36", DER.sequence(DER.tlv(0x80, [9])))], []),
            (true, [plain, DER.extension("1.3.6.1.5.5.7.1.1", DER.sequence())], []),
        ]
        let (refusedAlways, extensions, without) = cases[index]
        let certificate = try sub.certificate(by: root, adding: extensions, without: without)
        #expect(try code(sub.leaf(), nil, certificate) != nil)
        #expect(try (code(sub.leaf(), nil, certificate, strict: false) != nil) == refusedAlways)
    }

    @Test(
        "the anchor is held to its dates, usages and identifiers, not to its own signature or serial number")
    func anchor() throws {
        #expect(try code(sub.leaf(), root.certificate(without: ["2.5.29.35"])) == nil)
        #expect(try code(sub.leaf(), root.certificate { $0.serial = DER.tlv(0x02, [0]) }) == nil)
        #expect(try code(sub.leaf(), root.certificate { $0.algorithm = Forge.ecdsaSHA1 }) == nil)
        #expect(try code(sub.leaf(), root.certificate(without: ["2.5.29.14"])) == .malformed)
        let other = try ForgedEntity("Other")
        #expect(try code(sub.leaf(), root.certificate(by: other, without: ["2.5.29.35"])) == .malformed)
        #expect(
            try code(sub.leaf(), root.certificate(adding: [Forge.authorityKeyIdentifier([1, 2])]))
                == .malformed)
    }

    @Test(
        "the last second of validity is valid, the next is not",
        arguments: [
            (Forge.notBefore - 1, false), (Forge.notBefore, true), (Forge.notAfter, true),
            (Forge.notAfter + 1, false),
        ])
    func dates(_ now: Int64, _ isValid: Bool) throws {
        #expect(try (code(sub.leaf(), now: now) == nil) == isValid)
    }
}
