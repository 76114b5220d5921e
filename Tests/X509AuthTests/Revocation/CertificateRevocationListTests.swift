import Testing

@testable import X509Auth

@Suite("Revocation list")
struct CertificateRevocationListTests {
    private let authority: ForgedAuthority

    init() throws {
        self.authority = try ForgedAuthority()
    }

    @Test("fields, and entries found by serial number whatever their order")
    func fields() throws {
        let list = try authority.list {
            $0.entries = [
                ForgedList.entry([9, 1], reason: 1), ForgedList.entry([0x80]),
                ForgedList.entry([5], reason: 6),
            ]
        }
        #expect(list.version == 2)
        #expect(list.issuerDER == authority.name)
        #expect(list.thisUpdate == ForgedList.thisUpdate)
        #expect(list.nextUpdate == ForgedList.nextUpdate)
        #expect(list.number?.decimal == "7")
        #expect(!list.isDelta)
        #expect(list.count == 3)
        #expect(list.entry(serial: [9, 1])?.reason == .keyCompromise)
        #expect(list.entry(serial: [0x80])?.reason == .unspecified)
        #expect(list.entry(serial: [0, 0x80])?.reason == .unspecified)
        #expect(list.entry(serial: [5])?.reason == .certificateHold)
        #expect(list.entry(serial: [5])?.revocationDate == 1_843_430_400)
        for absent in [[6], [9], [9, 2], [], [0], [0x80, 0]] as [[UInt8]] {
            #expect(list.entry(serial: absent) == nil)
        }
        try list.verify(issuer: authority.certificate)
    }

    @Test("PEM and DER are the same list, and neither is ever read as an empty one")
    func encodings() throws {
        let der = try authority.list { $0.entries = [ForgedList.entry([5])] }.der
        let pem = PEM.encode(der, label: PEM.revocationList)
        #expect(try CertificateRevocationList(contents: der).count == 1)
        #expect(try CertificateRevocationList(contents: Array(pem.utf8)).count == 1)
        #expect(try CertificateRevocationList(pem: pem).der == der)
        for bytes in [
            [], [0x30], Array("no list".utf8), Array((pem + pem).utf8), Array(pem.utf8.dropLast(40)),
        ] {
            #expect(throws: X509Error.self) { try CertificateRevocationList(contents: bytes) }
        }
    }

    @Test("version 1: no extensions, and found all the same")
    func version1() throws {
        let list = try authority.list {
            $0.version = []
            $0.extensions = []
            $0.entries = [ForgedList.entry([5])]
        }
        #expect(list.version == 1)
        #expect(list.number == nil)
        #expect(list.entry(serial: [5]) != nil)
        #expect(throws: X509Error.self) { try authority.list { $0.version = [] } }
    }

    @Test("the issuer's name, key identifier, usage and signature must fit")
    func issuer() throws {
        let list = try authority.list { $0.entries = [ForgedList.entry([5])] }
        func code(_ list: CertificateRevocationList, _ issuer: X509Certificate) -> X509Error.Code? {
            do throws(X509Error) {
                try list.verify(issuer: issuer)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code(list, authority.certificate) == nil)
        #expect(code(list, try ForgedAuthority().certificate) == .untrustedList)
        #expect(code(list, try ForgedAuthority("Other").certificate) == .untrustedList)
        // keyCertSign without cRLSign.
        let silent = try ForgedAuthority(extensions: [
            Forge.basicConstraints(authority: true),
            DER.extension("2.5.29.15", critical: true, DER.bits([0x04], unused: 2)),
        ])
        #expect(code(try silent.list(), silent.certificate) == .untrustedList)
        // No key usage at all.
        let plain = try ForgedAuthority(extensions: [Forge.basicConstraints(authority: true)])
        #expect(code(try plain.list(), plain.certificate) == nil)
        #expect(code(try plain.list { $0.extensions = [] }, plain.certificate) == nil)
        let identified = try ForgedAuthority(extensions: [
            Forge.basicConstraints(authority: true), Forge.subjectKeyIdentifier([1]),
        ])
        #expect(
            code(
                try identified.list { $0.extensions.append(Forge.authorityKeyIdentifier([1])) },
                identified.certificate) == nil)
        #expect(
            code(
                try identified.list { $0.extensions.append(Forge.authorityKeyIdentifier([2])) },
                identified.certificate) == .untrustedList)
        #expect(
            code(try authority.list { $0.algorithm = Forge.ecdsaSHA1 }, authority.certificate)
                == .untrustedList)
    }

    @Test("one changed bit of a list is never believed")
    func changedBits() throws {
        let der = try authority.list { $0.entries = [ForgedList.entry([5]), ForgedList.entry([6])] }.der
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            var changed = der
            let index = Int.random(in: changed.indices, using: &generator)
            changed[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            guard let list = try? CertificateRevocationList(der: changed) else { continue }
            #expect(throws: X509Error.self, "byte \(index)") {
                try list.verify(issuer: authority.certificate)
            }
        }
    }

    @Test("what is not understood refuses the whole list", arguments: 0..<16)
    func refused(_ index: Int) throws {
        let changes: [(inout ForgedList) -> Void] = [
            { $0.extensions.append(DER.extension("1.2.3.4", critical: true, [5, 0])) },
            {
                $0.entries = [
                    ForgedList.entry([5], extensions: [DER.extension("1.2.3.4", critical: true, [5, 0])])
                ]
            },
            // certificateIssuer: an indirect list's entry.
            {
                $0.entries = [
                    ForgedList.entry(
                        [5], extensions: [DER.extension("2.5.29.29", critical: true, DER.sequence())])
                ]
            },
            { $0.extensions.append(ForgedList.scope(DER.tlv(0x84, [0xff]))) },
            { $0.extensions.append(ForgedList.scope(DER.tlv(0x85, [0xff]))) },
            { $0.extensions.append(ForgedList.scope(DER.tlv(0x83, [1, 2]))) },
            { $0.extensions.append(ForgedList.scope(DER.tlv(0x81, [0xff]), DER.tlv(0x82, [0xff]))) },
            { $0.extensions = [ForgedList.base(3)] },
            { $0.extensions.append(ForgedList.number(8)) },
            { $0.entries = [ForgedList.entry([5], reason: 7)] },
            { $0.entries = [ForgedList.entry([5]) + [0]] },
            { $0.entries = [ForgedList.entry([UInt8](repeating: 1, count: 129))] },
            { $0.version = DER.tlv(0x02, [2]) },
            { $0.issuer = DER.sequence() },
            { $0.thisUpdate = DER.tlv(0x17, Array("290101000000+0100".utf8)) },
            { $0.nextUpdate = DER.tlv(0x18, Array("20310101000000.5Z".utf8)) },
        ]
        #expect(throws: X509Error.self) { try authority.list(changes[index]) }
    }

    @Test("extensions that change nothing are passed over")
    func tolerated() throws {
        let list = try authority.list {
            $0.extensions.append(DER.extension("2.5.29.46", DER.sequence()))
            $0.extensions.append(ForgedList.scope(DER.tlv(0x81, [0xff])))
            $0.entries = [
                ForgedList.entry(
                    [5],
                    extensions: [DER.extension("2.5.29.24", DER.tlv(0x18, Array("20280101000000Z".utf8)))])
            ]
        }
        #expect(list.scope == .endEntities)
        #expect(list.entry(serial: [5]) != nil)
        #expect(try authority.list { $0.entries = [] }.count == 0)
    }

    @Test("thousands of entries in random order are all found, and no others")
    func many() throws {
        var generator = SeededGenerator(seed: 3)
        let serials = (0..<5_000).map { _ in
            (0..<Int.random(in: 1...20, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
        }
        let known = Set(serials.map { SerialNumber(bytes: $0) })
        let list = try authority.list { $0.entries = serials.map { ForgedList.entry($0) } }
        #expect(list.count == 5_000)
        #expect(serials.allSatisfy { list.entry(serial: $0) != nil })
        for _ in 0..<5_000 {
            let other = (0..<3).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect((list.entry(serial: other) != nil) == known.contains(SerialNumber(bytes: other)))
        }
    }
}
