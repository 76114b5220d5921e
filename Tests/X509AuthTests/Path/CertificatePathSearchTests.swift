import Testing

@testable import X509Auth

@Suite("Path: search")
struct CertificatePathSearchTests {
    private let root: ForgedEntity
    private let validator = CertificatePathValidator()

    init() throws {
        root = try ForgedEntity("Root")
    }

    private func code(
        _ leaf: X509Certificate, trusted: [X509Certificate], _ intermediates: [X509Certificate] = [],
        now: Int64 = Forge.now
    ) -> CertificatePathFailure.Code? {
        do throws(CertificatePathFailure) {
            _ = try validator.path(of: leaf, trusted: trusted, intermediates: intermediates, now: now)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("the path is given, anchor first; a certificate that is no root may be the anchor")
    func path() throws {
        let sub = try ForgedEntity("Sub")
        let rootCertificate = try root.certificate()
        let subCertificate = try sub.certificate(by: root)
        let leaf = try sub.leaf()
        #expect(
            try validator.path(
                of: leaf, trusted: [rootCertificate], intermediates: [subCertificate], now: Forge.now)
                == [rootCertificate, subCertificate, leaf])
        #expect(
            try validator.path(
                of: leaf, trusted: [subCertificate], intermediates: [rootCertificate], now: Forge.now)
                == [subCertificate, leaf])
        #expect(code(leaf, trusted: [rootCertificate]) == .untrusted)
        #expect(code(leaf, trusted: []) == .untrusted)
    }

    @Test("of cross-signed authorities each way is tried, whatever lies on the dead ends", arguments: 0..<6)
    func backtracks(_ defect: Int) throws {
        let sub = try ForgedEntity("Sub")
        let other = try ForgedEntity("Other")
        let good = try sub.certificate(by: root)
        let bad: X509Certificate =
            switch defect {
            case 0: try sub.certificate(by: root) { $0.notAfter = DER.tlv(0x17, Array("260101000000Z".utf8)) }
            case 1: try sub.certificate(by: root, adding: [Forge.nameConstraints(excluded: [Forge.dns("")])])
            case 2: try sub.certificate(by: root, adding: [Forge.extendedKeyUsage(Forge.serverAuth)])
            case 3: try sub.certificate(by: root) { $0.algorithm = Forge.ecdsaSHA1 }
            case 4: try sub.certificate(by: other)
            default: try sub.certificate(by: root, adding: [DER.extension("1.2.3", critical: true, [5, 0])])
            }
        let leaf = try sub.leaf(adding: [Forge.alternativeNames(Forge.dns("device.example"))])
        let trusted = [try root.certificate()]
        for order in [[bad, good], [good, bad]] {
            #expect(code(leaf, trusted: trusted, order) == nil)
        }
        #expect(code(leaf, trusted: trusted, [bad]) != nil)
    }

    @Test("a trusted certificate that is unfit does not stand in the way of one that is fit")
    func anchors() throws {
        let expired = try root.certificate { $0.notAfter = DER.tlv(0x17, Array("260101000000Z".utf8)) }
        let leaf = try root.leaf()
        #expect(code(leaf, trusted: [expired, try root.certificate()]) == nil)
        #expect(code(leaf, trusted: [expired]) == .expired)
    }

    @Test("another's signature under the same name and key identifier is passed over")
    func namesakes() throws {
        let thief = try ForgedEntity("Root")
        let leaf = try root.leaf()
        #expect(code(leaf, trusted: [try thief.certificate(), try root.certificate()]) == nil)
        #expect(code(leaf, trusted: [try thief.certificate()]) == .badSignature)
    }

    @Test("authorities that name each other end, with and without a way out")
    func circles() throws {
        let one = try ForgedEntity("One")
        let two = try ForgedEntity("Two")
        let ring = [try one.certificate(by: two), try two.certificate(by: one)]
        let leaf = try one.leaf()
        #expect(code(leaf, trusted: [try root.certificate()], ring) == .untrusted)
        let exit = try two.certificate(by: root)
        #expect(code(leaf, trusted: [try root.certificate()], ring + [exit]) == nil)
    }

    @Test("a maze of twenty authorities, each certified by each, ends by its bound or finds its way")
    func maze() throws {
        let entities = try (0..<20).map { try ForgedEntity("Entity \($0)") }
        var certificates: [X509Certificate] = []
        for subject in entities {
            for issuer in entities where issuer.commonName != subject.commonName {
                certificates.append(try subject.certificate(by: issuer))
            }
        }
        let leaf = try entities[0].leaf(adding: [Forge.alternativeNames(Forge.dns("device.example"))])
        // No way out: one pass.
        #expect(code(leaf, trusted: [try root.certificate()], certificates) == .untrusted)
        // A way out that every path must be refused at: by the bound.
        let closed = try root.certificate(adding: [Forge.nameConstraints(excluded: [Forge.dns("")])])
        let exit = try entities[19].certificate(by: root)
        #expect(code(leaf, trusted: [closed], certificates + [exit]) == .tooMuchWork)
        // The shortest way is tried first.
        #expect(code(leaf, trusted: [try root.certificate()], certificates + [exit]) == nil)
    }

    @Test("a chain of a hundred, trusted or not, is answered")
    func long() throws {
        var chain: [X509Certificate] = []
        var issuer = root
        for index in 0..<100 {
            let next = try ForgedEntity("Level \(index)")
            chain.append(try next.certificate(by: issuer))
            issuer = next
        }
        let leaf = try issuer.leaf()
        #expect(code(leaf, trusted: [try root.certificate()], chain) == .pathTooLong)
        #expect(code(leaf, trusted: [try root.certificate()], Array(chain.dropFirst())) == .untrusted)
    }

    @Test("more certificates than are taken in")
    func tooMany() throws {
        let certificate = try root.certificate()
        let many = Array(repeating: certificate, count: CertificatePathValidator.maximumCertificates + 1)
        #expect(code(try root.leaf(), trusted: [certificate], many) == .tooMuchWork)
        #expect(code(try root.leaf(), trusted: [certificate], Array(many.dropLast())) == nil)
    }

    @Test("names match by RFC 5280 7.1: case, spaces and string type do not matter")
    func names() throws {
        let leaf = try root.leaf { $0.issuer = DER.name(("2.5.4.3", DER.printable("  rOOt "))) }
        #expect(code(leaf, trusted: [try root.certificate()]) == nil)
    }
}
