import Testing
import X509Auth

@testable import DeviceGateway

@Suite("Operator commands: policies and authorities")
struct GatewayOperatorPoliciesTests {
    @Test("Putting a policy again makes the next version; its text is kept as given")
    func put() async throws {
        let fixture = try await OperatorFixture()
        let text = OperatorFixture.policy + "\n\n"
        guard case .policy(let policy) = try await fixture.run(.putPolicy(name: "p", document: text)) else {
            throw OperatorFixture.UnexpectedReply()
        }
        #expect(policy.summary.version == 2)
        #expect(policy.document == text)
    }

    @Test("A document with a fault is refused with its place and a hint; the old one stays")
    func malformed() async throws {
        let fixture = try await OperatorFixture()
        let text =
            "{\"Version\":\"2012-10-17\",\n \"Statement\":[{\"Effect\":\"ALLOW\",\"Action\":\"*\",\"Resource\":\"*\"}]}"
        let error = try #require(await fixture.failure(.putPolicy(name: "p", document: text)))
        #expect(error.code == .malformedPolicy)
        #expect(error.line == 2)
        #expect(error.column != nil && error.hint?.isEmpty == false)
        #expect(fixture.registry.policy("p")?.version == 1)
    }

    @Test("A policy is attached to and detached from all certificates of a thing")
    func attach() async throws {
        let fixture = try await OperatorFixture()
        try await fixture.add("device1", policies: [])
        _ = try await fixture.run(.createCertificate(thing: "device1", policies: []))
        guard
            case .changed(let changed) = try await fixture.run(
                .attachPolicy(name: "p", to: .thing("device1")))
        else { throw OperatorFixture.UnexpectedReply() }
        #expect(changed.count == 2 && changed.allSatisfy { $0.policies == ["p"] })
        #expect(fixture.registry.policyTargets("p").count == 2)

        guard
            case .changed(let detached) = try await fixture.run(
                .detachPolicy(name: "p", from: .thing("device1")))
        else { throw OperatorFixture.UnexpectedReply() }
        #expect(detached.count == 2 && detached.allSatisfy { $0.policies.isEmpty })
        #expect(await fixture.failure(.detachPolicy(name: "p", from: .thing("device1")))?.code == .notFound)
        #expect(await fixture.failure(.attachPolicy(name: "q", to: .thing("device1")))?.code == .notFound)
    }

    @Test("An eleventh policy is refused and none of the thing's certificates is changed")
    func quota() async throws {
        let fixture = try await OperatorFixture()
        try await fixture.add("device1", policies: [])
        for index in 0..<10 {
            let name = "p\(index)"
            _ = try await fixture.run(.putPolicy(name: name, document: OperatorFixture.policy))
            _ = try await fixture.run(.attachPolicy(name: name, to: .thing("device1")))
        }
        _ = try await fixture.run(.createCertificate(thing: "device1", policies: []))
        #expect(await fixture.failure(.attachPolicy(name: "p", to: .thing("device1")))?.code == .refused)
        #expect(fixture.registry.policyTargets("p").isEmpty)
    }

    @Test("An authority is registered with what its devices get, listed, and turned off")
    func authority() async throws {
        let fixture = try await OperatorFixture()
        let factory = try OperatorFixture.authority("Factory CA").certificate
        guard
            case .authority(let authority) = try await fixture.run(
                .registerAuthority(
                    .init(pem: factory.pem, withoutProof: true, firstSight: .commonName, policies: ["p"])))
        else { throw OperatorFixture.UnexpectedReply() }
        #expect(authority.id == factory.id.string)
        #expect(authority.isActive && authority.firstSight == .commonName && authority.policies == ["p"])
        #expect(
            fixture.registry.authority(factory.id)?.autoRegistration
                == .commonName(
                    ProvisioningTemplate(
                        thingName: .subjectCommonName, policyNames: ["p"], status: .active)))

        guard
            case .authority(let off) = try await fixture.run(
                .setAuthority(id: String(authority.id.prefix(8)), isActive: false))
        else { throw OperatorFixture.UnexpectedReply() }
        #expect(!off.isActive)
        guard case .authorities(let page) = try await fixture.run(.listAuthorities(after: nil, limit: nil))
        else {
            throw OperatorFixture.UnexpectedReply()
        }
        #expect(page.items == [off])
    }

    @Test("What can't be an authority is refused")
    func noAuthority() async throws {
        let fixture = try await OperatorFixture()
        let device = try await fixture.add("device1")
        #expect(
            await fixture.failure(
                .registerAuthority(
                    .init(
                        pem: device.certificatePEM, withoutProof: true, firstSight: .commonName,
                        policies: ["p"])))?.code
                == .certificate)
        #expect(
            await fixture.failure(
                .registerAuthority(.init(pem: "nonsense", firstSight: .commonName, policies: ["p"])))?
                .code
                == .certificate)
        let factory = try OperatorFixture.authority("Factory CA").certificate
        #expect(
            await fixture.failure(
                .registerAuthority(
                    .init(
                        pem: factory.pem, withoutProof: true, firstSight: .commonName, policies: ["missing"]))
            )?
            .code
                == .notFound)
        #expect(
            await fixture.failure(
                .registerAuthority(.init(pem: factory.pem, withoutProof: true, policies: ["p"])))?.code
                == .invalidArgument)
        #expect(fixture.registry.allAuthorities.isEmpty)
    }
}
