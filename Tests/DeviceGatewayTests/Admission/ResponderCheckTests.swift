import MQTTCodec
import Synchronization
import Testing
import X509Auth

@testable import DeviceGateway

/// Devices whose CA's OCSP responder is asked. What an answer means is `X509Auth`'s; here, who waits for one.
struct ResponderCheckTests {
    private static let now = AdmissionFixture.now

    private struct Unreachable: Error, CustomStringConvertible {
        var description: String { "unreachable" }
    }

    private final class Counter: Sendable {
        let urls = Mutex<[String]>([])
    }

    private static func settings(
        _ mode: RevocationMode, _ counter: Counter
    ) -> GatewayConfiguration {
        GatewayConfiguration(
            clientOCSP: ClientOCSP(mode: mode, responders: ["http://ocsp.example"]) { fetch in
                counter.urls.withLock { $0.append(fetch.url) }
                throw Unreachable()
            })
    }

    /// A device registered under a registered CA.
    private static func device(_ fixture: AdmissionFixture) async throws -> X509Certificate {
        _ = try await fixture.registry.registerAuthority(
            certificate: fixture.authority.certificate, autoRegistration: nil, now: now)
        return try await fixture.device("device1")
    }

    private static func isAdmitted(_ decision: consuming AdmissionDecision?) -> Bool? {
        switch consume decision {
        case .none: nil
        case .some(.admitted): true
        case .some(.refused): false
        }
    }

    @Test func nobodyIsAskedUnlessConfigured() async throws {
        let fixture = try await AdmissionFixture()
        let device = try await Self.device(fixture)
        let request = fixture.request(device, clientID: "device1")
        #expect(Self.isAdmitted(fixture.admission.admit(request, now: Self.now)) == true)
    }

    @Test(arguments: [RevocationMode.soft, .hard])
    func aRegisteredDeviceWaitsForItsResponderAndTheModeDecides(mode: RevocationMode) async throws {
        let counter = Counter()
        let fixture = try await AdmissionFixture(Self.settings(mode, counter))
        let device = try await Self.device(fixture)
        let request = fixture.request(device, clientID: "device1")
        #expect(Self.isAdmitted(fixture.admission.admit(request, now: Self.now)) == nil)
        let decision = await fixture.admission.admitFirstSight(request, now: Self.now)
        #expect(counter.urls.withLock { $0 } == ["http://ocsp.example"])
        switch consume decision {
        case .admitted: #expect(mode == .soft)
        case .refused(let refusal):
            #expect(mode == .hard)
            #expect(refusal.message.contains("unreachable"))
        }
        #expect(Self.isAdmitted(fixture.admission.admit(request, now: Self.now, hasWaited: true)) == true)
    }

    @Test func aDeviceOfNoRegisteredCAHasNobodyToAskAbout() async throws {
        let counter = Counter()
        let fixture = try await AdmissionFixture(Self.settings(.hard, counter))
        let device = try await fixture.device("device1")
        let request = fixture.request(device, clientID: "device1")
        #expect(Self.isAdmitted(fixture.admission.admit(request, now: Self.now)) == true)
        #expect(counter.urls.withLock { $0 }.isEmpty)
    }
}
