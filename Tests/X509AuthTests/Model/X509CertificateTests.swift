import Testing

@testable import X509Auth

@Suite("Certificate")
struct X509CertificateTests {
    private func code(_ der: [UInt8]) -> X509Error.Code? {
        do {
            _ = try X509Certificate(der: der)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("fields of a plain certificate")
    func fields() throws {
        var forge = Forge()
        forge.extensions = [
            Forge.basicConstraints(authority: false), Forge.digitalSignature,
            Forge.extendedKeyUsage(Forge.clientAuth), Forge.subjectKeyIdentifier([1, 2]),
            Forge.authorityKeyIdentifier([3, 4]),
        ]
        let certificate = try X509Certificate(der: forge.unsigned)
        #expect(certificate.version == 3)
        #expect(certificate.id == CertificateID(der: forge.unsigned))
        #expect(certificate.subject.description == "CN=device")
        #expect(certificate.issuer.description == "CN=Authority")
        #expect(certificate.issuerDER == forge.issuer)
        #expect(certificate.subjectDER == forge.subject)
        #expect(certificate.publicKeyDER == forge.publicKey)
        #expect(certificate.keyDescription == "ECDSA P-256")
        #expect(certificate.signatureAlgorithm == "ecdsa-with-SHA256")
        #expect(certificate.signatureSecurityBits == 128)
        #expect(certificate.notBefore == Forge.notBefore)
        #expect(certificate.notAfter == Forge.notAfter)
        #expect(certificate.keyUsage == .digitalSignature)
        #expect(certificate.extendedKeyUsages == [Forge.clientAuth])
        #expect(certificate.subjectKeyIdentifier == [1, 2])
        #expect(certificate.authorityKeyIdentifier == [3, 4])
        #expect(!certificate.isCertificateAuthority)
        #expect(!certificate.isSelfIssued)
    }

    @Test(
        "dates are read as RFC 5280 4.1.2.5 has them",
        arguments: [
            (0x17, "491231235959Z", 2_524_607_999), (0x17, "500101000000Z", -631_152_000),
            (0x18, "20500101000000Z", 2_524_608_000), (0x18, "99991231235959Z", 253_402_300_799),
            (0x17, "700101000000Z", 0), (0x17, "000229120000Z", 951_825_600),
        ] as [(UInt8, String, Int64)])
    func dates(_ tag: UInt8, _ text: String, _ seconds: Int64) throws {
        var forge = Forge()
        forge.notAfter = DER.tlv(tag, Array(text.utf8))
        #expect(try X509Certificate(der: forge.unsigned).notAfter == seconds)
    }

    @Test("impossible dates refuse the certificate", arguments: ["251301000000Z", "25010", "x", ""])
    func impossibleDates(_ text: String) {
        var forge = Forge()
        forge.notAfter = DER.tlv(0x17, Array(text.utf8))
        #expect(code(forge.unsigned) != nil)
    }

    @Test("other encodings of the same certificate are refused")
    func encodings() {
        let der = Forge().unsigned
        #expect(code(der) == nil)
        #expect(code(der + [0]) == .notDER)
        // The outer length with a leading zero octet.
        let content = DER.content(of: der)
        let long: [UInt8] = [0x30, 0x83, 0x00, UInt8(content.count >> 8), UInt8(content.count & 0xff)]
        #expect(code(long + content) == .notCanonical)
        // Indefinite length.
        #expect(code([0x30, 0x80] + content + [0, 0]) != nil)
        #expect(code([]) == .notDER)
        #expect(code([UInt8](repeating: 0x30, count: X509Certificate.maximumSize + 1)) == .tooLarge)
        for count in 0..<der.count {
            #expect(code(Array(der.prefix(count))) != nil, "the first \(count) bytes")
        }
    }

    @Test("an outer signature algorithm in other lengths is refused")
    func outerAlgorithm() {
        let forge = Forge()
        let algorithm: [UInt8] = [0x30, 0x81, 0x0a] + DER.oid("1.2.840.10045.4.3.2")
        let der = DER.sequence(forge.toBeSigned, algorithm, DER.bits(DER.sequence()))
        #expect(code(der) == .notCanonical)
    }

    @Test("contradicting or broken extensions are refused")
    func extensions() {
        var forge = Forge()
        forge.extensions = [
            Forge.basicConstraints(authority: true), Forge.basicConstraints(authority: false),
        ]
        #expect(code(forge.unsigned) == .invalidExtension)
        forge.extensions = [DER.extension("2.5.29.15", DER.octets([1]))]
        #expect(code(forge.unsigned) == .invalidExtension)
    }

    @Test("PEM: around text, other blocks, several blocks, and errors")
    func pem() throws {
        let (authority, keyPEM) = try CertificateAuthority.create(commonName: "c", notBefore: 0, notAfter: 1)
        #expect(try X509Certificate(pem: keyPEM + authority.certificate.pem) == authority.certificate)
        let first = try X509Certificate(der: Forge().unsigned)
        var other = Forge()
        other.subject = DER.commonName("second")
        let second = try X509Certificate(der: other.unsigned)
        #expect(try X509Certificate(pem: "Bag attributes\n" + first.pem + "the end") == first)
        #expect(try X509Certificate.certificates(pem: first.pem + second.pem) == [first, second])
        #expect(try X509Certificate.certificates(pem: "nothing").isEmpty)
        #expect(throws: X509Error.self) { try X509Certificate(pem: "nothing") }
        #expect(throws: X509Error.self) { try X509Certificate(pem: String(first.pem.dropLast(40))) }
        let broken = first.pem.replacing("MI", with: "!!", maxReplacements: 1)
        #expect(throws: X509Error.self) { try X509Certificate(pem: broken) }
    }

    @Test("a PEM body that is not canonical DER is refused as from any other source")
    func pemBody() {
        let text = PEM.encode(Forge().unsigned + [0], label: PEM.certificate)
        #expect(throws: X509Error.self) { try X509Certificate(pem: text) }
    }

    @Test("keys are described")
    func keys() throws {
        func description(_ key: [UInt8]) throws -> String {
            var forge = Forge()
            forge.publicKey = key
            return try X509Certificate(der: forge.unsigned).keyDescription
        }
        #expect(try description(Forge.rsaKey(bits: 2048)) == "RSA 2048 bits")
        #expect(try description(Forge.weakCurveKey) == "ECDSA P-192")
        #expect(try description(Forge.edwardsKey) == "Ed25519")
        #expect(
            try description(DER.sequence(DER.sequence(DER.oid("1.2.3.4")), DER.bits([0]))) == "unknown key")
    }

    @Test("seeded mutations never trap, and what is accepted has one identity")
    func mutations() throws {
        var forge = Forge()
        forge.extensions = [
            Forge.basicConstraints(authority: true, pathLength: 1), Forge.keyCertSign,
            Forge.alternativeNames(
                DER.tlv(0x82, Array("host".utf8)), DER.tlv(0x87, [1, 2, 3, 4]),
                DER.tlv(0xa4, DER.commonName("d")),
                DER.tlv(0xa0, DER.oid("1.2.3") + DER.explicit(0, DER.utf8("x")))),
            Forge.subjectKeyIdentifier([1, 2, 3]),
        ]
        let original = forge.unsigned
        var generator = SeededGenerator(seed: 20_300_101)
        var accepted = 0
        for _ in 0..<6_000 {
            var der = original
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: der.indices, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: der[index] = UInt8.random(in: .min ... .max, using: &generator)
                case 1: der[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 2: der.remove(at: index)
                default: der.insert(UInt8.random(in: .min ... .max, using: &generator), at: index)
                }
            }
            guard let certificate = try? X509Certificate(der: der) else { continue }
            accepted += 1
            #expect(certificate.id == CertificateID(der: der))
            #expect(try X509Certificate(pem: certificate.pem) == certificate)
            _ = CertificateReport(certificate, now: Forge.now).text
        }
        // Changes inside keys, names and the signature survive: the loop did reach the parser.
        #expect(accepted > 300)
    }
}
