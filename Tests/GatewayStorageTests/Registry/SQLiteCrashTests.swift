import DeviceGateway
import Foundation
import GatewayStorage
import Testing
import X509Auth

/// A process that is killed in mid-write loses nothing it was told is kept, and leaves no half of
/// anything.
@Suite(.serialized) struct SQLiteCrashTests {
    @Test(arguments: [20_000, 50_000, 120_000, 300_000] as [UInt32])
    func survivesBeingKilled(afterMicroseconds delay: UInt32) async throws {
        let directory = try TemporaryDirectory()
        let file = directory.file()
        let acknowledgements = directory.file("acknowledged")
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [
                file = file as String, acknowledgements = acknowledgements as String, delay
            ] in
            try await SQLiteCrashTests.writeUntilKilled(
                file: file, acknowledgements: acknowledgements, delay: delay)
        }

        let acknowledged = try Data(contentsOf: URL(filePath: acknowledgements)).count
        let contents = UnorderedContents(try await SQLiteRegistryStore(file: file).load())
        // One more may have become durable without having been acknowledged.
        let kept = contents.certificates.count
        #expect(acknowledged > 0)
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

    /// Registers one device after the other and notes each, one byte, when the store has returned.
    private static func writeUntilKilled(
        file: String, acknowledgements: String, delay: UInt32
    ) async throws {
        let store = try SQLiteRegistryStore(file: file)
        let log = open(acknowledgements, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try #require(log >= 0)
        for number in 0... {
            let certificate = TestRecords.certificate(number)
            try await store.apply([
                .putThing(ThingRecord(name: "t\(number)")), TestRecords.insert(number),
                .attachThing(name: "t\(number)", certificate: certificate.id, isExclusive: false),
            ])
            guard write(log, "+", 1) == 1 else { return }
            if number == 0 {
                Thread.detachNewThread {
                    usleep(delay)
                    kill(getpid(), SIGKILL)
                }
            }
        }
    }
}
