import DeviceGateway
import Foundation
import GatewayStorage
import Synchronization
import X509Auth

// The registry with a million certificates: what it takes to open it, to hold it, to look one up, for a deactivation
// to reach whoever observes, and to say what a change of their authority would end; and how long a look-up on another
// thread takes at worst meanwhile.
//
//     swift run -c release registry-million [COUNT]
//
// The files lie under the temporary directory and are removed. Each certificate has a policy, which
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

let (authority, _) = try CertificateAuthority.create(
    commonName: "Million", organization: nil, notBefore: 1_600_000_000, notAfter: 2_524_607_999)
let now: Int64 = 1_750_000_000

func milliseconds(_ duration: Duration) -> String {
    let value = Double(duration.components.seconds) * 1e3 + Double(duration.components.attoseconds) / 1e15
    return value.formatted(.number.precision(.fractionLength(2))) + " ms"
}

/// Records as a registry writes them; the encodings are of a real certificate's length and hold nothing.
func certificate(_ number: Int) -> (record: CertificateRecord, der: [UInt8]) {
    let seed = withUnsafeBytes(of: UInt64(number).bigEndian) { [UInt8]($0) }
    let der = [0x30, 0x82] + [UInt8](repeating: 0x55, count: 560) + seed
    let id = CertificateID(der: der)
    return (
        CertificateRecord(
            id: id, status: .active, notBefore: 1_700_000_000, notAfter: 2_524_607_999,
            issuer: authority.certificate.subjectDER,
            serialNumber: Array(id.bytes.prefix(20)), authority: authority.certificate.id,
            registeredAt: 1_700_000_000),
        der
    )
}

func fill(_ file: String, withThings: Bool) async throws {
    let store = try SQLiteRegistryStore(file: file)
    let text = """
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}}
        """
    try await store.apply([.putPolicy(PolicyRecord(name: "fleet", text: text, version: 1))])
    // In the order of the identifiers: otherwise the filling is most of the run.
    let order = (0..<count).map { ($0, certificate($0).record.id) }.sorted { $0.1 < $1.1 }.map(\.0)
    for start in stride(from: 0, to: count, by: 10_000) {
        var changes: [RegistryChange] = []
        for number in order[start..<min(count, start + 10_000)] {
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
    var delays: [Duration] = []
    var waits: [Duration] = []
    let lookUpsDuringWrites = LookUpThread(registry, ids)
    for id in ids.prefix(50) {
        let asked = ContinuousClock.now
        try await registry.setStatus(of: id, to: .inactive)
        waits.append(.now - asked)
        delays.append(seen.withLock { $0 } - asked)
    }
    observation.cancel()
    delays.sort()
    waits.sort()
    let heldUpByWrites = try await lookUpsDuringWrites.end()

    // Mode hard without a list: none of the million would be admitted any more.
    try await registry.registerAuthority(
        certificate: authority.certificate, autoRegistration: nil, now: now)
    let lookUpsDuringPreview = LookUpThread(registry, ids)
    let asked = ContinuousClock.now
    let preview = try registry.preview(now: now) { transaction throws(RegistryError) in
        try transaction.setRevocationMode(ofAuthority: authority.certificate.id, to: .hard)
    }
    let previewed = ContinuousClock.now - asked
    let heldUpByPreview = try await lookUpsDuringPreview.end()
    precondition(preview.certificates.count == registry.certificateCount - delays.count)

    print(
        """
        \(title): \(registry.certificateCount) certificates
          start               \(start.formatted(.number.precision(.fractionLength(2)))) s
          memory (RssAnon)    \(bytes.formatted(.number.precision(.fractionLength(0)))) bytes a certificate
          look-up, warm       \((lookUps / Double(ids.count) * 1e9).formatted(.number.precision(.fractionLength(0)))) ns
          deactivation seen   \(milliseconds(delays[25])) (median), \(milliseconds(delays[49])) (most of 50)
          write returns       \(milliseconds(waits[25])) (median), \(milliseconds(waits[49])) (most of 50)
          look-up meanwhile   \(milliseconds(heldUpByWrites)) (most)
          blast radius        \(milliseconds(previewed)), of \(preview.certificates.count) certificates
          look-up meanwhile   \(milliseconds(heldUpByPreview)) (most)
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
