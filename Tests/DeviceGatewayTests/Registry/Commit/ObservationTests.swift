import DeviceGateway
import Synchronization
import Testing
import X509Auth

@Suite struct ObservationTests {
    private final class Recorder: Sendable {
        let effects = Mutex<[RegistryEffect]>([])

        func take() -> [RegistryEffect] {
            effects.withLock { effects in
                defer { effects = [] }
                return effects
            }
        }
    }

    @Test func tellsWhomAChangeConcerns() async throws {
        let registry = try await emptyRegistry()
        let recorder = Recorder()
        registry.observe { effect in recorder.effects.withLock { $0.append(effect) } }
        let authority = try TestAuthority()
        let certificate = try authority.device("lamp")
        let one = RegistryEffect.certificates([certificate.id])

        try await registry.createThing(ThingRecord(name: "lamp"))
        #expect(recorder.take() == [])
        try await registry.register(certificate: certificate, now: registrationTime)
        #expect(recorder.take() == [one])
        try await registry.attach(thing: "lamp", to: certificate.id)
        #expect(recorder.take() == [one])
        try await registry.updateThing(ThingRecord(name: "lamp", attributes: ["floor": "1"]))
        #expect(recorder.take() == [one])
        try await registry.putPolicy(name: "p", text: policyText(client: "lamp"))
        #expect(recorder.take() == [])
        try await registry.putPolicy(name: "p", text: policyText())
        #expect(recorder.take() == [.allCertificates])
        try await registry.attachPolicy("p", to: certificate.id)
        #expect(recorder.take() == [one])
        try await registry.registerAuthority(
            certificate: authority.certificate, autoRegistration: nil, now: registrationTime)
        #expect(recorder.take() == [.allCertificates])
        try await registry.setStatus(of: certificate.id, to: .inactive)
        #expect(recorder.take() == [one])
        try await registry.detachPolicy("p", from: certificate.id)
        try await registry.detach(thing: "lamp", from: certificate.id)
        try await registry.removeCertificate(certificate.id)
        #expect(recorder.take() == [one, one, one])
    }

    @Test func oneTransactionIsToldOnce() async throws {
        let registry = try await emptyRegistry()
        let authority = try TestAuthority()
        let certificates = [try authority.device("a"), try authority.device("b")]
        let recorder = Recorder()
        registry.observe { effect in recorder.effects.withLock { $0.append(effect) } }
        try await registry.write { transaction throws(RegistryError) in
            for certificate in certificates {
                try transaction.register(certificate: certificate, now: registrationTime)
            }
        }
        #expect(recorder.take() == [.certificates(Set(certificates.map(\.id)))])
    }

    @Test func happensAfterMemoryChangedAndBeforeTheWriteReturns() async throws {
        let registry = try await emptyRegistry()
        let certificate = try TestAuthority().device("lamp")
        try await registry.register(certificate: certificate, now: registrationTime)
        let seen = Mutex<CertificateStatus?>(nil)
        registry.observe { [weak registry] _ in
            // Reading in the handler must not deadlock either.
            let status = registry?.certificate(certificate.id)?.status
            seen.withLock { $0 = status }
        }
        try await registry.setStatus(of: certificate.id, to: .inactive)
        #expect(seen.withLock { $0 } == .inactive)
    }

    @Test func endsWhenCancelled() async throws {
        let registry = try await emptyRegistry()
        let (kept, ended) = (Recorder(), Recorder())
        registry.observe { effect in kept.effects.withLock { $0.append(effect) } }
        let observation = registry.observe { effect in ended.effects.withLock { $0.append(effect) } }
        observation.cancel()
        try await registry.putPolicy(name: "p", text: policyText(client: "lamp"))
        try await registry.putPolicy(name: "p", text: policyText())
        #expect(kept.take().count == 1)
        #expect(ended.take().isEmpty)
    }
}
