import Testing

@testable import X509Auth

@Suite("Signing request")
struct SigningRequestTests {
    private let authority: CertificateAuthority

    init() throws {
        (authority, _) = try CertificateAuthority.create(
            commonName: "Test CA", notBefore: Forge.notBefore, notAfter: Forge.notAfter)
    }

    @Test("what it asks for is read, and none of it granted unasked")
    func wishes() throws {
        let key = try ForgeKey()
        let request = try ForgedRequest.make(
            key: key,
            attributes: ForgedRequest.wish(
                Forge.basicConstraints(authority: true), Forge.keyCertSign,
                Forge.alternativeNames(DER.tlv(0x82, Array("a.example".utf8)), DER.tlv(0x87, [10, 0, 0, 1]))))
        #expect(request.subject.commonName == "from-csr")
        #expect(request.publicKey.description == "ECDSA P-256")
        #expect(request.publicKeyDER == key.publicKey)
        #expect(request.alternativeNames == [.dns("a.example"), .ipAddress([10, 0, 0, 1])])
        #expect(request.provesPossession)
        let plain = try authority.sign(request, notBefore: 0)
        #expect(plain.subjectAlternativeNames.isEmpty)
        #expect(!plain.isCertificateAuthority)
        #expect(plain.keyUsage == .digitalSignature)
        let granted = try authority.sign(
            request, alternativeNames: Array(request.alternativeNames.prefix(1)), notBefore: 0)
        #expect(granted.subjectAlternativeNames == [.dns("a.example")])
    }

    @Test("a request signed by another key is read, and never signed")
    func withoutProof() throws {
        let request = try SigningRequest(der: ForgedRequest.der(key: ForgeKey(), signer: ForgeKey()))
        #expect(!request.provesPossession)
        #expect { try authority.sign(request, notBefore: 0) } throws: {
            ($0 as? X509Error)?.code == .noProofOfPossession
        }
    }

    @Test(
        "names that are not granted",
        arguments: [
            GeneralName.dns("not a name"), .dns(""), .ipAddress([1, 2, 3]), .rfc822(""), .rfc822("a b"),
            .uri("größe"), .directory(DistinguishedName(commonName: "d")),
            .other(type: "1.2.3", value: [5, 0]),
            .registeredID("1.2.3"),
        ])
    func badNames(_ name: GeneralName) throws {
        let request = try ForgedRequest.make(key: ForgeKey())
        #expect { try authority.sign(request, alternativeNames: [name], notBefore: 0) } throws: {
            ($0 as? X509Error)?.code == .invalidArgument
        }
    }

    @Test("more names than are granted")
    func manyNames() throws {
        let request = try ForgedRequest.make(key: ForgeKey())
        let names = (0..<257).map { GeneralName.dns("d\($0).example") }
        #expect(throws: X509Error.self) {
            try authority.sign(request, alternativeNames: names, notBefore: 0)
        }
        let granted = try authority.sign(request, alternativeNames: Array(names.dropLast()), notBefore: 0)
        #expect(try X509Certificate(der: granted.der).fieldsThatDiffer(from: granted) == [])
    }

    @Test("malformed names in the wish refuse the request")
    func malformedWish() throws {
        #expect {
            try ForgedRequest.make(
                key: ForgeKey(),
                attributes: ForgedRequest.wish(
                    Forge.alternativeNames(DER.tlv(0x82, [0x61, 0, 0x62]))))
        } throws: {
            ($0 as? X509Error)?.code == .invalidExtension
        }
    }

    @Test("too large")
    func tooLarge() {
        #expect { try SigningRequest(der: [UInt8](repeating: 0x30, count: 16_385)) } throws: {
            ($0 as? X509Error)?.code == .tooLarge
        }
    }
}
