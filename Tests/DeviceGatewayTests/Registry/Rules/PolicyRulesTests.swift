import DeviceGateway
import Testing
import X509Auth

@Suite struct PolicyRulesTests {
    @Test func replacingMakesTheNextVersion() async throws {
        let registry = try await emptyRegistry()
        #expect(try await registry.putPolicy(name: "p", text: policyText(client: "a")).version == 1)
        #expect(try await registry.putPolicy(name: "p", text: policyText(client: "b")).version == 2)
        let generation = registry.generation
        #expect(try await registry.putPolicy(name: "p", text: policyText(client: "b")).version == 2)
        #expect(registry.generation == generation)
        #expect(registry.policy("p")?.text == policyText(client: "b"))
    }

    @Test func aChangeOfWhiteSpaceAloneIsAChange() async throws {
        let registry = try await emptyRegistry()
        try await registry.putPolicy(name: "p", text: policyText())
        #expect(try await registry.putPolicy(name: "p", text: policyText() + "\n").version == 2)
    }

    @Test(arguments: ["", "{", "[]", #"{"Version": "2012-10-17"}"#])
    func refusesWhatIsNoPolicyAndSaysWhere(_ text: String) async throws {
        let registry = try await emptyRegistry()
        do {
            try await registry.putPolicy(name: "p", text: text)
            Issue.record("was accepted")
        } catch {
            #expect(error.code == .malformedPolicy)
            #expect(error.policyError != nil)
            #expect(error.message.hasPrefix("policy \"p\" is malformed: line "))
        }
        #expect(registry.policy("p") == nil)
    }

    @Test func aMalformedReplacementLeavesThePolicyInForce() async throws {
        let registry = try await emptyRegistry()
        let policy = try await registry.putPolicy(name: "p", text: policyText())
        #expect(
            await refusal { try await registry.putPolicy(name: "p", text: "{}") } == .malformedPolicy)
        #expect(registry.policy("p") == policy)
    }

    @Test func boundsTheText() async throws {
        var limits = RegistryLimits.default
        limits.policyTextBytes = policyText().utf8.count
        let registry = try await emptyRegistry(limits: limits)
        try await registry.putPolicy(name: "p", text: policyText())
        #expect(
            await refusal { try await registry.putPolicy(name: "p", text: policyText() + " ") }
                == .limitExceeded)
    }

    @Test func refusesToRemoveAnAttachedPolicy() async throws {
        let registry = try await emptyRegistry()
        let certificate = try TestAuthority().device("lamp")
        try await registry.register(certificate: certificate, now: registrationTime)
        try await registry.putPolicy(name: "p", text: policyText())
        try await registry.attachPolicy("p", to: certificate.id)
        #expect(registry.policyTargets("p") == [certificate.id])
        #expect(await refusal { try await registry.removePolicy("p") } == .inUse)
        try await registry.detachPolicy("p", from: certificate.id)
        #expect(registry.policyTargets("p").isEmpty)
        try await registry.removePolicy("p")
        #expect(registry.policy("p") == nil)
    }

    @Test func refusesToRemoveAPolicyOfATemplate() async throws {
        let registry = try await emptyRegistry()
        let authority = try TestAuthority()
        try await registry.putPolicy(name: "p", text: policyText())
        try await registry.registerAuthority(
            certificate: authority.certificate,
            autoRegistration: .commonName(ProvisioningTemplate(policyNames: ["p"])),
            now: registrationTime)
        #expect(await refusal { try await registry.removePolicy("p") } == .inUse)
        try await registry.setAutoRegistration(ofAuthority: authority.id, to: nil)
        #expect(await refusal { try await registry.removePolicy("p") } == nil)
    }

    /// AWS IoT Core quota: at most 10 policies attached to a certificate.
    @Test func boundsPoliciesPerCertificate() async throws {
        let registry = try await emptyRegistry()
        let certificate = try TestAuthority().device("lamp")
        try await registry.register(certificate: certificate, now: registrationTime)
        for number in 0..<11 {
            try await registry.putPolicy(name: "p\(number)", text: policyText())
        }
        for number in 0..<10 {
            try await registry.attachPolicy("p\(number)", to: certificate.id)
        }
        #expect(
            await refusal { try await registry.attachPolicy("p10", to: certificate.id) } == .limitExceeded)
        #expect(
            await refusal { try await registry.attachPolicy("p3", to: certificate.id) } == nil)
        #expect(registry.policies(attachedTo: certificate.id).map(\.name) == (0..<10).map { "p\($0)" })
    }

    @Test func refusesAttachmentsOfWhatIsNotThere() async throws {
        let registry = try await emptyRegistry()
        let certificate = try TestAuthority().device("lamp")
        try await registry.putPolicy(name: "p", text: policyText())
        #expect(
            await refusal { try await registry.attachPolicy("p", to: certificate.id) } == .notFound)
        try await registry.register(certificate: certificate, now: registrationTime)
        #expect(
            await refusal { try await registry.attachPolicy("q", to: certificate.id) } == .notFound)
        #expect(
            await refusal { try await registry.detachPolicy("p", from: certificate.id) } == .notFound)
    }
}
