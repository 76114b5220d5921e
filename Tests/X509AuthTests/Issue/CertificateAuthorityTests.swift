import Testing

@testable import X509Auth

@Suite("Certificate authority")
struct CertificateAuthorityTests {
    private let authority: CertificateAuthority
    private let keyPEM: String

    init() throws {
        (authority, keyPEM) = try CertificateAuthority.create(
            commonName: "Test CA", organization: "Testers", notBefore: Forge.notBefore,
            notAfter: Forge.notAfter)
    }

    private func verdict(_ certificate: X509Certificate) throws -> X509Verdict {
        let store = InMemoryTrustStore()
        try store.register(authority: authority.certificate, allowsAutoRegistration: true)
        return X509Authenticator(trust: store).judge(leaf: certificate.der, chain: [], now: Forge.now)
    }

    @Test("its own certificate")
    func ownCertificate() throws {
        let certificate = authority.certificate
        #expect(certificate.isCertificateAuthority)
        #expect(certificate.pathLengthConstraint == 0)
        #expect(certificate.keyUsage == [.keyCertificateSign, .crlSign])
        #expect(certificate.subject.description == "CN=Test CA,O=Testers")
        #expect(certificate.isSelfIssued)
        #expect(certificate.subjectKeyIdentifier?.count == 20)
        #expect(certificate.allowsIssuingClients)
        #expect(certificate.notBefore == Forge.notBefore)
        #expect(certificate.notAfter == Forge.notAfter)
        try X509Requirements.default.checkAuthority(certificate)
    }

    @Test("a device certificate", arguments: [KeyKind.p256, .p384, .rsa2048])
    func device(_ kind: KeyKind) throws {
        let subject = DistinguishedName([
            .init(.country, "DE"), .init(.organization, "Größe & Co"), .init(.commonName, "device1"),
        ])
        let credential = try authority.issueDevice(subject: subject, notBefore: Forge.notBefore, key: kind)
        let certificate = credential.certificate
        #expect(certificate.subject == subject)
        #expect(certificate.issuer == authority.certificate.subject)
        #expect(certificate.issuerDER == authority.certificate.subjectDER)
        #expect(certificate.authorityKeyIdentifier == authority.certificate.subjectKeyIdentifier)
        #expect(certificate.subjectKeyIdentifier?.count == 20)
        #expect(certificate.keyUsage == .digitalSignature)
        #expect(certificate.extendedKeyUsages == [Forge.clientAuth])
        #expect(!certificate.isCertificateAuthority)
        #expect(certificate.notAfter == 2_524_607_999)
        #expect(certificate.serialNumber.bytes.count == 20)
        #expect(try X509Certificate(pem: credential.certificatePEM) == certificate)
        #expect(credential.privateKeyPEM.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        let key = try KeyHandle(pem: credential.privateKeyPEM, passphrase: nil)
        #expect(key.matches(try certificate.contents.handle()))
        #expect(try verdict(certificate) == .firstSight(certificate.id, authority: authority.certificate.id))
        switch kind {
        case .p384: #expect(certificate.keyDescription == "ECDSA P-384")
        case .rsa2048: #expect(certificate.keyDescription == "RSA 2048 bits")
        default: #expect(certificate.keyDescription == "ECDSA P-256")
        }
    }

    @Test("authorities of every kind of key issue what verifies", arguments: [KeyKind.p384, .rsa2048])
    func kinds(_ kind: KeyKind) throws {
        let (authority, _) = try CertificateAuthority.create(
            commonName: "CA", notBefore: Forge.notBefore, notAfter: Forge.notAfter, key: kind)
        let store = InMemoryTrustStore()
        try store.register(authority: authority.certificate, allowsAutoRegistration: true)
        let device = try authority.issueDevice(commonName: "d", notBefore: Forge.notBefore).certificate
        #expect(
            X509Authenticator(trust: store).judge(leaf: device.der, chain: [], now: Forge.now)
                == .firstSight(device.id, authority: authority.certificate.id))
    }

    @Test("serial numbers are positive, 20 octets, and do not repeat")
    func serials() throws {
        var seen: Set<SerialNumber> = []
        for _ in 0..<50 {
            let serial = try authority.issueDevice(commonName: "d", notBefore: Forge.notBefore).certificate
                .serialNumber
            #expect(serial.bytes.count == 20)
            #expect(serial.bytes[0] < 0x80)
            #expect(seen.insert(serial).inserted)
        }
    }

    @Test("multi-valued and repeated attributes survive issuing")
    func structure() throws {
        let subject = DistinguishedName(relativeDistinguishedNames: [
            [.init(.commonName, "a")], [.init(.commonName, "b")],
            [.init(.organizationalUnit, "x"), .init(.serialNumber, "1")],
        ])
        let issued = try authority.issueDevice(subject: subject, notBefore: 0).certificate.subject
        #expect(issued.values(.commonName) == ["a", "b"])
        #expect(issued.relativeDistinguishedNames.map(\.count) == [1, 1, 2])
    }

    @Test(
        "subjects that cannot be",
        arguments: [
            DistinguishedName(commonName: ""), DistinguishedName(commonName: "a\0b"),
            DistinguishedName(commonName: String(repeating: "x", count: 65)),
            DistinguishedName([.init(.country, "Germany")]), DistinguishedName([.init(.serialNumber, "ü")]),
            DistinguishedName([.init(.init(objectIdentifier: "not an oid"), "x")]),
        ])
    func badSubjects(_ subject: DistinguishedName) {
        #expect(throws: X509Error.self) { try authority.issueDevice(subject: subject, notBefore: 0) }
    }

    @Test("dates that cannot be")
    func badDates() {
        #expect(throws: X509Error.self) {
            try authority.issueDevice(commonName: "d", notBefore: 10, notAfter: 9)
        }
        #expect(throws: X509Error.self) {
            try authority.issueDevice(commonName: "d", notBefore: 0, notAfter: 253_402_300_800)
        }
        #expect(throws: X509Error.self) { try authority.issueDevice(commonName: "d", notBefore: .min) }
    }

    @Test("a server certificate carries its names", arguments: [KeyKind.p256, .rsa2048])
    func server(_ kind: KeyKind) throws {
        let certificate = try authority.issueServer(
            commonName: "gateway", dnsNames: ["localhost", "*.example.com"],
            ipAddresses: ["127.0.0.1", "::1"], notBefore: Forge.notBefore, notAfter: Forge.notAfter, key: kind
        ).certificate
        #expect(
            certificate.subjectAlternativeNames == [
                .dns("localhost"), .dns("*.example.com"), .ipAddress([127, 0, 0, 1]),
                .ipAddress([UInt8](repeating: 0, count: 15) + [1]),
            ])
        #expect(certificate.extendedKeyUsages == [Forge.serverAuth])
        #expect(
            certificate.keyUsage
                == (kind == .rsa2048 ? [.digitalSignature, .keyEncipherment] : .digitalSignature))
        // It does not pass as a device.
        #expect(try verdict(certificate).rejection?.reason == .wrongUsage)
    }

    @Test(
        "host names and addresses that are none",
        arguments: [
            "", "a b", "-a.example", "a..b", "a,IP:1.2.3.4", "ho\0st", "größe.example", "*", "a.*.b",
            String(repeating: "a", count: 64) + ".example", String(repeating: "a.", count: 127) + "a",
        ])
    func badNames(_ name: String) {
        #expect(throws: X509Error.self) {
            try authority.issueServer(commonName: "g", dnsNames: [name], notBefore: 0, notAfter: 1)
        }
        #expect(throws: X509Error.self) {
            try authority.issueServer(
                commonName: "g", dnsNames: [], ipAddresses: [name], notBefore: 0, notAfter: 1)
        }
    }

    @Test("a server certificate without names is refused")
    func noNames() {
        #expect(throws: X509Error.self) {
            try authority.issueServer(commonName: "g", dnsNames: [], notBefore: 0, notAfter: 1)
        }
    }

    // MARK: Loading

    @Test("certificate and key, saved and loaded, issue the same")
    func load() throws {
        let loaded = try CertificateAuthority(
            certificatePEM: authority.certificate.pem, privateKeyPEM: keyPEM)
        let device = try loaded.issueDevice(commonName: "d", notBefore: Forge.notBefore).certificate
        #expect(try verdict(device) == .firstSight(device.id, authority: authority.certificate.id))
    }

    @Test("an encrypted key opens with its passphrase and nothing else")
    func encrypted() throws {
        let encrypted = try authority.encryptedPrivateKeyPEM(passphrase: "open sesame")
        #expect(encrypted.hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"))
        func code(_ passphrase: String?) -> X509Error.Code? {
            do {
                _ = try CertificateAuthority(
                    certificatePEM: authority.certificate.pem, privateKeyPEM: encrypted,
                    passphrase: passphrase)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code("open sesame") == nil)
        #expect(code("wrong") == .passphraseNeeded)
        #expect(code(nil) == .passphraseNeeded)
        #expect(code("") == .passphraseNeeded)
        #expect(code(String(repeating: "long", count: 1_000)) == .passphraseNeeded)
        for passphrase in ["", "7 bytes", String(repeating: "x", count: 1_025)] {
            #expect(throws: X509Error.self) {
                try authority.encryptedPrivateKeyPEM(passphrase: passphrase)
            }
        }
    }

    @Test("mismatched, missing and unfit material is refused")
    func unfit() throws {
        func code(_ certificate: String, _ key: String) -> X509Error.Code? {
            do {
                _ = try CertificateAuthority(certificatePEM: certificate, privateKeyPEM: key)
                return nil
            } catch {
                return error.code
            }
        }
        let device = try authority.issueDevice(commonName: "d", notBefore: 0)
        #expect(code(authority.certificate.pem, device.privateKeyPEM) == .keyMismatch)
        #expect(code(device.certificatePEM, device.privateKeyPEM) == .notAnAuthority)
        #expect(code(authority.certificate.pem, authority.certificate.pem) == .unreadableKey)
        #expect(code(keyPEM, keyPEM) == .notPEM)
        #expect(code("", "") == .notPEM)
    }

    @Test("keys are never printed")
    func secrecy() throws {
        let credential = try authority.issueDevice(commonName: "d", notBefore: 0)
        var dumped = ""
        dump(credential, to: &dumped)
        for text in ["\(credential)", String(reflecting: credential), dumped, "\(authority)"] {
            #expect(!text.contains("PRIVATE KEY-----"))
        }
    }

    // MARK: Signing requests

    @Test("a request is signed: its subject and key, our extensions and dates")
    func sign() throws {
        let key = try ForgeKey()
        // The request asks to be an authority; it is not heard.
        let wish = ForgedRequest.wish(Forge.basicConstraints(authority: true), Forge.keyCertSign)
        let certificate = try authority.sign(
            csrPEM: ForgedRequest.pem(key: key, attributes: wish), notBefore: Forge.notBefore)
        #expect(certificate.subject.commonName == "from-csr")
        #expect(certificate.publicKeyDER == key.publicKey)
        #expect(!certificate.isCertificateAuthority)
        #expect(certificate.extendedKeyUsages == [Forge.clientAuth])
        #expect(certificate.notAfter == CertificateAuthority.deviceNotAfter)
        #expect(try verdict(certificate) == .firstSight(certificate.id, authority: authority.certificate.id))

        let renamed = try authority.sign(
            csrPEM: ForgedRequest.pem(key: key, label: "NEW CERTIFICATE REQUEST"),
            subject: DistinguishedName(commonName: "ours"), notBefore: 0)
        #expect(renamed.subject.commonName == "ours")
    }

    @Test("a request without proof of possession, with a weak key, or broken")
    func refusedRequests() throws {
        func code(_ request: String) -> X509Error.Code? {
            do {
                _ = try authority.sign(csrPEM: request, notBefore: 0)
                return nil
            } catch {
                return error.code
            }
        }
        let key = try ForgeKey()
        #expect(try code(ForgedRequest.pem(key: key, signer: ForgeKey())) == .noProofOfPossession)
        #expect(
            try code(ForgedRequest.pem(key: key, publicKey: Forge.rsaKey(bits: 1024))) == .noProofOfPossession
        )
        #expect(try code(ForgedRequest.pem(subject: DER.commonName("a\0b"), key: key)) == .invalidField)
        #expect(
            try code(ForgedRequest.pem(subject: DER.name(("2.5.4.3", DER.bits([1]))), key: key))
                == .invalidArgument)
        #expect(code("") == .notPEM)
        #expect(code(PEM.encode([1, 2, 3], label: "CERTIFICATE REQUEST")) == .notDER)
        #expect(code(String(repeating: "x", count: 16_385)) == .tooLarge)
        var strict = X509Requirements()
        strict.curves = ["secp384r1"]
        #expect(throws: X509Error.self) {
            try authority.sign(csrPEM: ForgedRequest.pem(key: key), notBefore: 0, requirements: strict)
        }
    }

    @Test("seeded mutations of a request never trap, and none is signed that was not proved")
    func requestMutations() throws {
        let key = try ForgeKey()
        let valid = try ForgedRequest.pem(key: key)
        var generator = SeededGenerator(seed: 99)
        let der = try #require(PEM.decode(valid, label: "CERTIFICATE REQUEST", limit: 1).first)
        for _ in 0..<500 {
            var changed = der
            let index = Int.random(in: changed.indices, using: &generator)
            changed[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            let pem = PEM.encode(changed, label: "CERTIFICATE REQUEST")
            #expect(throws: X509Error.self, "byte \(index)") { try authority.sign(csrPEM: pem, notBefore: 0) }
        }
    }
}
