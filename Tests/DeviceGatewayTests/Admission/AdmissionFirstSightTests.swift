import GatewayTLS
import IoTPolicy
import MQTTCodec
import Synchronization
import Testing
import X509Auth

@testable import DeviceGateway

/// Certificates that are seen for the first time, and those that wait for their activation.
struct AdmissionFirstSightTests {
    private static let now = AdmissionFixture.now

    @Test(
        "on first sight a certificate is registered, its thing and policies with it, and then it is known",
        arguments: [true, false])
    func firstSight(isJudgedInTheHandshake: Bool) async throws {
        let fixture = try await AdmissionFixture()
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
        let identity = AdmissionOutcome(await fixture.admission.admitFirstSight(request, now: Self.now))
            .identity
        #expect(identity?.thing?.name == "pump")
        #expect(fixture.registry.certificate(certificate.id)?.status == .active)
        #expect(fixture.admit(request).identity != nil)
    }

    @Test(
        "a CA that does not register, is inactive or unknown lets nobody in",
        arguments: ["unknown", "inactive", "no template", "deactivated after the handshake"])
    func firstSightRefused(of authority: String) async throws {
        let fixture = try await AdmissionFixture()
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
        let outcome = AdmissionOutcome(await fixture.admission.admitFirstSight(request, now: Self.now))
        #expect(outcome.refusal?.reason == .certificate)
        #expect(fixture.registry.certificate(certificate.id) == nil)
    }

    @Test("a device registered at first sight waits, and each of its attempts is announced")
    func pendingActivation() async throws {
        let fixture = try await AdmissionFixture()
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
        #expect(AdmissionOutcome(decision).refusal != nil)
        #expect(fixture.registry.certificate(certificate.id)?.status == .pendingActivation)

        // Whoever shows the certificate has not proved yet that it has the key: the handshake goes on and says nothing.
        for seconds in 0..<5 as Range<Int64> {
            #expect(fixture.admission.judge(peer, now: Self.now + seconds).rejection == nil)
        }
        #expect(announced.withLock { $0.count } == 1)

        // Within the same second once, then again on each attempt.
        for seconds in [0, 0, 1, 1, 2] as [Int64] {
            let request = fixture.request(certificate, clientID: "pump")
            #expect(
                fixture.admit(request, now: Self.now + seconds).refusal?.message.contains(
                    "PENDING_ACTIVATION") == true)
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
        // A host's clock may say anything.
        #expect(events.first?.0.json(account: "1", now: .max).contains("\"timestamp\":\(Int64.max)") == true)

        try await fixture.registry.setStatus(of: certificate.id, to: .active)
        #expect(fixture.admission.judge(peer, now: Self.now).rejection == nil)
    }

    @Test("a device of an SNI_ONLY authority that names no server is refused before it is registered")
    func firstSightWithoutSNI() async throws {
        let fixture = try await AdmissionFixture()
        try await fixture.registry.registerAuthority(
            certificate: fixture.authority.certificate, mode: .sniOnly,
            autoRegistration: .commonName(ProvisioningTemplate(policyNames: ["everything"])), now: Self.now)
        let certificate = try fixture.certificate("pump")
        // The fixture's devices name no server.
        let decision = await fixture.admission.admitFirstSight(
            fixture.request(certificate, clientID: "pump"), now: Self.now)
        #expect(AdmissionOutcome(decision).refusal?.message.contains("named no server") == true)
        #expect(fixture.registry.certificateCount == 0)
        #expect(fixture.registry.allThings.isEmpty)
    }

}
