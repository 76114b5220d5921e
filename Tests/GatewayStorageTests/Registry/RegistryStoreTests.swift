import DeviceGateway
import Foundation
import GatewayStorage
import Testing
import X509Auth

/// What every `RegistryStore` promises, asked of each.
@Suite struct RegistryStoreTests {
    enum Kind: CaseIterable {
        case inMemory
        case sqlite
    }

    /// A store, and whatever "opening it again" means for its kind.
    final class Subject {
        let kind: Kind
        private let directory: TemporaryDirectory
        private(set) var store: any RegistryStore

        init(_ kind: Kind) throws {
            self.kind = kind
            directory = try TemporaryDirectory()
            switch kind {
            case .inMemory: store = InMemoryRegistryStore()
            case .sqlite: store = try SQLiteRegistryStore(file: directory.file())
            }
        }

        func reopened() async throws -> UnorderedContents {
            switch kind {
            case .inMemory: break
            case .sqlite:
                (store as? SQLiteRegistryStore)?.close()
                store = try SQLiteRegistryStore(file: directory.file())
            }
            return UnorderedContents(try await store.load())
        }
    }

    private static let template = """
        {"Resources": {"certificate": {"Type": "AWS::IoT::Certificate",
          "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}}}},
         "Parameters": {"AWS::IoT::Certificate::Id": {"Type": "String"}}}
        """

    private let thing = ThingRecord(name: "lamp", typeName: "light", attributes: ["floor": "2", "empty": ""])
    private let certificate = TestRecords.certificate(1)
    private var filled: [RegistryChange] {
        [
            .putThing(thing), TestRecords.insert(1), .putPolicy(TestRecords.policy("p")),
            .attachThing(name: "lamp", certificate: certificate.id, isExclusive: false),
            .attachPolicy(name: "p", certificate: certificate.id),
            .putAuthority(
                TestRecords.authority(
                    1, autoRegistration: .commonName(ProvisioningTemplate(policyNames: ["p"])))),
        ]
    }

    @Test(arguments: Kind.allCases)
    func beginsEmpty(_ kind: Kind) async throws {
        let subject = try Subject(kind)
        #expect(UnorderedContents(try await subject.store.load()) == UnorderedContents(RegistryContents()))
        try await subject.store.apply([])
        #expect(try await subject.reopened() == UnorderedContents(RegistryContents()))
    }

    @Test(arguments: Kind.allCases)
    func countsWhatItHasApplied(_ kind: Kind) async throws {
        let subject = try Subject(kind)
        #expect(try await subject.store.load().generation == 1)
        try await subject.store.apply([.putThing(thing), .putPolicy(TestRecords.policy("p"))])
        try await subject.store.apply([])
        // What is refused is not applied.
        await #expect(throws: (any Error).self) {
            try await subject.store.apply([.setCertificateStatus(TestRecords.certificate(1).id, .active)])
        }
        try await subject.store.apply([.removePolicy("p")])
        _ = try await subject.reopened()
        #expect(try await subject.store.load().generation == 3)
    }

    @Test(arguments: Kind.allCases)
    func keepsEveryField(_ kind: Kind) async throws {
        let subject = try Subject(kind)
        let policies = ["z", "a", "m"].map { TestRecords.policy($0, version: 7) }
        let authorities = [
            TestRecords.authority(0),
            TestRecords.authority(
                1,
                autoRegistration: .commonName(
                    ProvisioningTemplate(policyNames: ["z", "a", "m"], status: .pendingActivation))),
            TestRecords.authority(2, autoRegistration: .commonName(ProvisioningTemplate(policyNames: []))),
            TestRecords.authority(
                3, mode: .sniOnly, autoRegistration: .pendingActivation, revocationMode: .hard),
            TestRecords.authority(
                4, autoRegistration: .template(try ProvisioningTemplateDocument(json: Self.template)),
                revocationMode: .soft),
        ]
        let certificates = CertificateStatus.allCases.enumerated().map { number, status in
            TestRecords.certificate(
                number, status: status, mode: number % 2 == 0 ? .sniOnly : .standard,
                authority: number % 2 == 0 ? authorities[0].id : nil)
        }
        let lists = [false, true].map {
            RevocationListRecord(authority: authorities[1].id, isDelta: $0, der: [0x30, $0 ? 1 : 0])
        }
        let things = [thing, ThingRecord(name: "bare"), ThingRecord(name: "typed", typeName: "light")]
        try await subject.store.apply(
            things.map { .putThing($0) } + policies.map { .putPolicy($0) }
                + certificates.enumerated().map { .insertCertificate($1, der: TestRecords.der($0)) }
                + authorities.map { .putAuthority($0) } + lists.map { .putRevocationList($0) })
        let contents = try await subject.reopened()
        #expect(contents.things == Set(things))
        #expect(contents.policies == Set(policies))
        #expect(contents.certificates == Set(certificates))
        #expect(contents.authorities == Set(authorities))
        #expect(contents.revocationLists == Set(lists))
        let ids = certificates.map(\.id)
        let encodings = try await subject.store.encodings(of: ids + [TestRecords.certificate(77).id])
        #expect(encodings.count == ids.count)
        for (number, id) in ids.enumerated() { #expect(encodings[id] == TestRecords.der(number)) }
    }

    @Test(arguments: Kind.allCases)
    func replacesWithoutLosingAttachments(_ kind: Kind) async throws {
        let subject = try Subject(kind)
        try await subject.store.apply(filled)
        let newThing = ThingRecord(name: "lamp", attributes: ["floor": "3"])
        let newAuthority = TestRecords.authority(1)
        try await subject.store.apply([
            .putThing(newThing),
            .putPolicy(TestRecords.policy("p", version: 2)), .putAuthority(newAuthority),
        ])
        let contents = try await subject.reopened()
        #expect(contents.things == [newThing])
        #expect(contents.certificates == [certificate])
        #expect(contents.policies == [TestRecords.policy("p", version: 2)])
        #expect(contents.authorities == [newAuthority])
        #expect(contents.thingAttachments == [.init(name: "lamp", certificate: certificate.id)])
        #expect(contents.policyAttachments == [.init(name: "p", certificate: certificate.id)])
    }

    @Test(arguments: Kind.allCases)
    func setsTheStatusAlone(_ kind: Kind) async throws {
        let subject = try Subject(kind)
        try await subject.store.apply(filled)
        try await subject.store.apply([.setCertificateStatus(certificate.id, .revoked)])
        var revoked = certificate
        revoked.status = .revoked
        #expect(try await subject.reopened().certificates == [revoked])
    }

    @Test(arguments: Kind.allCases)
    func attachesOnceAndDetaches(_ kind: Kind) async throws {
        let subject = try Subject(kind)
        try await subject.store.apply(filled)
        try await subject.store.apply([
            .attachThing(name: "lamp", certificate: certificate.id, isExclusive: true),
            .attachPolicy(name: "p", certificate: certificate.id),
        ])
        #expect(
            try await subject.reopened().thingAttachments
                == [.init(name: "lamp", certificate: certificate.id, isExclusive: true)])
        try await subject.store.apply([
            .detachThing(name: "lamp", certificate: certificate.id),
            .detachPolicy(name: "p", certificate: certificate.id),
        ])
        let contents = try await subject.reopened()
        #expect(contents.thingAttachments.isEmpty)
        #expect(contents.policyAttachments.isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func removes(_ kind: Kind) async throws {
        let subject = try Subject(kind)
        try await subject.store.apply(filled)
        try await subject.store.apply([
            .detachThing(name: "lamp", certificate: certificate.id),
            .detachPolicy(name: "p", certificate: certificate.id),
            .removeAuthority(TestRecords.authority(1).id), .removePolicy("p"), .removeThing("lamp"),
            .removeCertificate(certificate.id),
        ])
        #expect(try await subject.reopened() == UnorderedContents(RegistryContents()))
    }

    /// A change that contradicts the contents takes its whole transaction with it.
    @Test(arguments: Kind.allCases)
    func refusesContradictionsWhole(_ kind: Kind) async throws {
        let subject = try Subject(kind)
        try await subject.store.apply(filled)
        let before = UnorderedContents(try await subject.store.load())
        let stranger = TestRecords.certificate(99).id
        let contradictions: [RegistryChange] = [
            .attachThing(name: "none", certificate: certificate.id, isExclusive: false),
            .attachThing(name: "lamp", certificate: stranger, isExclusive: false),
            .attachPolicy(name: "none", certificate: certificate.id),
            .attachPolicy(name: "p", certificate: stranger),
            .setCertificateStatus(stranger, .active), TestRecords.insert(1),
            .putRevocationList(.init(authority: stranger, isDelta: false, der: [])),
            .removeThing("lamp"), .removePolicy("p"), .removeCertificate(certificate.id),
            .putAuthority(
                TestRecords.authority(
                    2, autoRegistration: .commonName(ProvisioningTemplate(policyNames: ["none"])))),
        ]
        for contradiction in contradictions {
            await #expect(throws: (any Error).self, "\(contradiction)") {
                try await subject.store.apply([.putThing(ThingRecord(name: "extra")), contradiction])
            }
        }
        #expect(try await subject.reopened() == before)
    }

    /// A template keeps its policy as an attachment does.
    @Test(arguments: Kind.allCases)
    func refusesToRemoveAPolicyOfATemplate(_ kind: Kind) async throws {
        let subject = try Subject(kind)
        try await subject.store.apply([
            .putPolicy(TestRecords.policy("p")),
            .putAuthority(
                TestRecords.authority(
                    1, autoRegistration: .commonName(ProvisioningTemplate(policyNames: ["p"])))),
        ])
        await #expect(throws: (any Error).self) { try await subject.store.apply([.removePolicy("p")]) }
        try await subject.store.apply([.putAuthority(TestRecords.authority(1)), .removePolicy("p")])
        #expect(try await subject.reopened().policies.isEmpty)
    }

    @Test func bothKeepTheSameThroughRandomChanges() async throws {
        for seed in 1...5 as ClosedRange<UInt64> {
            var random = SplitMix(state: seed)
            let (memory, sqlite) = (try Subject(.inMemory), try Subject(.sqlite))
            for _ in 0..<200 {
                let changes = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                    randomChange(using: &random)
                }
                var refused: [Bool] = []
                for subject in [memory, sqlite] {
                    do {
                        try await subject.store.apply(changes)
                        refused.append(false)
                    } catch {
                        refused.append(true)
                    }
                }
                #expect(refused[0] == refused[1], "seed \(seed): \(changes)")
            }
            #expect(try await memory.reopened() == sqlite.reopened())
        }
    }

    private func randomChange(using random: inout SplitMix) -> RegistryChange {
        let name = "n\(Int.random(in: 0..<3, using: &random))"
        let number = Int.random(in: 0..<3, using: &random)
        let id = TestRecords.certificate(number).id
        switch Int.random(in: 0..<16, using: &random) {
        case 0: return .putThing(ThingRecord(name: name, attributes: ["n": "\(number)"]))
        case 1: return .removeThing(name)
        case 2: return TestRecords.insert(number)
        case 3: return .setCertificateStatus(id, .inactive)
        case 4: return .removeCertificate(id)
        case 5: return .attachThing(name: name, certificate: id, isExclusive: number == 1)
        case 6: return .detachThing(name: name, certificate: id)
        case 7: return .putPolicy(TestRecords.policy(name, version: number + 1))
        case 8: return .removePolicy(name)
        case 9: return .attachPolicy(name: name, certificate: id)
        case 10: return .detachPolicy(name: name, certificate: id)
        case 11:
            return .putAuthority(
                TestRecords.authority(
                    number, autoRegistration: .commonName(ProvisioningTemplate(policyNames: [name]))))
        case 12:
            return .putRevocationList(
                .init(
                    authority: TestRecords.authority(number).id, isDelta: number == 1,
                    der: [UInt8(truncatingIfNeeded: random.next())]))
        case 14:
            return .putTombstone(
                CertificateTombstone(issuer: [0x30, UInt8(number)], serialNumber: [UInt8(number)]))
        case 13:
            return .removeRevocationList(authority: TestRecords.authority(number).id, isDelta: number == 1)
        default: return .removeAuthority(TestRecords.authority(number).id)
        }
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
