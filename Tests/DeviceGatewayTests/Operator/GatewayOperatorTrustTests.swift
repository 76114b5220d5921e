import DeviceGateway
import Foundation
import Testing
import X509Auth

@Suite("Operators' commands about trust")
struct GatewayOperatorTrustTests {
    private let fixture: OperatorFixture
    private let factory: CertificateAuthority
    private let factoryKey: String

    init() async throws {
        fixture = try await OperatorFixture()
        (factory, factoryKey) = try CertificateAuthority.create(
            commonName: "Factory", organization: nil, notBefore: OperatorFixture.now - 1_000,
            notAfter: 2_600_000_000)
    }

    private func issue(_ name: String) throws -> IssuedCredential {
        try factory.issueDevice(
            commonName: name, notBefore: OperatorFixture.now - 500, notAfter: 2_500_000_000)
    }

    private func register(_ change: (inout AuthorityToRegister) -> Void = { _ in }) async throws
        -> AuthoritySummary
    {
        var request = AuthorityToRegister(pem: factory.certificate.pem)
        change(&request)
        request.withoutProof = request.verificationPEM == nil && !request.sniOnly
        guard case .authority(let summary) = try await fixture.run(.registerAuthority(request)) else {
            throw OperatorFixture.UnexpectedReply()
        }
        return summary
    }

    private func changed(_ command: OperatorCommand) async throws -> [CertificateSummary] {
        guard case .changed(let summaries) = try await fixture.run(command) else {
            throw OperatorFixture.UnexpectedReply()
        }
        return summaries
    }

    private func radius(_ command: OperatorCommand) async throws -> BlastRadius {
        guard case .blastRadius(let radius) = try await fixture.run(.preview(command)) else {
            throw OperatorFixture.UnexpectedReply()
        }
        return radius
    }

    @Test("A certificate that somebody else issued is registered, with and without its authority")
    func registersCertificates() async throws {
        let authority = try await register()
        let device = try issue("pump")
        let command = OperatorCommand.registerCertificate(
            .init(
                pem: device.certificatePEM, authority: String(authority.id.prefix(8)), thing: "pump",
                exclusive: true, policies: ["p"]))
        let summary = try #require(try await changed(command).first)
        #expect(summary.things == ["pump"] && summary.policies == ["p"] && summary.commonName == "pump")
        #expect(summary.authority == authority.id && summary.status == "ACTIVE")
        #expect(await fixture.failure(command)?.code == .alreadyExists)

        let alone = try #require(
            try await changed(
                .registerCertificate(
                    .init(pem: try issue("other").certificatePEM, status: "INACTIVE", sniOnly: true))
            ).first)
        // It is not named, and signed it all the same.
        #expect(alone.authority == authority.id && alone.status == "INACTIVE")
        #expect(
            fixture.registry.certificate(try #require(CertificateID(alone.id)))?.mode == .sniOnly)
        // Nothing of what fails is kept.
        #expect(
            await fixture.failure(
                .registerCertificate(
                    .init(pem: try issue("third").certificatePEM, thing: "third", policies: ["missing"])))?
                .code == .notFound)
        #expect(fixture.registry.thing("third") == nil)
    }

    @Test("Proof of an authority's possession is a certificate that carries the registration code")
    func proof() async throws {
        guard case .registrationCode(let code) = try await fixture.run(.showRegistrationCode) else {
            throw OperatorFixture.UnexpectedReply()
        }
        let proof = try issue(code).certificatePEM
        let bare = AuthorityToRegister(pem: factory.certificate.pem)
        let refusal = try #require(await fixture.failure(.registerAuthority(bare)))
        #expect(refusal.code == .invalidArgument)
        for way in ["ca registration-code", "--verification", "--sni-only", "--without-proof"] {
            #expect(refusal.message.contains(way))
        }
        let wrong = try issue(String(repeating: "0", count: 64)).certificatePEM
        for verification in [wrong, try issue("x").certificatePEM] {
            let request = AuthorityToRegister(pem: factory.certificate.pem, verificationPEM: verification)
            #expect(await fixture.failure(.registerAuthority(request))?.code == .certificate)
        }
        #expect(fixture.registry.allAuthorities.isEmpty)
        let summary = try await register { $0.verificationPEM = proof }
        #expect(summary.mode == "DEFAULT")
        // Proved once, it can be given other settings without; SNI_ONLY proves nothing.
        var again = bare
        again.firstSight = .pending
        guard case .authority(let changed) = try await fixture.run(.registerAuthority(again)) else {
            throw OperatorFixture.UnexpectedReply()
        }
        #expect(changed.mode == "DEFAULT" && changed.firstSight == .pending)
        _ = try await register { $0.sniOnly = true }
        #expect(await fixture.failure(.registerAuthority(bare))?.code == .invalidArgument)
        let both = AuthorityToRegister(pem: factory.certificate.pem, verificationPEM: proof, sniOnly: true)
        #expect(await fixture.failure(.registerAuthority(both))?.code == .invalidArgument)
    }

    @Test("Every way of first sight is registered and shown")
    func firstSights() async throws {
        #expect(try await register().firstSight == .refused)
        #expect(try await register { $0.firstSight = .pending }.firstSight == .pending)
        let template = try await register {
            $0.firstSight = .template
            $0.template = ProvisioningRulesTests.template()
            $0.sniOnly = true
            $0.revocationMode = "hard"
        }
        #expect(template.firstSight == .template && template.mode == "SNI_ONLY")
        #expect(template.revocationMode == "hard")
        var request = AuthorityToRegister(
            pem: factory.certificate.pem, withoutProof: true, firstSight: .template,
            template: "{\"Resources\": 5}")
        #expect(await fixture.failure(.registerAuthority(request))?.code == .invalidArgument)
        request.template = nil
        #expect(await fixture.failure(.registerAuthority(request))?.code == .invalidArgument)
        request.revocationMode = "strict"
        request.firstSight = .refused
        #expect(await fixture.failure(.registerAuthority(request))?.code == .invalidArgument)
    }

    @Test("A revocation list is previewed, then loaded if nothing has changed, and can be gone back on")
    func revocationLists() async throws {
        let authority = try await register { $0.revocationMode = "soft" }
        let devices = try (0..<3).map { try issue("d\($0)") }
        for device in devices {
            _ = try await changed(.registerCertificate(.init(pem: device.certificatePEM, policies: ["p"])))
        }
        let list = try TestRevocationList(
            number: 5, serialNumbers: devices.prefix(2).map(\.certificate.serialNumber.bytes),
            thisUpdate: OperatorFixture.now - 10, nextUpdate: OperatorFixture.now + 1_000
        ).signed(issuerDER: factory.certificate.subjectDER, privateKeyPEM: factoryKey)
        let file = FileManager.default.temporaryDirectory.appending(path: "list-\(UUID()).crl")
        try Data(list.der).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let load = OperatorCommand.loadRevocationList(path: file.path(), force: false)

        let version = fixture.registry.trustVersion
        let radius = try await radius(load)
        #expect(radius.certificateCount == 2 && radius.sessionCount == 2)
        #expect(radius.certificates == devices.prefix(2).map(\.certificate.id.string).sorted())
        #expect(fixture.registry.revocationLists(of: factory.certificate.id).isEmpty)
        try await fixture.registry.createThing(ThingRecord(name: "meanwhile"))
        #expect(await fixture.failure(.ifUnchanged(load, since: radius.generation))?.code == .refused)
        guard
            case .authority(let loaded) = try await fixture.run(
                .ifUnchanged(load, since: fixture.registry.generation))
        else { throw OperatorFixture.UnexpectedReply() }
        #expect(loaded.id == authority.id)
        #expect(loaded.revocationLists.map(\.number) == ["5"] && loaded.revocationLists.map(\.count) == [2])
        // The same list again changes nothing.
        let settled = fixture.registry.generation
        #expect(await fixture.failure(load) == nil && fixture.registry.generation == settled)

        #expect(try await self.radius(.rollBackTrust(version: version)).readmittedCount == 2)
        guard case .trust(let summary) = try await fixture.run(.rollBackTrust(version: version)) else {
            throw OperatorFixture.UnexpectedReply()
        }
        #expect(summary.version == fixture.registry.trustVersion && summary.earlier.contains(version))
        #expect(fixture.registry.revocationLists(of: factory.certificate.id).isEmpty)
    }

    @Test("What is no list, or can't be read, is named")
    func badLists() async throws {
        let missing = await fixture.failure(.loadRevocationList(path: "/nowhere/x.crl", force: false))
        #expect(missing?.code == .notFound && missing?.message.contains("/nowhere/x.crl") == true)
        let device = await fixture.failure(.loadRevocationList(path: "/dev/null", force: false))
        #expect(device?.code == .invalidArgument && device?.message.contains("regular") == true)
        let file = FileManager.default.temporaryDirectory.appending(path: "list-\(UUID()).crl")
        defer { try? FileManager.default.removeItem(at: file) }
        for bytes in [Data(), Data("nonsense".utf8), Data([0x30, 0x82, 0xff, 0xff])] {
            try bytes.write(to: file)
            let error = await fixture.failure(.loadRevocationList(path: file.path(), force: false))
            #expect(error?.code == .certificate && error?.message.contains(file.path()) == true)
        }
    }

    @Test("Only commands that take trust away are previewed")
    func previews() async throws {
        #expect(
            await fixture.failure(.preview(.listDevices(after: nil, limit: nil)))?.code == .invalidArgument)
        let credential = try await fixture.add("device1")
        let radius = try await radius(.setCertificateStatus(.thing("device1"), status: "INACTIVE"))
        #expect(radius.certificates == [credential.certificateID])
        #expect(radius.sessions.map(\.clientID) == ["client-0"])
        #expect(
            fixture.registry.certificate(try #require(CertificateID(credential.certificateID)))?.status
                == .active)
        #expect(try await changed(.setCertificateStatus(.thing("device1"), status: "INACTIVE")).count == 1)
        #expect(
            await fixture.failure(.removeCertificate(.thing("device1"), detach: false))?.code == .refused)
        #expect(try await changed(.removeCertificate(.thing("device1"), detach: true)).count == 1)
        #expect(fixture.registry.certificateCount == 0)
    }

    @Test("An authority is turned off before it is removed")
    func removesAuthorities() async throws {
        let authority = try await register()
        #expect(await fixture.failure(.removeAuthority(id: authority.id))?.code == .refused)
        _ = try await fixture.run(.setAuthority(id: authority.id, isActive: false))
        _ = try await fixture.run(.setRevocationMode(id: authority.id, mode: "hard"))
        #expect(fixture.registry.authority(factory.certificate.id)?.revocationMode == .hard)
        _ = try await fixture.run(.removeAuthority(id: authority.id))
        #expect(fixture.registry.allAuthorities.isEmpty)
    }
}
