import DeviceGateway
import Foundation
import GatewayStorage
import Synchronization
import Testing
import X509Auth

/// A process that is killed in mid-write loses nothing it was told is kept, and leaves no half of
/// anything.
@Suite(.serialized) struct SQLiteCrashTests {
    @Test(arguments: [1, 10, 100, 400])
    func survivesBeingKilled(afterAcknowledgements count: Int) async throws {
        let directory = try TemporaryDirectory()
        let file = directory.file()
        let acknowledgements = directory.file("acknowledged")
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [
                file = file as String, acknowledgements = acknowledgements as String, count
            ] in
            try await SQLiteCrashTests.writeUntilKilled(
                file: file, acknowledgements: acknowledgements, count: count)
        }

        let acknowledged = try Data(contentsOf: URL(filePath: acknowledgements)).count
        let contents = UnorderedContents(try await SQLiteRegistryStore(file: file).load())
        // One more may have become durable without having been acknowledged.
        let kept = contents.certificates.count
        #expect(acknowledged >= count)
        #expect(kept == acknowledged || kept == acknowledged + 1)
        let numbers = 0..<kept
        #expect(contents.certificates == Set(numbers.map { TestRecords.certificate($0) }))
        #expect(contents.things == Set(numbers.map { ThingRecord(name: "t\($0)") }))
        #expect(
            contents.thingAttachments
                == Set(numbers.map { .init(name: "t\($0)", certificate: TestRecords.certificate($0).id) }))

        // And it goes on.
        let store = try SQLiteRegistryStore(file: file)
        try await store.apply([TestRecords.insert(kept)])
        #expect(try await store.load().allCertificates.count == kept + 1)
    }

    #if os(Linux)
    /// A disk that stops taking bytes in mid-write: the registry says so, keeps what it had, and goes on
    /// when the disk does.
    @Test func survivesADiskThatFails() async throws {
        let directory = try TemporaryDirectory()
        await #expect(processExitsWith: .success) { [file = directory.file() as String] in
            let registry = try await DeviceRegistry.open(store: try SQLiteRegistryStore(file: file))
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            limit.rlim_cur = 256 * 1_024
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)

            var kept = 0
            var failure: RegistryError?
            while failure == nil, kept < 10_000 {
                do throws(RegistryError) {
                    try await registry.createThing(ThingRecord(name: "t\(kept)"))
                    kept += 1
                } catch {
                    failure = error
                }
            }
            #expect(failure?.code == .storage)
            #expect(failure?.message.contains(file) == true)
            #expect(kept > 0)
            #expect(registry.allThings.count == kept)

            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            try await registry.createThing(ThingRecord(name: "t\(kept)"))
            #expect(registry.allThings.count == kept + 1)
        }
        let contents = try await SQLiteRegistryStore(file: directory.file()).load()
        let numbers = 0..<contents.allThings.count
        #expect(Set(contents.allThings) == Set(numbers.map { ThingRecord(name: "t\($0)") }))
    }
    #endif

    /// Killed in the middle of 10,000 changes of every kind, a registry is whole: what was acknowledged is there,
    /// and attachments and templates refer to what exists.
    @Test(arguments: [10, 500, 3_000])
    func aRegistryIsWholeAfterBeingKilledAmongTenThousandChanges(afterAcknowledgements count: Int)
        async throws
    {
        let directory = try TemporaryDirectory()
        let file = directory.file()
        let acknowledgements = directory.file("acknowledged")
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [file = file as String, acknowledgements = acknowledgements as String, count] in
            try await SQLiteCrashTests.changeUntilKilled(
                file: file, acknowledgements: acknowledgements, count: count)
        }
        let acknowledged = try Data(contentsOf: URL(filePath: acknowledgements)).count
        #expect(acknowledged >= count && acknowledged < 10_000)
        let registry = try await DeviceRegistry.open(store: try SQLiteRegistryStore(file: file))
        // Each change makes policy "count" anew: its version counts those that were kept.
        let kept = (registry.policy("count")?.version ?? 0) - 1
        #expect(kept >= acknowledged && kept <= acknowledged + SQLiteCrashTests.writers)
        for certificate in registry.allCertificates {
            let der = try await registry.certificateDER(certificate.id)
            #expect(der != nil)
            #expect(registry.isKnown(issuerDER: certificate.issuer, serialNumber: certificate.serialNumber))
            for thing in registry.things(attachedTo: certificate.id) {
                #expect(registry.certificates(attachedTo: thing.name).contains(certificate.id))
            }
            #expect(registry.policies(attachedTo: certificate.id).map(\.name) == ["p"])
        }
        #expect(registry.policyTargetCount("p") == registry.certificateCount)
        try await registry.createThing(ThingRecord(name: "afterwards"))
    }

    /// Who writes at the same time, so that writes share transactions.
    private static let writers = 8

    private static func changeUntilKilled(file: String, acknowledgements: String, count: Int) async throws {
        let registry = try await DeviceRegistry.open(store: try SQLiteRegistryStore(file: file))
        let now: Int64 = 1_700_000_000
        let (authority, _) = try CertificateAuthority.create(
            commonName: "Factory", organization: nil, notBefore: now, notAfter: now + 1_000)
        let devices = try (0..<32).map {
            try authority.issueDevice(commonName: "d\($0)", notBefore: now, notAfter: now + 1_000).certificate
        }
        try await registry.putPolicy(name: "p", text: TestRecords.policy("p").text)
        try await registry.putPolicy(name: "count", text: TestRecords.policy("count", version: 0).text)
        let log = try AcknowledgementLog(acknowledgements, killsAfter: count)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    for round in 0..<10_000 / writers {
                        let device = devices[writer * 4 + round % 4]
                        try await registry.write { transaction throws(RegistryError) in
                            try change(device, round, &transaction)
                            try transaction.putPolicy(
                                name: "count",
                                text: TestRecords.policy(
                                    "count", version: (transaction.policy("count")?.version ?? 0)
                                ).text)
                        }
                        log.acknowledge()
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Registers, attaches, changes status, and removes again, each with all that belongs to it.
    private static func change(
        _ device: X509Certificate, _ round: Int, _ transaction: inout RegistryTransaction
    ) throws(RegistryError) {
        let thing = "t-\(device.id.string.prefix(8))"
        guard let record = transaction.certificate(device.id) else {
            try transaction.createThing(ThingRecord(name: thing, attributes: ["round": "\(round)"]))
            try transaction.register(certificate: device, now: Int64(round))
            try transaction.attach(thing: thing, to: device.id, exclusively: round % 3 == 0)
            try transaction.attachPolicy("p", to: device.id)
            return
        }
        switch record.status {
        case .active: try transaction.setStatus(of: device.id, to: .inactive)
        default:
            try transaction.removeCertificate(device.id, detaching: true)
            try transaction.removeThing(thing)
        }
    }

    /// Registers one device after the other and notes each, one byte, when the store has returned.
    private static func writeUntilKilled(
        file: String, acknowledgements: String, count: Int
    ) async throws {
        let store = try SQLiteRegistryStore(file: file)
        let log = try AcknowledgementLog(acknowledgements, killsAfter: count)
        for number in 0... {
            let certificate = TestRecords.certificate(number)
            try await store.apply([
                .putThing(ThingRecord(name: "t\(number)")), TestRecords.insert(number),
                .attachThing(name: "t\(number)", certificate: certificate.id, isExclusive: false),
            ])
            log.acknowledge()
        }
    }
}

/// Notes what was acknowledged, one byte each, and kills its process after so many: from another thread, while the
/// writers are at their next.
private final class AcknowledgementLog: Sendable {
    private let descriptor: Int32
    private let count = Atomic<Int>(0)

    init(_ path: String, killsAfter limit: Int) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try #require(descriptor >= 0)
        Thread.detachNewThread { [self] in
            while count.load(ordering: .acquiring) < limit { sched_yield() }
            kill(getpid(), SIGKILL)
        }
    }

    func acknowledge() {
        guard write(descriptor, "+", 1) == 1 else { return }
        count.add(1, ordering: .releasing)
    }
}
