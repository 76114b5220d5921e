import DeviceGateway
import Testing
import X509Auth

@Suite struct RegistryPreviewTests {
    @Test func saysWhoWouldBeShutOutAndChangesNothing() async throws {
        let store = ScriptedStore()
        let registry = try await DeviceRegistry.open(store: store)
        let authority = try TestAuthority()
        let devices = try (0..<3).map { try authority.device("d\($0)") }
        try await registry.registerAuthority(
            certificate: authority.certificate, autoRegistration: nil, revocationMode: .soft,
            now: registrationTime)
        for device in devices { try await registry.register(certificate: device, now: registrationTime) }
        try await registry.setStatus(of: devices[2].id, to: .inactive)
        let (generation, batches) = (registry.generation, store.batches.count)
        let list = try authority.list(1, revoking: [devices[0], devices[2]])

        let preview = try registry.preview(now: registrationTime) { transaction throws(RegistryError) in
            try transaction.loadRevocationList(list)
            try transaction.setStatus(of: devices[2].id, to: .active)
        }
        #expect(preview.generation == generation)
        #expect(preview.certificates == [devices[0].id])
        #expect(preview.readmitted.isEmpty)
        #expect(registry.generation == generation && store.batches.count == batches)
        #expect(registry.revocationLists(of: authority.id).isEmpty)

        let all = try registry.preview(now: registrationTime) { transaction throws(RegistryError) in
            try transaction.setRevocationMode(ofAuthority: authority.id, to: .hard)
        }
        #expect(all.certificates == devices[0...1].map(\.id).sorted())
        let back = try registry.preview(now: registrationTime) { transaction throws(RegistryError) in
            try transaction.setStatus(of: devices[2].id, to: .active)
        }
        #expect(back.certificates.isEmpty && back.readmitted == [devices[2].id])
    }

    @Test func aChangeCanDependOnWhatWasPreviewed() async throws {
        let registry = try await emptyRegistry()
        let certificate = try TestAuthority().device("lamp")
        try await registry.register(certificate: certificate, now: registrationTime)
        let preview = try registry.preview(now: registrationTime) { transaction throws(RegistryError) in
            try transaction.setStatus(of: certificate.id, to: .inactive)
        }
        try await registry.createThing(ThingRecord(name: "meanwhile"))
        let apply = { (generation: UInt64) in
            try await registry.write { transaction throws(RegistryError) in
                try transaction.require(generation: generation)
                try transaction.setStatus(of: certificate.id, to: .inactive)
            }
        }
        #expect(await refusal { _ = try await apply(preview.generation) } == .changedMeanwhile)
        #expect(registry.certificate(certificate.id)?.status == .active)
        _ = try await apply(registry.generation)
        #expect(registry.certificate(certificate.id)?.status == .inactive)
    }
}
