import GatewayTLS
import IoTPolicy
import MQTTCodec
import Testing
import X509Auth

@testable import DeviceGateway

/// Who is admitted and with what, by the registry alone: no socket, no handshake, no clock.
struct AdmissionTests {
    private static let now = AdmissionFixture.now

    // MARK: Certificates

    @Test func aRegisteredCertificateIsAdmitted() async throws {
        let fixture = try await AdmissionFixture()
        let certificate = try await fixture.device("pump", policies: ["least-privilege"])
        let identity = try fixture.identity(certificate, clientID: "pump")
        #expect(identity.certificate == certificate.id)
        #expect(identity.thing?.name == "pump")
        #expect(identity.notAfter == certificate.notAfter)
        #expect(identity.policy.decide(.publish, "devices/pump/a").isAllowed)
        #expect(!identity.policy.decide(.publish, "devices/other/a").isAllowed)
    }

    @Test(
        "every status but ACTIVE refuses, in the handshake and at CONNECT",
        arguments: CertificateStatus.allCases)
    func statuses(status: CertificateStatus) async throws {
        let fixture = try await AdmissionFixture()
        let isSettable = [.active, .inactive, .revoked].contains(status)
        guard isSettable else {
            // States the registry does not give; what judges a record knows them all the same.
            let authenticator = X509Authenticator(trust: fixture.registry)
            let record = RegisteredCertificate(
                id: try fixture.certificate("pump").id, status: status, notBefore: 0, notAfter: .max)
            guard case .rejected(let rejection) = authenticator.judge(record, now: Self.now) else {
                Issue.record("\(status) was accepted")
                return
            }
            #expect(rejection.reason == .inactive(status))
            return
        }
        let certificate = try await fixture.device("pump", status: status)
        let outcome = fixture.admit(fixture.request(certificate, clientID: "pump"))
        let verdict = fixture.admission.judge(TLSPeerCertificates(leaf: certificate.der), now: Self.now)
        if status == .active {
            #expect(outcome.identity != nil)
            #expect(verdict.rejection == nil)
        } else {
            #expect(outcome.refusal?.reason == .certificate)
            #expect(outcome.refusal?.reasonCode == .notAuthorized)
            #expect(outcome.refusal?.message.contains(status.rawValue) == true)
            #expect(verdict.rejection?.reason == .inactive(status))
        }
    }

    @Test(
        "notBefore and notAfter belong to the validity (RFC 5280, 4.1.2.5)",
        arguments: [(-1, false), (0, true), (100, true), (101, false)] as [(Int64, Bool)])
    func dates(offset: Int64, isAdmitted: Bool) async throws {
        let fixture = try await AdmissionFixture()
        let certificate = try await fixture.device(
            "pump", notBefore: Self.now, notAfter: Self.now + 100)
        let request = fixture.request(certificate, clientID: "pump")
        #expect((fixture.admit(request, now: Self.now + offset).identity != nil) == isAdmitted)
        let verdict = fixture.admission.judge(
            TLSPeerCertificates(leaf: certificate.der), now: Self.now + offset)
        #expect((verdict.rejection == nil) == isAdmitted)
    }

    @Test func noCertificateIsRefused() async throws {
        let fixture = try await AdmissionFixture()
        let refusal = fixture.admit(fixture.request(nil, clientID: "pump")).refusal
        #expect(refusal?.reason == .certificate)
    }

    @Test("a removed certificate is unknown, not admitted from memory")
    func removed() async throws {
        let fixture = try await AdmissionFixture()
        let certificate = try await fixture.device("pump")
        try await fixture.registry.setStatus(of: certificate.id, to: .inactive)
        try await fixture.registry.removeCertificate(certificate.id, detaching: true)
        let request = fixture.request(certificate, clientID: "pump")
        guard case .unknown = fixture.admit(request) else {
            Issue.record("decided without asking")
            return
        }
        #expect(
            AdmissionOutcome(await fixture.admission.admitFirstSight(request, now: Self.now)).refusal != nil)
    }

    @Test("a certificate with another's issuer and serial number is not that one")
    func twin() async throws {
        let fixture = try await AdmissionFixture()
        try await fixture.registry.registerAuthority(
            certificate: fixture.authority.certificate,
            autoRegistration: .commonName(ProvisioningTemplate(policyNames: ["everything"])), now: Self.now)
        let twin = try await fixture.device("pump").twin()
        let verdict = fixture.admission.judge(TLSPeerCertificates(leaf: twin.der), now: Self.now)
        #expect(verdict.rejection != nil)
        let request = fixture.request(twin, clientID: "pump")
        let outcome = AdmissionOutcome(await fixture.admission.admitFirstSight(request, now: Self.now))
        #expect(outcome.refusal?.reason == .certificate)
        #expect(fixture.registry.certificate(twin.id) == nil)
    }

    @Test("SNI_ONLY: a device that names no server is refused")
    func sniOnly() async throws {
        let fixture = try await AdmissionFixture()
        let certificate = try fixture.certificate("pump")
        try await fixture.registry.register(certificate: certificate, mode: .sniOnly, now: Self.now)
        try await fixture.registry.attachPolicy("everything", to: certificate.id)
        var request = fixture.request(certificate, clientID: "pump")
        #expect(fixture.admit(request).refusal != nil)
        guard case .mutualTLS(var evidence) = request.endpoint else { return }
        evidence.serverName = "gateway.example"
        request.endpoint = .mutualTLS(evidence)
        #expect(fixture.admit(request).refusal == nil)
    }

    // MARK: Policies

    @Test("no policy attached: refused, and the explanation says so")
    func noPolicy() async throws {
        let fixture = try await AdmissionFixture()
        let certificate = try await fixture.device("pump", policies: [])
        let refusal = fixture.admit(fixture.request(certificate, clientID: "pump")).refusal
        #expect(refusal?.reason == .notAuthorized)
        #expect(refusal?.explanation?.decision == .implicitDeny)
    }

    @Test(
        "a policy of the plaintext endpoint that does not exist refuses everybody, whatever the others allow")
    func missingPolicy() async throws {
        for (policies, isAdmitted) in [
            (["everything"], true), (["everything", "missing"], false), (["missing"], false), ([], false),
        ] {
            let fixture = try await AdmissionFixture(
                GatewayConfiguration(plaintext: PlaintextEndpoint(anonymousPolicies: policies)))
            var request = fixture.request(nil, clientID: "anyone")
            request.endpoint = .plaintext
            #expect((fixture.admit(request).identity != nil) == isAdmitted, "\(policies)")
            request.hasPassword = true
            #expect(fixture.admit(request).refusal?.reason == .badCredentials)
        }
    }

    @Test("AWS IoT: thing variables have values only when the client identifier is an attached thing's name")
    func thingAndClientID() async throws {
        let fixture = try await AdmissionFixture()
        let certificate = try await fixture.device(
            "pump", things: ["pump", "valve"], policies: ["least-privilege"])
        for name in ["pump", "valve"] {
            let identity = try fixture.identity(certificate, clientID: name)
            #expect(identity.thing?.name == name)
            #expect(identity.policy.decide(.publish, "devices/\(name)/a").isAllowed)
        }
        try await fixture.registry.createThing(ThingRecord(name: "stranger"))
        for clientID in ["stranger", "Pump", "pump "] {
            #expect(
                fixture.admit(fixture.request(certificate, clientID: clientID)).refusal?.reason
                    == .notAuthorized)
        }
    }

    @Test("AWS IoT: a Will needs iot:Publish, a retained one iot:RetainPublish too")
    func will() async throws {
        let fixture = try await AdmissionFixture()
        try await fixture.registry.putPolicy(
            name: "no-retain",
            text: """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                 "Action": ["iot:Connect", "iot:Publish"], "Resource": "*"}]}
                """)
        let modest = try await fixture.device("modest", policies: ["no-retain"])
        let own = try await fixture.device("own", policies: ["least-privilege"])
        for (certificate, clientID, topic, retain, isAdmitted) in [
            (modest, "modest", "a", false, true), (modest, "modest", "a", true, false),
            (own, "own", "devices/own/a", true, true), (own, "own", "devices/modest/a", false, false),
        ] {
            let request = fixture.request(
                certificate, clientID: clientID, willTopic: topic, willRetain: retain)
            #expect((fixture.admit(request).identity != nil) == isAdmitted, "\(clientID) \(topic) \(retain)")
        }
    }

    @Test(
        "AWS IoT: iot:ConnectAttributes are what the CONNECT has",
        arguments: [(false, nil, true), (true, nil, false), (false, "a", false)] as [(Bool, String?, Bool)])
    func connectAttributes(isPersistent: Bool, willTopic: String?, isAdmitted: Bool) async throws {
        let fixture = try await AdmissionFixture()
        try await fixture.registry.putPolicy(
            name: "plain-only",
            text: """
                {"Version": "2012-10-17", "Statement": [
                 {"Effect": "Allow", "Action": "iot:*", "Resource": "*"},
                 {"Effect": "Deny", "Action": "iot:Connect", "Resource": "*", "Condition":
                  {"ForAnyValue:StringEquals": {"iot:ConnectAttributes": ["PersistentConnect", "LastWill"]}}}]}
                """)
        let certificate = try await fixture.device("pump", policies: ["plain-only"])
        let request = fixture.request(
            certificate, clientID: "pump", willTopic: willTopic, isPersistent: isPersistent)
        #expect((fixture.admit(request).identity != nil) == isAdmitted)
    }

    @Test("certificate variables have their values, and are looked up only for policies that read them")
    func certificateVariables() async throws {
        let fixture = try await AdmissionFixture()
        try await fixture.registry.putPolicy(
            name: "by-name",
            text: """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource":
                 ["arn:aws:iot:us-east-1:123456789012:client/*",
                  "arn:aws:iot:us-east-1:123456789012:topic/${iot:Certificate.Subject.CommonName}"]}]}
                """)
        let reader = try await fixture.device("reader", policies: ["by-name"])
        let identity = try fixture.identity(reader, clientID: "reader")
        #expect(identity.context.certificate?.subject["CommonName"] == ["reader"])
        #expect(identity.policy.decide(.publish, "reader").isAllowed)
        #expect(!identity.policy.decide(.publish, "other").isAllowed)

        let plain = try await fixture.device("plain", policies: ["everything"])
        let context = try fixture.identity(plain, clientID: "plain").context
        #expect(context.certificate?.id == plain.id.string)
        #expect(context.certificate?.subject == [:])
        #expect(context.certificate?.serialNumber == nil)
    }

    @Test("an exclusive thing is its certificate's whatever the client identifier")
    func exclusiveThing() async throws {
        let fixture = try await AdmissionFixture()
        let certificate = try await fixture.device("pump", things: [])
        try await fixture.registry.createThing(ThingRecord(name: "pump"))
        try await fixture.registry.attach(thing: "pump", to: certificate.id, exclusively: true)
        try await fixture.registry.detachPolicy("everything", from: certificate.id)
        try await fixture.registry.putPolicy(
            name: "own-topics",
            text: """
                {"Version": "2012-10-17", "Statement": [
                  {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"},
                  {"Effect": "Allow", "Action": "iot:Publish", "Resource":
                   "arn:aws:iot:us-east-1:123456789012:topic/${iot:Connection.Thing.ThingName}"}]}
                """)
        try await fixture.registry.attachPolicy("own-topics", to: certificate.id)
        let identity = try fixture.identity(certificate, clientID: "another")
        #expect(identity.thing?.name == "pump")
        #expect(identity.policy.decide(.publish, "pump").isAllowed)
    }
}
