import GatewayTLS
import IoTPolicy
import MQTTCodec
import Testing
import X509Auth

@testable import DeviceGateway

/// What becomes of those who are connected when the registry changes.
struct RejudgementTests {
    private static let now = AdmissionFixture.now

    /// What becomes of a live connection after `change`.
    func rejudged(
        policies: [String] = ["everything"], after seconds: Int64 = 0, withLeaf: Bool = true,
        _ change: (AdmissionFixture, X509Certificate) async throws -> Void
    ) async throws -> DeviceIdentity? {
        let fixture = try await AdmissionFixture()
        let certificate = try await fixture.device("pump", policies: policies)
        let identity = try fixture.identity(certificate, clientID: "pump")
        try await change(fixture, certificate)
        switch fixture.admission.rejudge(
            identity, leaf: withLeaf ? certificate.der : nil, now: Self.now + seconds)
        {
        case .stands(let identity): return identity
        case .revoked: return nil
        }
    }

    @Test func rejudging() async throws {
        #expect(try await rejudged { _, _ in } != nil)
        #expect(
            try await rejudged { try await $0.registry.setStatus(of: $1.id, to: .inactive) } == nil)
        #expect(
            try await rejudged {
                try await $0.registry.setStatus(of: $1.id, to: .inactive)
                try await $0.registry.removeCertificate($1.id, detaching: true)
            } == nil)
        #expect(try await rejudged { try await $0.registry.detachPolicy("everything", from: $1.id) } == nil)
        #expect(
            try await rejudged(policies: ["least-privilege"]) {
                try await $0.registry.detach(thing: "pump", from: $1.id)
            } == nil)
        #expect(try await rejudged(after: 500) { _, _ in } != nil)
        #expect(try await rejudged(after: 501) { _, _ in } == nil)
    }

    @Test("a connection that stands has the policies of now")
    func rejudgedPolicies() async throws {
        let identity = try await rejudged { fixture, certificate in
            try await fixture.registry.attachPolicy("least-privilege", to: certificate.id)
            try await fixture.registry.detachPolicy("everything", from: certificate.id)
        }
        let policy = try #require(identity?.policy)
        #expect(policy.decide(.publish, "devices/pump/a").isAllowed)
        #expect(!policy.decide(.publish, "elsewhere").isAllowed)
    }

    @Test("a policy that reads the certificate finds it, though none did at CONNECT")
    func rejudgedCertificateVariables() async throws {
        let denyByName: @Sendable (AdmissionFixture, X509Certificate) async throws -> Void = {
            fixture, certificate in
            try await fixture.registry.putPolicy(
                name: "by-name",
                text: """
                    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iot:Publish",
                     "Resource":
                      "arn:aws:iot:us-east-1:123456789012:topic/${iot:Certificate.Subject.CommonName}"}]}
                    """)
            try await fixture.registry.attachPolicy("by-name", to: certificate.id)
        }
        // Without the certificate the denial could not be evaluated.
        #expect(try await rejudged(withLeaf: false, denyByName) == nil)
        let policy = try #require(try await rejudged(denyByName)?.policy)
        #expect(policy.decide(.publish, "pump") == .explicitDeny)
        #expect(policy.decide(.publish, "other").isAllowed)
    }
}
