import DeviceGateway
import Foundation
import GatewayStorage
import Testing
import X509Auth

@Suite struct SQLiteRegistryStoreTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// The error of opening `file`, which must name it.
    private func failure(opening file: String) -> SQLiteStoreError.Code? {
        do throws(SQLiteStoreError) {
            _ = try SQLiteRegistryStore(file: file)
            return nil
        } catch {
            #expect(error.file == file)
            #expect(error.message.contains(file))
            return error.code
        }
    }

    /// Changes the bytes of a closed file, every occurrence.
    private func tamper(_ file: String, _ old: [UInt8], _ new: [UInt8]) throws {
        var data = try Data(contentsOf: URL(filePath: file))
        var count = 0
        while let range = data.range(of: Data(old)) {
            data.replaceSubrange(range, with: new)
            count += 1
        }
        try #require(count > 0)
        try data.write(to: URL(filePath: file))
    }

    /// A closed file with one certificate in it.
    private func closedFile(_ name: String) async throws -> (file: String, certificate: CertificateRecord) {
        let file = directory.file(name)
        let store = try SQLiteRegistryStore(file: file)
        let certificate = TestRecords.certificate(1)
        try await store.apply([TestRecords.insert(1)])
        store.close()
        return (file, certificate)
    }

    // MARK: Files

    @Test func onlyTheOwnerMayReadItsFiles() async throws {
        let file = directory.file()
        let store = try SQLiteRegistryStore(file: file)
        try await store.apply([.putThing(ThingRecord(name: "a"))])
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(names.contains("registry.sqlite-wal"))
        for name in names {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.file(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        store.close()
    }

    @Test func anEmptyFileIsANewRegistry() async throws {
        let file = directory.file()
        try Data().write(to: URL(filePath: file))
        let store = try SQLiteRegistryStore(file: file)
        #expect(try await store.load().allThings.isEmpty)
    }

    @Test func closingLeavesOneFile() async throws {
        let (file, certificate) = try await closedFile("registry.sqlite")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["registry.sqlite"])
        let store = try SQLiteRegistryStore(file: file)
        #expect(try await store.load().allCertificates == [certificate])
    }

    @Test func failsAfterClosing() async throws {
        let store = try SQLiteRegistryStore(file: directory.file())
        store.close()
        #expect(await refusal { try await store.apply([.putThing(ThingRecord(name: "a"))]) } == .closed)
        #expect(await refusal { _ = try await store.load() } == .closed)
    }

    @Test func isHeldByOneStoreAtATime() async throws {
        let file = directory.file()
        let store = try SQLiteRegistryStore(file: file)
        #expect(failure(opening: file) == .inUse)
        try await store.apply([.putThing(ThingRecord(name: "a"))])
        #expect(failure(opening: file) == .inUse)
        store.close()
        #expect(failure(opening: file) == nil)
    }

    // MARK: What cannot be opened

    @Test func refusesWhatIsNoDatabase() throws {
        let file = directory.file()
        let text = Data(String(repeating: "not a database\n", count: 1_000).utf8)
        try text.write(to: URL(filePath: file))
        #expect(failure(opening: file) == .notADatabase)
        #expect(try Data(contentsOf: URL(filePath: file)) == text)
    }

    @Test func refusesWhereNoFileCanBe() throws {
        #expect(failure(opening: directory.path) == .cannotOpen)
        #expect(failure(opening: directory.file("missing/registry.sqlite")) == .cannotOpen)
        try Data().write(to: URL(filePath: directory.file("file")))
        #expect(failure(opening: directory.file("file/registry.sqlite")) == .cannotOpen)
        #expect(failure(opening: "/dev/null") == .cannotOpen)
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everything"))
    func refusesWhatItMayNotWrite() async throws {
        let (file, _) = try await closedFile("registry.sqlite")
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: file)
        #expect(failure(opening: file) == .notWritable)
    }

    @Test func refusesAnotherProgramsDatabase() async throws {
        let (file, _) = try await closedFile("registry.sqlite")
        // The application identifier: bytes 68 to 71 of the header (SQLite, "Database File Format").
        try tamper(file, Array("GWRG".utf8), Array("ELSE".utf8))
        #expect(failure(opening: file) == .foreignDatabase)
        // None at all, but tables.
        try tamper(file, Array("ELSE".utf8), [0, 0, 0, 0])
        #expect(failure(opening: file) == .foreignDatabase)
    }

    @Test func refusesANewerSchema() async throws {
        let (file, _) = try await closedFile("registry.sqlite")
        try tamper(file, Array("2 encodings apart".utf8), Array("9 encodings apart".utf8))
        #expect(failure(opening: file) == .newerSchema)
    }

    // MARK: Damage

    @Test func refusesAValueNoVersionWrote() async throws {
        let file = directory.file()
        let writing = try SQLiteRegistryStore(file: file)
        try await writing.apply([.putAuthority(TestRecords.authority(1, revocationMode: .soft))])
        writing.close()
        try tamper(file, Array("soft".utf8), Array("mild".utf8))
        let store = try SQLiteRegistryStore(file: file)
        #expect(await refusal { _ = try await store.load() } == .corrupt)
    }

    @Test func reportsDamagedPages() async throws {
        let (file, _) = try await closedFile("registry.sqlite")
        var data = try Data(contentsOf: URL(filePath: file))
        for offset in 4_096..<data.count { data[offset] = 0xA5 }
        try data.write(to: URL(filePath: file))
        let code = await refusal {
            let store = try SQLiteRegistryStore(file: file)
            _ = try await store.load()
        }
        #expect(code == .corrupt)
    }

    // MARK: Under a registry

    @Test func aRegistryOpensWhereItLeftOff() async throws {
        let file = directory.file()
        let now: Int64 = 1_700_000_000
        let (authority, _) = try CertificateAuthority.create(
            commonName: "Factory", organization: nil, notBefore: now, notAfter: now + 1_000)
        let devices = try (0..<50).map {
            try authority.issueDevice(commonName: "d\($0)", notBefore: now, notAfter: now + 1_000).certificate
        }
        let store = try SQLiteRegistryStore(file: file)
        let registry = try await DeviceRegistry.open(store: store)
        try await registry.putPolicy(name: "p", text: TestRecords.policy("p").text)
        try await registry.registerAuthority(
            certificate: authority.certificate,
            autoRegistration: .commonName(ProvisioningTemplate(policyNames: ["p"])), now: now)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for device in devices {
                group.addTask {
                    try await registry.admitFirstSight(device, authority: authority.certificate.id, now: now)
                }
            }
            try await group.waitForAll()
        }
        try await registry.setStatus(of: devices[0].id, to: .revoked)
        store.close()

        let reopened = try await DeviceRegistry.open(store: try SQLiteRegistryStore(file: file))
        #expect(reopened.allCertificates == registry.allCertificates)
        #expect(reopened.allThings == registry.allThings)
        #expect(reopened.allAuthorities == registry.allAuthorities)
        #expect(reopened.policyTargets("p") == registry.policyTargets("p"))
        #expect(reopened.certificate(devices[0].id)?.status == .revoked)
        #expect(reopened.policyTargets("p").count == 50)
    }

    @Test func whatWasRevokedStaysOutWhenItIsRemovedAndTheFileOpenedAgain() async throws {
        let file = directory.file()
        let now: Int64 = 1_700_000_000
        let (authority, _) = try CertificateAuthority.create(
            commonName: "Factory", organization: nil, notBefore: now, notAfter: now + 1_000)
        let device = try authority.issueDevice(commonName: "d", notBefore: now, notAfter: now + 1_000)
            .certificate
        let id = authority.certificate.id
        let store = try SQLiteRegistryStore(file: file)
        let registry = try await DeviceRegistry.open(store: store)
        try await registry.registerAuthority(
            certificate: authority.certificate, autoRegistration: .pendingActivation, now: now)
        try await registry.register(certificate: device, now: now)
        try await registry.setStatus(of: device.id, to: .revoked)
        try await registry.removeCertificate(device.id)
        store.close()

        for _ in 0..<2 {
            let store = try SQLiteRegistryStore(file: file)
            let reopened = try await DeviceRegistry.open(store: store)
            let revoked = RegistryError.Code.revoked
            await #expect { try await reopened.register(certificate: device, now: now) } throws: {
                ($0 as? RegistryError)?.code == revoked
            }
            await #expect { try await reopened.admitFirstSight(device, authority: id, now: now) } throws: {
                ($0 as? RegistryError)?.code == revoked
            }
            let verdict = X509Authenticator(trust: reopened).judge(leaf: device.der, chain: [], now: now)
            guard case .rejected = verdict else {
                Issue.record("\(verdict)")
                return
            }
            #expect(reopened.certificateCount == 0)
            store.close()
        }
    }

    @Test(.timeLimit(.minutes(1))) func opensTenThousandRegistrations() async throws {
        let file = directory.file()
        let store = try SQLiteRegistryStore(file: file)
        try await store.apply([.putPolicy(TestRecords.policy("p"))])
        try await store.apply(
            (0..<10_000).flatMap { number -> [RegistryChange] in
                let certificate = TestRecords.certificate(number)
                return [
                    TestRecords.insert(number), .putThing(ThingRecord(name: "t\(number)")),
                    .attachThing(name: "t\(number)", certificate: certificate.id, isExclusive: false),
                    .attachPolicy(name: "p", certificate: certificate.id),
                ]
            })
        store.close()
        let registry = try await DeviceRegistry.open(store: try SQLiteRegistryStore(file: file))
        #expect(registry.policyTargets("p").count == 10_000)
        #expect(registry.things(attachedTo: TestRecords.certificate(4_711).id).map(\.name) == ["t4711"])
    }
}
