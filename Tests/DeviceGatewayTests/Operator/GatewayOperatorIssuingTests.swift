import Testing
import X509Auth

@testable import DeviceGateway

@Suite("Operator: issuing by wish, and the authorities that have issued")
struct GatewayOperatorIssuingTests {
    /// A P-256 request of `CN=from-request` that asks for the DNS name `asked.example`.
    private static let request = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIH9MIGkAgEAMBcxFTATBgNVBAMMDGZyb20tcmVxdWVzdDBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABFqecGWJeEh9uwpf3m5bj/S9X5VhXvluuBWpjV+TZQ4tYxld
        tBCDBmGlIBiCxUFIlPwPJklkTdoGIGqMCOgwcICgKzApBgkqhkiG9w0BCQ4xHDAa
        MBgGA1UdEQQRMA+CDWFza2VkLmV4YW1wbGUwCgYIKoZIzj0EAwIDSAAwRQIhAPnJ
        i0HQOdAmkkrI3UPjSxH+ad+3ucvSic5jyIe2mkJ1AiBLvXVdvHBjF9w+sIiFJztY
        uhmshqLjRDWP6Tq0jIjq6w==
        -----END CERTIFICATE REQUEST-----
        """

    private func credential(
        _ fixture: OperatorFixture, _ thing: String, _ change: (inout CertificateWish) -> Void
    ) async throws -> DeviceCredential {
        var wish = CertificateWish()
        change(&wish)
        guard
            case .credential(let credential) = try await fixture.run(
                .createCertificate(thing: thing, policies: ["p"], wish: wish))
        else { throw OperatorFixture.UnexpectedReply() }
        return credential
    }

    @Test("A request's key is certified for the thing that is named; its names are not")
    func request() async throws {
        let fixture = try await OperatorFixture()
        let credential = try await credential(fixture, "d2") {
            $0.request = Self.request
            $0.createsThing = true
        }
        #expect(credential.privateKeyPEM == nil)
        let certificate = try X509Certificate(pem: credential.certificatePEM)
        #expect(certificate.subject.description == "CN=d2")
        #expect(certificate.subjectAlternativeNames.isEmpty)
        #expect(try certificate.publicKeyDER == SigningRequest(pem: Self.request).publicKeyDER)
        #expect(fixture.registry.things(attachedTo: certificate.id).map(\.name) == ["d2"])
        #expect(fixture.registry.certificate(certificate.id)?.status == .active)
        let granted = try await self.credential(fixture, "d2") {
            $0.request = Self.request
            $0.dnsNames = ["granted.example"]
        }
        #expect(
            try X509Certificate(pem: granted.certificatePEM).subjectAlternativeNames
                == [.dns("granted.example")])
    }

    @Test("Kinds of keys and ends")
    func wishes() async throws {
        let fixture = try await OperatorFixture()
        try await fixture.add("d")
        let credential = try await credential(fixture, "d") {
            $0.key = .p384
            $0.notAfter = OperatorFixture.now + 60
        }
        let certificate = try X509Certificate(pem: credential.certificatePEM)
        #expect(certificate.keyDescription == "ECDSA P-384")
        #expect(certificate.notAfter == OperatorFixture.now + 60)
    }

    @Test("What can't be wished leaves nothing behind")
    func refused() async throws {
        let fixture = try await OperatorFixture()
        func failure(_ change: (inout CertificateWish) -> Void) async -> OperatorError.Code? {
            var wish = CertificateWish()
            change(&wish)
            return await fixture.failure(.createCertificate(thing: "new", policies: ["p"], wish: wish))?.code
        }
        #expect(await failure { $0.request = Self.request } == .notFound)
        #expect(
            await failure {
                $0.request = "nonsense"; $0.createsThing = true
            } == .certificate)
        #expect(
            await failure {
                $0.request = Self.request; $0.key = .p256; $0.createsThing = true
            }
                == .invalidArgument)
        for end in [OperatorFixture.now, 2_600_000_001] {
            #expect(
                await failure {
                    $0.notAfter = end; $0.createsThing = true
                } == .invalidArgument)
        }
        #expect(
            await failure {
                $0.dnsNames = ["not a name"]; $0.createsThing = true
            } == .certificate)
        #expect(fixture.registry.allThings.isEmpty && fixture.registry.allCertificates.isEmpty)
    }

    @Test("The command without a wish is what it was on the wire")
    func wire() throws {
        let command = OperatorCommand.createCertificate(thing: "d", policies: [])
        let line = try OperatorProtocol.encode(command)
        #expect(!String(decoding: line, as: UTF8.self).contains("wish"))
        #expect(try OperatorProtocol.decodeCommand(line) == command)
    }

    @Test("ACTIVE certificates are counted by the authority whose key signed them")
    func managedAuthorities() async throws {
        let fixture = try await OperatorFixture()
        let first = try await fixture.add("d1")
        _ = try await fixture.add("d2")
        let (successor, _) = try fixture.authority.makeSuccessor(
            notBefore: OperatorFixture.now - 1_000, notAfter: 2_600_000_000)
        var succession = AuthoritySuccession(current: fixture.authority.certificate)
        try succession.succeed(with: successor.certificate, now: OperatorFixture.now)
        let rotated = GatewayOperator(
            registry: fixture.registry, authority: successor, succession: succession,
            now: { OperatorFixture.now })
        func counts() async throws -> [Int] {
            guard case .managedAuthorities(let all) = try await rotated.execute(.listManagedAuthorities)
            else { throw OperatorFixture.UnexpectedReply() }
            #expect(all.map(\.isCurrent) == [true, false])
            return all.map(\.activeCertificates)
        }
        #expect(try await counts() == [0, 2])
        _ = try await rotated.execute(.createCertificate(thing: "d1", policies: ["p"]))
        #expect(try await counts() == [1, 2])
        _ = try await rotated.execute(
            .setCertificateStatus(.id(first.certificateID), status: "INACTIVE"))
        #expect(try await counts() == [1, 1])
    }
}
