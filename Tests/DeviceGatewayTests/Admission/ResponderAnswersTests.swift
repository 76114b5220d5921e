import MQTTCodec
import NIOHTTP1
import Testing
import X509Auth

@testable import DeviceGateway

/// Devices at CONNECT, by what a real responder on the network says of them.
struct ResponderAnswersTests {
    private static let now = TestGateway.now

    /// An admission that asks `responder`, and a device of its CA.
    private struct Asked {
        let fixture: AdmissionFixture
        let admission: Admission
        let device: X509Certificate

        init(
            _ mode: RevocationMode, _ responder: TestOCSPResponder,
            _ configure: (inout ClientOCSP) -> Void = { _ in }
        ) async throws {
            fixture = try await AdmissionFixture()
            let certificate = responder.authority.certificate
            _ = try await fixture.registry.registerAuthority(
                certificate: certificate, autoRegistration: nil, now: now)
            device = try responder.authority.issueDevice(
                commonName: "pump", notBefore: now - 500, notAfter: now + 100_000
            ).certificate
            try await fixture.registry.register(certificate: device, now: now)
            try await fixture.registry.attachPolicy("everything", to: device.id)
            var ocsp = ClientOCSP(mode: mode, responders: [responder.url])
            // Long enough for a busy machine.
            ocsp.timeout = 60
            configure(&ocsp)
            admission = Admission(
                registry: fixture.registry, configuration: GatewayConfiguration(clientOCSP: ocsp),
                clock: ManualClock(unixSeconds: now))
        }

        /// `nil`: admitted; otherwise why not.
        func refusal(of device: X509Certificate? = nil) async -> String? {
            let request = fixture.request(device ?? self.device, clientID: "pump")
            return switch await admission.admitFirstSight(request, now: now) {
            case .admitted: nil
            case .refused(let refusal): refusal.message
            }
        }

        var isAdmittedAtOnce: Bool {
            switch admission.admit(fixture.request(device, clientID: "pump"), now: now) {
            case .some(.admitted): true
            default: false
            }
        }
    }

    @Test func aGoodAnswerAdmitsAndIsKept() async throws {
        try await TestOCSPResponder.run(answer: .good) { responder in
            let asked = try await Asked(.hard, responder)
            #expect(!asked.isAdmittedAtOnce)
            #expect(await asked.refusal() == nil)
            #expect(asked.isAdmittedAtOnce)
            #expect(await asked.refusal() == nil)
            let requests = responder.requests
            #expect(requests.count == 1)
            #expect(requests.first?.head.method == .POST)
            #expect(requests.first?.head.uri == "/ocsp")
            #expect(requests.first?.head.headers["Content-Type"] == ["application/ocsp-request"])
        }
    }

    @Test(arguments: [RevocationMode.soft, .hard])
    func aRevokedDeviceIsRefused(mode: RevocationMode) async throws {
        try await TestOCSPResponder.run(answer: .revoked) { responder in
            let asked = try await Asked(mode, responder)
            #expect(await asked.refusal()?.contains("was revoked") == true)
            // Kept too, and still not admitted.
            #expect(!asked.isAdmittedAtOnce)
            #expect(await asked.refusal()?.contains("was revoked") == true)
            #expect(responder.requests.count == 1)
        }
    }

    static let unusable: [(TestOCSPResponder.Answer, String)] = [
        (.unknown, "does not know the certificate"),
        (.expired, "ended at"),
        (.wrongSigner, "not signed by the key"),
        (.silence, "within 1 seconds"),
        (.hangUp, "before its answer was complete"),
        (.status(500), "status 500"),
        (.status(302), "status 302"),
        (.body(Array("no DER".utf8)), "OCSP response"),
        (.body([]), "OCSP response"),
        (.body([UInt8](repeating: 0x30, count: OCSPResponse.maximumSize + 1)), "65536 bytes"),
        (.body([UInt8](repeating: 0x30, count: 4 << 20)), "responder"),
    ]

    @Test(arguments: unusable.indices)
    func anUnusableAnswerIsDecidedByTheMode(index: Int) async throws {
        let (answer, reason) = Self.unusable[index]
        try await TestOCSPResponder.run(answer: answer) { responder in
            let wait: (inout ClientOCSP) -> Void = { ocsp in
                if case .silence = answer { ocsp.timeout = 1 }
            }
            let hard = try await Asked(.hard, responder, wait)
            let refusal = await hard.refusal()
            #expect(refusal?.contains(reason) == true, "\(refusal ?? "admitted")")
            #expect(!hard.isAdmittedAtOnce)
            let soft = try await Asked(.soft, responder, wait)
            #expect(await soft.refusal() == nil)
            // Not an answer to be kept.
            #expect(!soft.isAdmittedAtOnce)
        }
    }

    @Test func aResponderThatIsNotThereIsSaidToBe() async throws {
        try await TestOCSPResponder.run { responder in
            // The port of one that has closed may be given to another test's at any time; this one never is.
            let url = "http://127.0.0.1:1/ocsp"
            let hard = try await Asked(.hard, responder) { $0.responders = [url] }
            #expect(await hard.refusal()?.contains("connection refused") == true)
            let soft = try await Asked(.soft, responder) { $0.responders = [url] }
            #expect(await soft.refusal() == nil)
        }
    }

    @Test func manyConnectionsOfOneDeviceMakeOneRequest() async throws {
        try await TestOCSPResponder.run { responder in
            let asked = try await Asked(.hard, responder)
            await withTaskGroup(of: String?.self) { group in
                for _ in 0..<50 { group.addTask { await asked.refusal() } }
                for await refusal in group { #expect(refusal == nil) }
            }
            #expect(responder.requests.count == 1)
        }
    }

    @Test func pastTheMostUnderWayTheModeDecidesAtOnce() async throws {
        try await TestOCSPResponder.run(answer: .silence) { responder in
            for mode in [RevocationMode.hard, .soft] {
                let asked = try await Asked(mode, responder) { $0.maximumUnderWay = 0 }
                let refusal = await asked.refusal()
                #expect((refusal?.contains("under way already") == true) == (mode == .hard))
            }
            #expect(responder.requests.isEmpty)
        }
    }

    @Test func anAuthoritysOwnResponderComesBeforeThoseForAll() async throws {
        try await TestOCSPResponder.run { responder in
            let asked = try await Asked(.hard, responder) {
                $0.responders = ["http://127.0.0.1:1/"]
                $0.respondersByAuthority[responder.authority.certificate.id] = [responder.url]
            }
            #expect(await asked.refusal() == nil)
        }
    }

    @Test func withoutAResponderNobodyIsAskedUnlessCertificatesMayNameThem() {
        let authority = CertificateID(lowestWith: 1)
        var ocsp = ClientOCSP(mode: .hard)
        #expect(ocsp.responders(of: authority) == [])
        ocsp.asksCertificateURLs = true
        #expect(ocsp.responders(of: authority) == nil)
        ocsp.responders = ["http://ocsp.example"]
        #expect(ocsp.responders(of: authority) == ["http://ocsp.example"])
    }

    /// Its devices stay registered, and are admitted by the registry alone from then on.
    @Test func devicesOfARemovedAuthorityAreNotAskedAbout() async throws {
        try await TestOCSPResponder.run(answer: .revoked) { responder in
            let asked = try await Asked(.hard, responder)
            let id = responder.authority.certificate.id
            try await asked.fixture.registry.setAuthority(id, isActive: false)
            #expect(await asked.refusal()?.contains("was revoked") == true)
            try await asked.fixture.registry.removeAuthority(id)
            #expect(asked.isAdmittedAtOnce)
        }
    }

    /// Between the decision to ask and the question.
    @Test(arguments: [RevocationMode.soft, .hard])
    func anAuthorityRemovedMeanwhileIsDecidedByTheMode(mode: RevocationMode) async throws {
        try await TestOCSPResponder.run { responder in
            let asked = try await Asked(mode, responder)
            let check = ResponderCheck(
                ClientOCSP(mode: mode), registry: asked.fixture.registry,
                clock: ManualClock(unixSeconds: Self.now))
            let refusal = try await #require(check).refusal(
                of: asked.device.der, authority: CertificateID(lowestWith: 1))
            #expect((refusal?.message.contains("no longer registered") == true) == (mode == .hard))
        }
    }
}
