import COpenSSL
import Testing

@testable import X509Auth

/// What is issued is put together, not read again; it must be what reading yields.
@Suite("Issued certificates read as they were put together")
struct IssuedCertificateTests {
    @Test("by authorities of every kind of key", arguments: KeyKind.allCases.prefix(3))
    func everyField(_ kind: KeyKind) throws {
        let (authority, _) = try CertificateAuthority.create(
            commonName: "CA", notBefore: Forge.notBefore, notAfter: Forge.notAfter, key: kind)
        let subject = DistinguishedName(relativeDistinguishedNames: [
            [.init(.country, "DE")], [.init(.organization, "Größe & Co")], [.init(.commonName, "a")],
            [.init(.organizationalUnit, "x"), .init(.serialNumber, "1")],
            [.init(.domainComponent, "example")],
        ])
        let issued = [
            try authority.issueDevice(subject: subject, notBefore: 0).certificate,
            try authority.issueDevice(
                commonName: "late", notBefore: 2_524_608_000, notAfter: 253_402_300_799, key: .p384
            ).certificate,
            try authority.issueDevice(commonName: "rsa", notBefore: -1, key: .rsa2048).certificate,
            try authority.issueServer(
                commonName: "g", dnsNames: ["localhost", "*.example.com"], ipAddresses: ["::1", "10.0.0.1"],
                notBefore: 0, notAfter: 1, key: .rsa2048
            ).certificate,
            try authority.sign(
                ForgedRequest.make(key: ForgeKey()),
                alternativeNames: [
                    .dns("d.example"), .uri("urn:x"), .rfc822("a@example.com"), .ipAddress([1, 2, 3, 4]),
                ],
                notBefore: 0),
        ]
        for certificate in issued {
            let read = try X509Certificate(der: certificate.der)
            #expect(read.fieldsThatDiffer(from: certificate) == [])
            #expect(read == certificate)
        }
    }

    /// The comparison above sees differences.
    @Test("certificates that differ, differ")
    func comparison() throws {
        let authority = try ForgedAuthority()
        let one = try X509Certificate(der: authority.device())
        let other = try X509Certificate(der: authority.device { $0.subject = DER.commonName("other") })
        #expect(one.fieldsThatDiffer(from: other) == ["der", "id", "subject", "subjectDER"])
    }

    @Test("an authority without a subject key identifier is pointed at by name only")
    func withoutKeyIdentifier() throws {
        let forged = try ForgedAuthority()
        let authority = try CertificateAuthority(
            certificatePEM: forged.certificate.pem, privateKeyPEM: forged.key.handle.pem())
        let issued = try authority.issueDevice(commonName: "d", notBefore: 0).certificate
        #expect(issued.authorityKeyIdentifier == nil)
        #expect(try X509Certificate(der: issued.der).fieldsThatDiffer(from: issued) == [])
    }

    @Test("no device gets the authority's own name or key")
    func authoritysOwn() throws {
        let (authority, _) = try CertificateAuthority.create(
            commonName: "Test CA", notBefore: 0, notAfter: Forge.notAfter)
        #expect(throws: X509Error.self) { try authority.issueDevice(commonName: "test  CA", notBefore: 0) }
    }

    @Test("serial numbers: positive, 20 octets, by the generator")
    func serials() {
        var generator = SeededGenerator(seed: 3)
        var seen: Set<SerialNumber> = []
        for _ in 0..<1_000 {
            let serial = SerialNumber.random(using: &generator)
            #expect(serial.bytes.count == 20)
            #expect((0x40...0x7f).contains(serial.bytes[0]))
            seen.insert(serial)
        }
        #expect(seen.count == 1_000)
    }

    @Test("keys are encoded as OpenSSL's encoders do", arguments: KeyKind.allCases.prefix(3))
    func keyEncoding(_ kind: KeyKind) throws {
        let key = try KeyHandle(generate: kind)
        let memory = BIO_new(BIO_s_mem())
        defer { BIO_free(memory) }
        try #require(PEM_write_bio_PKCS8PrivateKey(memory, key.pointer, nil, nil, 0, nil, nil) == 1)
        var text: UnsafeMutablePointer<CChar>?
        let count = BIO_ctrl(memory, BIO_CTRL_INFO, 0, &text)
        let expected = String(
            decoding: UnsafeRawBufferPointer(start: text, count: Int(count)), as: UTF8.self)
        #expect(try key.pem() == expected)
        var der: UnsafeMutablePointer<UInt8>?
        let size = i2d_PUBKEY(key.pointer, &der)
        defer { CRYPTO_free(der, #file, #line) }
        #expect(try key.publicKeyDER() == Array(UnsafeBufferPointer(start: der, count: max(0, Int(size)))))
    }

    /// One scalar in 256 begins with a zero octet, and must keep its width.
    @Test("keys with short scalars are encoded whole")
    func shortScalars() throws {
        for _ in 0..<600 {
            let pem = try KeyHandle(generate: .p256).pem()
            #expect(pem.utf8.count == 241)
        }
    }
}
