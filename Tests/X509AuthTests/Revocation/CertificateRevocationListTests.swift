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
}
