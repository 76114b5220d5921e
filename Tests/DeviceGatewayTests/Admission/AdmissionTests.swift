import GatewayTLS
import IoTPolicy
import MQTTCodec
import Synchronization
import Testing
import X509Auth

@testable import DeviceGateway

/// Who is admitted and with what, by the registry alone: no socket, no handshake, no clock.
struct AdmissionTests {
    static let now: Int64 = 1_790_000_000
    static let everything = TestGateway.everything

    /// An admission over a registry in memory, with a CA of its own.
    struct Fixture {
        let registry: DeviceRegistry
        let authority: CertificateAuthority
        var admission: Admission

        init(_ configuration: GatewayConfiguration = GatewayConfiguration()) async throws {
            registry = try await DeviceRegistry.open(store: InMemoryRegistryStore())
            try await registry.putPolicy(name: "everything", text: AdmissionTests.everything)
            try await registry.putPolicy(name: "least-privilege", text: TestGateway.leastPrivilege)
            (authority, _) = try CertificateAuthority.create(
                commonName: "Admission CA", notBefore: AdmissionTests.now - 1_000, notAfter: 2_524_607_999)
            admission = Admission(registry: registry, configuration: configuration)
        }

        func certificate(
            _ name: String, notBefore: Int64 = AdmissionTests.now - 500,
            notAfter: Int64 = AdmissionTests.now + 500
        ) throws -> X509Certificate {
            try authority.issueDevice(commonName: name, notBefore: notBefore, notAfter: notAfter).certificate
        }

        /// A registered certificate with its thing and policies.
        func device(
            _ name: String, things: [String]? = nil, policies: [String] = ["everything"],
            status: CertificateStatus = .active, notBefore: Int64 = AdmissionTests.now - 500,
            notAfter: Int64 = AdmissionTests.now + 500
        ) async throws -> X509Certificate {
            let certificate = try certificate(name, notBefore: notBefore, notAfter: notAfter)
            try await registry.register(
                certificate: certificate, status: status, now: AdmissionTests.now)
            for thing in things ?? [name] {
                try await registry.createThing(ThingRecord(name: thing))
                try await registry.attach(thing: thing, to: certificate.id)
            }
            for policy in policies { try await registry.attachPolicy(policy, to: certificate.id) }
            return certificate
        }

        func request(
            _ certificate: X509Certificate?, clientID: String, willTopic: String? = nil,
            willRetain: Bool = false, isPersistent: Bool = false, wasResumed: Bool = false
        ) -> AdmissionRequest {
            AdmissionRequest(
                endpoint: .mutualTLS(
                    TLSEvidence(
                        peer: certificate.map { TLSPeerCertificates(leaf: $0.der) }, version: .v1_3,
                        cipherSuite: "TLS_AES_128_GCM_SHA256", wasResumed: wasResumed)),
                sourceIP: "127.0.0.1", clientID: clientID, willTopic: willTopic, willRetain: willRetain,
                isPersistent: isPersistent, hasPassword: false)
        }

        /// What comes of a CONNECT; without an answer the certificate was never seen.
        func admit(_ request: AdmissionRequest, now: Int64 = AdmissionTests.now) -> Outcome {
            guard let decision = admission.admit(request, now: now) else { return .unknown }
            return Outcome(decision)
        }

        /// Admits, and returns the identity.
        func identity(_ certificate: X509Certificate, clientID: String) throws -> DeviceIdentity {
            guard case .admitted(let identity) = admit(request(certificate, clientID: clientID)) else {
                throw GatewayError(.notAuthorized, "\(clientID) was not admitted")
            }
            return identity
        }
    }

    /// A decision that can be copied.
    enum Outcome {
        case admitted(DeviceIdentity)
        case refused(AdmissionRefusal)
        case unknown

        init(_ decision: consuming AdmissionDecision) {
            switch consume decision {
            case .admitted(let grant): self = .admitted(grant.identity)
            case .refused(let refusal): self = .refused(refusal)
            }
        }

        var identity: DeviceIdentity? { if case .admitted(let identity) = self { identity } else { nil } }
        var refusal: AdmissionRefusal? { if case .refused(let refusal) = self { refusal } else { nil } }
    }

    // MARK: Certificates

    @Test func aRegisteredCertificateIsAdmitted() async throws {
        let fixture = try await Fixture()
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
        let fixture = try await Fixture()
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
        let fixture = try await Fixture()
        let certificate = try await fixture.device(
            "pump", notBefore: Self.now, notAfter: Self.now + 100)
        let request = fixture.request(certificate, clientID: "pump")
        #expect((fixture.admit(request, now: Self.now + offset).identity != nil) == isAdmitted)
        let verdict = fixture.admission.judge(
            TLSPeerCertificates(leaf: certificate.der), now: Self.now + offset)
        #expect((verdict.rejection == nil) == isAdmitted)
    }

    @Test func noCertificateIsRefused() async throws {
        let fixture = try await Fixture()
        let refusal = fixture.admit(fixture.request(nil, clientID: "pump")).refusal
        #expect(refusal?.reason == .certificate)
    }

    @Test("a removed certificate is unknown, not admitted from memory")
    func removed() async throws {
        let fixture = try await Fixture()
        let certificate = try await fixture.device("pump")
        try await fixture.registry.setStatus(of: certificate.id, to: .inactive)
        try await fixture.registry.removeCertificate(certificate.id, detaching: true)
        let request = fixture.request(certificate, clientID: "pump")
        guard case .unknown = fixture.admit(request) else {
            Issue.record("decided without asking")
            return
        }
        #expect(Outcome(await fixture.admission.admitFirstSight(request, now: Self.now)).refusal != nil)
    }

    @Test("a certificate with another's issuer and serial number is not that one")
    func twin() async throws {
        let fixture = try await Fixture()
        try await fixture.registry.registerAuthority(
            certificate: fixture.authority.certificate,
            autoRegistration: .commonName(ProvisioningTemplate(policyNames: ["everything"])), now: Self.now)
        let twin = try await fixture.device("pump").twin()
        let verdict = fixture.admission.judge(TLSPeerCertificates(leaf: twin.der), now: Self.now)
        #expect(verdict.rejection != nil)
        let request = fixture.request(twin, clientID: "pump")
        let outcome = Outcome(await fixture.admission.admitFirstSight(request, now: Self.now))
        #expect(outcome.refusal?.reason == .certificate)
        #expect(fixture.registry.certificate(twin.id) == nil)
    }

    // MARK: First sight

    @Test(
        "on first sight a certificate is registered, its thing and policies with it, and then it is known",
        arguments: [true, false])
    func firstSight(isJudgedInTheHandshake: Bool) async throws {
        let fixture = try await Fixture()
        try await fixture.registry.registerAuthority(
            certificate: fixture.authority.certificate,
            autoRegistration: .commonName(ProvisioningTemplate(policyNames: ["least-privilege"])),
            now: Self.now)
        let certificate = try fixture.certificate("pump")
        if isJudgedInTheHandshake {
            let verdict = fixture.admission.judge(TLSPeerCertificates(leaf: certificate.der), now: Self.now)
            #expect(verdict == .firstSight(certificate.id, authority: fixture.authority.certificate.id))
        }
        let request = fixture.request(certificate, clientID: "pump")
        guard case .unknown = fixture.admit(request) else {
            Issue.record("decided before it was registered")
            return
        }
        let identity = Outcome(await fixture.admission.admitFirstSight(request, now: Self.now)).identity
        #expect(identity?.thing?.name == "pump")
        #expect(fixture.registry.certificate(certificate.id)?.status == .active)
        #expect(fixture.admit(request).identity != nil)
    }

    @Test(
        "a CA that does not register, is inactive or unknown lets nobody in",
        arguments: ["unknown", "inactive", "no template", "deactivated after the handshake"])
    func firstSightRefused(of authority: String) async throws {
        let fixture = try await Fixture()
        let template = ProvisioningTemplate(policyNames: ["everything"])
        if authority != "unknown" {
            try await fixture.registry.registerAuthority(
                certificate: fixture.authority.certificate,
                autoRegistration: authority == "no template" ? nil : .commonName(template),
                isActive: authority != "inactive",
                now: Self.now)
        }
        let certificate = try fixture.certificate("pump")
        let verdict = fixture.admission.judge(TLSPeerCertificates(leaf: certificate.der), now: Self.now)
        if authority == "deactivated after the handshake" {
            #expect(verdict.rejection == nil)
            try await fixture.registry.setAuthority(fixture.authority.certificate.id, isActive: false)
        } else {
            #expect(verdict.rejection != nil)
        }
        let request = fixture.request(certificate, clientID: "pump")
        let outcome = Outcome(await fixture.admission.admitFirstSight(request, now: Self.now))
        #expect(outcome.refusal?.reason == .certificate)
        #expect(fixture.registry.certificate(certificate.id) == nil)
    }

    // MARK: Policies

    @Test("no policy attached: refused, and the explanation says so")
    func noPolicy() async throws {
        let fixture = try await Fixture()
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
            let fixture = try await Fixture(
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
        let fixture = try await Fixture()
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
        let fixture = try await Fixture()
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
        let fixture = try await Fixture()
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
        let fixture = try await Fixture()
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

    // MARK: Again

    /// What becomes of a live connection after `change`.
    func rejudged(
        policies: [String] = ["everything"], after seconds: Int64 = 0, withLeaf: Bool = true,
        _ change: (Fixture, X509Certificate) async throws -> Void
    ) async throws -> DeviceIdentity? {
        let fixture = try await Fixture()
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
        let denyByName: @Sendable (Fixture, X509Certificate) async throws -> Void = { fixture, certificate in
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

    // MARK: Just-in-time registration, exclusive things, SNI

    @Test("a device registered at first sight waits, and each of its attempts is announced")
    func pendingActivation() async throws {
        let fixture = try await Fixture()
        try await fixture.registry.registerAuthority(
            certificate: fixture.authority.certificate, autoRegistration: .pendingActivation, now: Self.now)
        let announced = Mutex<[(CertificateRegistration, Int64)]>([])
        fixture.admission.registrations.tell { registration, now in
            announced.withLock { $0.append((registration, now)) }
        }
        let certificate = try fixture.certificate("pump")
        let peer = TLSPeerCertificates(leaf: certificate.der)
        guard case .firstSight = fixture.admission.judge(peer, now: Self.now) else {
            Issue.record("not seen for the first time")
            return
        }
        let decision = await fixture.admission.admitFirstSight(
            fixture.request(certificate, clientID: "pump"), now: Self.now)
        #expect(Outcome(decision).refusal != nil)
        #expect(fixture.registry.certificate(certificate.id)?.status == .pendingActivation)

        // Within the same second once, then again on each attempt.
        for seconds in [0, 0, 1, 1, 2] as [Int64] {
            #expect(
                fixture.admission.judge(peer, now: Self.now + seconds).rejection?.reason
                    == .inactive(.pendingActivation))
        }
        let events = announced.withLock { $0 }
        #expect(events.map(\.1) == [Self.now, Self.now + 1, Self.now + 2])
        #expect(events.allSatisfy { $0.0.certificate == certificate.id })
        let id = fixture.authority.certificate.id
        #expect(events.first?.0.topic == "$aws/events/certificates/registered/\(id)")
        #expect(
            events.first?.0.json(account: "123456789012", now: Self.now) == """
                {"certificateId":"\(certificate.id)","caCertificateId":"\(id)","timestamp":1790000000000,\
                "certificateStatus":"PENDING_ACTIVATION","awsAccountId":"123456789012",\
                "certificateRegistrationTimestamp":"1790000000000"}
                """)

        try await fixture.registry.setStatus(of: certificate.id, to: .active)
        #expect(fixture.admission.judge(peer, now: Self.now).rejection == nil)
    }

    @Test("an announcer that is flooded stays within its bounds")
    func announcerBounds() throws {
        let announcer = RegistrationAnnouncer(interval: 10, perSecond: 3, capacity: 4)
        let count = Mutex(0)
        announcer.tell { _, _ in count.withLock { $0 += 1 } }
        for number in 0..<50 {
            announcer.announce(
                CertificateRegistration(
                    certificate: CertificateID(der: [UInt8(number)]), authority: CertificateID(der: [255]),
                    status: .pendingActivation, registeredAt: 0),
                now: Int64(number / 10))
        }
        #expect(count.withLock { $0 } == 15)
    }

    @Test("an exclusive thing is its certificate's whatever the client identifier")
    func exclusiveThing() async throws {
        let fixture = try await Fixture()
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

    @Test("SNI_ONLY: a device that names no server is refused")
    func sniOnly() async throws {
        let fixture = try await Fixture()
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
}

extension X509Verdict {
    fileprivate var rejection: X509Rejection? {
        if case .rejected(let rejection) = self { rejection } else { nil }
    }
}
