import DeviceGateway
import Synchronization
import Testing
import X509Auth

@Suite struct DeviceRegistryTests {
    @Test func opensWhatAStoreHolds() async throws {
        let store = InMemoryRegistryStore()
        let authority = try TestAuthority()
        let certificate = try authority.device("lamp")
        let first = try await DeviceRegistry.open(store: store)
        try await first.putPolicy(name: "p", text: policyText())
        try await first.registerAuthority(
            certificate: authority.certificate,
            autoRegistration: .commonName(ProvisioningTemplate(policyNames: ["p"])),
            now: registrationTime)
        try await first.admitFirstSight(certificate, authority: authority.id, now: registrationTime)

        let second = try await DeviceRegistry.open(store: store)
        #expect(second.allThings == first.allThings)
        #expect(second.allCertificates == first.allCertificates)
        #expect(second.allPolicies == first.allPolicies)
        #expect(second.allAuthorities == first.allAuthorities)
        #expect(second.things(attachedTo: certificate.id) == first.things(attachedTo: certificate.id))
        #expect(second.policyTargets("p") == [certificate.id])
    }

    @Test func refusesAStoreNoRegistryHasWritten() async throws {
        let certificate = try TestAuthority().device("lamp")
        let record = CertificateRecord(
            certificate, status: .active, authority: nil, registeredAt: registrationTime)
        let authority = AuthorityRecord(
            id: record.id, der: [0x30, 0], isActive: true, autoRegistration: nil,
            registeredAt: registrationTime)
        let stray = RegistryContents.Attachment(name: "stray", certificate: record.id)
        let list = RevocationListRecord(authority: record.id, isDelta: false, der: [0x30, 0])
        let cases: [@Sendable (inout RegistryContents) -> Void] = [
            { $0.add(PolicyRecord(name: "p", text: "{}", version: 1)) },
            { $0.add(authority) },
            { $0.add(list) },
            {
                $0.add(record)
                $0.attachThing(stray)
            },
            {
                $0.add(record)
                $0.attachPolicy(stray)
            },
            { $0.attachPolicy(stray) },
        ]
        for fill in cases {
            var contents = RegistryContents()
            fill(&contents)
            #expect(
                await refusal { _ = try await DeviceRegistry.open(store: FixedStore(contents: contents)) }
                    == .inconsistentStore)
        }
    }

    /// Encodings are looked at when they are asked for, not at start.
    @Test func refusesAnEncodingThatIsAnothers() async throws {
        let certificate = try TestAuthority().device("lamp")
        var contents = RegistryContents()
        contents.add(
            CertificateRecord(
                certificate, status: .active, authority: nil, registeredAt: registrationTime))
        let forged = try certificate.twin().der
        let registry = try await DeviceRegistry.open(
            store: FixedStore(contents: contents, encodings: [certificate.id: forged]))
        #expect(await refusal { _ = try await registry.certificateDER(certificate.id) } == .inconsistentStore)
    }

    private struct FixedStore: RegistryStore {
        var contents: RegistryContents
        var encodings: [CertificateID: [UInt8]] = [:]
        func load() async throws -> RegistryContents { contents }
        func apply(_ changes: [RegistryChange]) async throws {}
        func encodings(of certificates: [CertificateID]) async throws -> [CertificateID: [UInt8]] {
            encodings
        }
    }

    @Test func reportsAStoreThatCannotBeRead() async throws {
        struct Unreadable: RegistryStore {
            func load() async throws -> RegistryContents { throw ScriptedStore.Failure() }
            func apply(_ changes: [RegistryChange]) async throws {}
            func encodings(of certificates: [CertificateID]) async throws -> [CertificateID: [UInt8]] {
                throw ScriptedStore.Failure()
            }
        }
        #expect(
            await refusal {
                _ = try await DeviceRegistry.open(store: Unreadable())
            } == .storage)
    }

    /// Key strength is judged at registration (`X509Requirements`), not in each handshake.
    @Test func registersOnlyCertificatesThatMeetTheRequirements() async throws {
        var requirements = X509Requirements.default
        requirements.curves = ["secp384r1"]
        let registry = try await DeviceRegistry.open(
            store: InMemoryRegistryStore(), requirements: requirements)
        let authority = try TestAuthority()
        let device = try authority.device("lamp")
        #expect(
            await refusal { try await registry.register(certificate: device, now: registrationTime) }
                == .invalidCertificate)
        #expect(
            await refusal {
                try await registry.registerAuthority(
                    certificate: authority.certificate, autoRegistration: nil, now: registrationTime)
            } == .invalidCertificate)
    }

    @Test func theGenerationGrowsWithEveryChange() async throws {
        let registry = try await emptyRegistry()
        let before = registry.generation
        try await registry.createThing(ThingRecord(name: "a"))
        let between = registry.generation
        #expect(between > before)
        _ = await refusal { try await registry.removeThing("b") }
        #expect(registry.generation == between)
        try await registry.removeThing("a")
        #expect(registry.generation > between)
    }

    @Test func listsAreSorted() async throws {
        let registry = try await emptyRegistry()
        let authority = try TestAuthority()
        for name in ["m", "z", "a", "k"] {
            try await registry.createThing(ThingRecord(name: name))
            try await registry.putPolicy(name: name, text: policyText())
            try await registry.register(certificate: try authority.device(name), now: registrationTime)
        }
        #expect(registry.allThings.map(\.name) == ["a", "k", "m", "z"])
        #expect(registry.allPolicies.map(\.name) == ["a", "k", "m", "z"])
        let identifiers = registry.allCertificates.map(\.id.string)
        #expect(identifiers == identifiers.sorted())
        #expect(identifiers.count == 4)
    }
}
