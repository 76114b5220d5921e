import DeviceGateway
import Foundation
import GatewayStorage
import Synchronization
import X509Auth

// The registry with a million certificates: what it takes to open it, to hold it, to look one up, and for a
// deactivation to reach whoever observes.
//
//     swift run -c release registry-million [COUNT] [FILE]
//
// Without a file it makes one under the temporary directory and removes it. Each certificate has a policy, which
// all share; half the run has no things, the other half one thing each.

let arguments = CommandLine.arguments.dropFirst()
let count = arguments.first.flatMap { Int($0) } ?? 1_000_000

/// Bytes of memory that the process has of its own, as the kernel counts them (proc(5), RssAnon).
func memoryInUse() -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("RssAnon:") }),
        let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return 0 }
    return kilobytes * 1_024
}

func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    let duration = ContinuousClock.now - start
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}

/// Records as a registry writes them; the encodings are of a real certificate's length and hold nothing.
func certificate(_ number: Int) -> (record: CertificateRecord, der: [UInt8]) {
    let seed = withUnsafeBytes(of: UInt64(number).bigEndian) { [UInt8]($0) }
    let der = [0x30, 0x82] + [UInt8](repeating: 0x55, count: 560) + seed
    let id = CertificateID(der: der)
    let issuer = [UInt8](repeating: 0x30, count: 96)
    return (
        CertificateRecord(
            id: id, status: .active, notBefore: 1_700_000_000, notAfter: 2_524_607_999, issuer: issuer,
            serialNumber: Array(id.bytes.prefix(20)), authority: nil, registeredAt: 1_700_000_000),
        der
    )
}

func fill(_ file: String, withThings: Bool) async throws {
    let store = try SQLiteRegistryStore(file: file)
    let text = """
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}}
        """
    try await store.apply([.putPolicy(PolicyRecord(name: "fleet", text: text, version: 1))])
    for start in stride(from: 0, to: count, by: 10_000) {
        var changes: [RegistryChange] = []
        for number in start..<min(count, start + 10_000) {
            let (record, der) = certificate(number)
            changes.append(.insertCertificate(record, der: der))
            changes.append(.attachPolicy(name: "fleet", certificate: record.id))
            if withThings {
                let name = "device-\(String(number, radix: 36))-0123456789"
                changes.append(.putThing(ThingRecord(name: name)))
                changes.append(.attachThing(name: name, certificate: record.id, isExclusive: false))
            }
        }
        try await store.apply(changes)
    }
    store.close()
}

func measure(_ file: String, _ title: String) async throws {
    let before = memoryInUse()
    var opened: DeviceRegistry?
    let start = try await seconds {
        opened = try await DeviceRegistry.open(store: try SQLiteRegistryStore(file: file))
    }
    guard let registry = opened else { return }
    let bytes = Double(memoryInUse() - before) / Double(registry.certificateCount)

    // In an order that has nothing to do with theirs.
    let ids = (0..<200_000).map { certificate($0 &* 7_919 % count).record.id }
    var found = 0
    for id in ids where registry.registeredCertificate(id) != nil { found += 1 }
    let lookUps = await seconds {
        for id in ids where registry.registeredCertificate(id) != nil { found += 1 }
    }
    precondition(found == 2 * ids.count)

    let seen = Mutex(ContinuousClock.now)
    let observation = registry.observe { _ in seen.withLock { $0 = .now } }
    var delays: [Double] = []
    for id in ids.prefix(50) {
        let asked = ContinuousClock.now
        try await registry.setStatus(of: id, to: .inactive)
        let delay = seen.withLock { $0 } - asked
        delays.append(Double(delay.components.attoseconds) / 1e15)
    }
    observation.cancel()
    delays.sort()

    print(
        """
        \(title): \(registry.certificateCount) certificates
          start               \(start.formatted(.number.precision(.fractionLength(2)))) s
          memory (RssAnon)    \(bytes.formatted(.number.precision(.fractionLength(0)))) bytes a certificate
          look-up, warm       \((lookUps / Double(ids.count) * 1e9).formatted(.number.precision(.fractionLength(0)))) ns
          deactivation seen   \(delays[25].formatted(.number.precision(.fractionLength(2)))) ms (median), \
        \(delays[49].formatted(.number.precision(.fractionLength(2)))) ms (most of 50)
        """)
}

let directory = FileManager.default.temporaryDirectory.appending(path: "registry-million-\(UUID())")
try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
defer { try? FileManager.default.removeItem(at: directory) }
for withThings in [false, true] {
    let file = directory.appending(path: withThings ? "things.sqlite" : "bare.sqlite").path()
    let time = try await seconds { try await fill(file, withThings: withThings) }
    print("filled in \(Int(time)) s")
    try await measure(file, withThings ? "with a thing each" : "with a policy each")
}
