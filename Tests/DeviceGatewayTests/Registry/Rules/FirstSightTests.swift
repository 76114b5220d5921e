import DeviceGateway
import Testing
import X509Auth

/// Just-in-time provisioning, AWS IoT Developer Guide.
@Suite struct FirstSightTests {
    private let authority: TestAuthority
    private let registry: DeviceRegistry
    private let store = ScriptedStore()

    init() async throws {
        authority = try TestAuthority()
        registry = try await DeviceRegistry.open(store: store)
        try await registry.putPolicy(name: "p", text: policyText())
        try await registry.putPolicy(name: "q", text: policyText())
        try await registry.registerAuthority(
            certificate: authority.certificate,
            autoRegistration: .commonName(ProvisioningTemplate(policyNames: ["q", "p"])),
            now: registrationTime)
    }

    private func admission(of certificate: X509Certificate) async -> RegistryError.Code? {
        await refusal {
            try await registry.admitFirstSight(certificate, authority: authority.id, now: registrationTime)
        }
    }

    @Test func makesAllOfItOrNothing() async throws {
        let certificate = try authority.device("lamp")
        let record = try await registry.admitFirstSight(
            certificate, authority: authority.id, now: registrationTime + 7)
        #expect(record.status == .active)
        #expect(record.authority == authority.id)
        #expect(record.registeredAt == registrationTime + 7)
        #expect(registry.things(attachedTo: certificate.id) == [ThingRecord(name: "lamp")])
        #expect(registry.policies(attachedTo: certificate.id).map(\.name) == ["p", "q"])
        #expect(
            store.batches.last == [
                .putThing(ThingRecord(name: "lamp")), .insertCertificate(record, der: certificate.der),
                .attachThing(name: "lamp", certificate: certificate.id, isExclusive: false),
                .attachPolicy(name: "q", certificate: certificate.id),
                .attachPolicy(name: "p", certificate: certificate.id),
            ])
    }

    @Test func leavesAnExistingThingAsItIs() async throws {
        let thing = ThingRecord(name: "lamp", attributes: ["floor": "2"])
        try await registry.createThing(thing)
        let (old, new) = (try authority.device("lamp"), try authority.device("lamp"))
        for certificate in [old, new] {
            try await registry.admitFirstSight(certificate, authority: authority.id, now: registrationTime)
            #expect(registry.things(attachedTo: certificate.id) == [thing])
        }
    }

    @Test func answersAKnownCertificateAsItIs() async throws {
        let certificate = try authority.device("lamp")
        try await registry.admitFirstSight(certificate, authority: authority.id, now: registrationTime)
        try await registry.setStatus(of: certificate.id, to: .revoked)
        let batches = store.batches.count
        let record = try await registry.admitFirstSight(
            certificate, authority: authority.id, now: registrationTime + 9)
        #expect(record.status == .revoked)
        #expect(record.registeredAt == registrationTime)
        #expect(store.batches.count == batches)
    }

    @Test func admitsNobodyThroughAnAuthorityThatDoesNot() async throws {
        let certificate = try authority.device("lamp")
        try await registry.setAuthority(authority.id, isActive: false)
        #expect(await admission(of: certificate) == .notAdmitted)
        try await registry.setAuthority(authority.id, isActive: true)
        try await registry.setAutoRegistration(ofAuthority: authority.id, to: nil)
        #expect(await admission(of: certificate) == .notAdmitted)
        let stranger = try TestAuthority("Stranger")
        #expect(
            await refusal {
                try await registry.admitFirstSight(certificate, authority: stranger.id, now: registrationTime)
            } == .notAdmitted)
        #expect(registry.certificate(certificate.id) == nil)
        #expect(registry.thing("lamp") == nil)
    }

    /// Other bytes around the same issuer and serial number, a malleable signature for instance, have
    /// another identifier: a revoked device must not come back that way.
    @Test func refusesATwin() async throws {
        let certificate = try authority.device("lamp")
        let twin = try certificate.twin()
        try #require(twin.id != certificate.id)
        try await registry.admitFirstSight(certificate, authority: authority.id, now: registrationTime)
        try await registry.setStatus(of: certificate.id, to: .revoked)
        #expect(await admission(of: twin) == .twin)
    }

    @Test(arguments: ["not a thing name", "a/b", "*"])
    func refusesACommonNameThatNamesNoThing(_ name: String) async throws {
        let certificate = try authority.device(name)
        #expect(await admission(of: certificate) == .invalidTemplate)
        #expect(registry.certificate(certificate.id) == nil)
        #expect(registry.allThings.isEmpty)
    }

    @Test func registersWithTheTemplatesStatus() async throws {
        try await registry.setAutoRegistration(
            ofAuthority: authority.id,
            to: .commonName(ProvisioningTemplate(policyNames: [], status: .pendingActivation)))
        let certificate = try authority.device("lamp")
        let record = try await registry.admitFirstSight(
            certificate, authority: authority.id, now: registrationTime)
        #expect(record.status == .pendingActivation)
        #expect(try await registry.setStatus(of: certificate.id, to: .active).status == .active)
    }

    @Test func ofManyAtOnceOneRegisters() async throws {
        let certificate = try authority.device("lamp")
        let records = try await withThrowingTaskGroup(of: CertificateRecord.self) { group in
            for number in 0..<500 {
                group.addTask {
                    try await registry.admitFirstSight(
                        certificate, authority: authority.id, now: registrationTime + Int64(number))
                }
            }
            return try await group.reduce(into: Set<CertificateRecord>()) { $0.insert($1) }
        }
        #expect(records.count == 1)
        let puts = store.batches.joined().filter { if case .insertCertificate = $0 { true } else { false } }
        #expect(puts.count == 1)
        #expect(registry.allCertificates.count == 1)
    }

    @Test func manyAtOnceShareStoreTransactions() async throws {
        let certificates = try (0..<200).map { try authority.device("lamp-\($0)") }
        let before = store.batches.count
        store.hold()
        let all = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for certificate in certificates {
                    group.addTask {
                        try await registry.admitFirstSight(
                            certificate, authority: authority.id, now: registrationTime)
                    }
                }
                try await group.waitForAll()
            }
        }
        await store.entered()
        // The first is held in the store; the others queue behind it.
        while registry.pendingWrites < certificates.count { await Task.yield() }
        store.release()
        try await all.value
        #expect(store.batches.count - before <= 2)
        #expect(registry.allCertificates.count == 200)
        #expect(registry.policyTargets("p").count == 200)
    }
}
