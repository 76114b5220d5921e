import DeviceGateway
import Foundation
import GatewayStorage
import X509Auth

/// What is asked of one registry, in one process.
struct Measurement {
    var directory: String
    var count: Int

    private static let rounds = 50

    func run() async throws {
        var limits = RegistryLimits()
        // Room for the devices that really connect.
        limits.certificates = count + 1_000
        let before = memoryInUse()
        var opened: DeviceRegistry?
        let start = try await seconds {
            opened = try await DeviceRegistry.open(
                store: try SQLiteRegistryStore(file: Fleet.registryFile(in: directory)), limits: limits)
        }
        guard let registry = opened else { return }
        let bytes = (memoryInUse() - before) / registry.certificateCount
        report(
            "\(registry.certificateCount) certificates, \(registry.things(after: nil, limit: 1).isEmpty ? "a policy each" : "a policy and a thing each")",
            "")
        report("start", start.formatted(.number.precision(.fractionLength(2))) + " s")
        report("memory (RssAnon)", "\(bytes) bytes a certificate")

        // In an order that has nothing to do with theirs.
        let ids = (0..<200_000).map { Fleet.id($0 &* 7_919 % count) }
        try await lookUps(registry, ids)
        try await deactivations(registry, ids)
        try await previews(registry, ids)
    }

    private func report(_ what: String, _ figure: String) {
        say(figure.isEmpty ? what : "  \(what.padding(toLength: 28, withPad: " ", startingAt: 0))\(figure)")
    }

    private func lookUps(_ registry: DeviceRegistry, _ ids: [CertificateID]) async throws {
        var found = 0
        var times: [Double] = []
        for _ in 0..<4 {
            times.append(
                await seconds { for id in ids where registry.registeredCertificate(id) != nil { found += 1 } }
            )
        }
        guard found == 4 * ids.count else { throw BenchmarkFailure("a certificate is missing") }
        // The first round has brought the rows into the caches, as far as they fit.
        let nanoseconds = times.dropFirst().map { Int($0 / Double(ids.count) * 1e9) }
        report("look-up, warm", "\(nanoseconds.map { "\($0)" }.joined(separator: ", ")) ns")
    }

    private func deactivations(_ registry: DeviceRegistry, _ ids: [CertificateID]) async throws {
        let site = try await LiveSite.open(registry, Fleet.keyFile(in: directory))
        var writes: [Duration] = []
        var ends: [Duration] = []
        let lookUps = LookUpThread(registry, ids)
        for _ in 0..<Self.rounds {
            let device = try await site.connect()
            let asked = ContinuousClock.now
            try await registry.setStatus(of: device.certificate.id, to: .inactive)
            writes.append(.now - asked)
            ends.append(try await device.ended() - asked)
        }
        let heldUp = try await lookUps.end()
        report("deactivated: write returns", summary(writes))
        report("device sees its end", summary(ends))
        report("look-up meanwhile", heldUp.text)

        try await registry.setRevocationMode(ofAuthority: site.authority.certificate.id, to: .soft)
        ends = []
        // Above those of an earlier run on the same file.
        let firstNumber = Int(Date.now.timeIntervalSince1970) * 100
        for round in 0..<Self.rounds {
            let device = try await site.connect()
            // One of the million beside it.
            let list = try site.revocationList(
                number: firstNumber + round,
                naming: [device.certificate.serialNumber.bytes, Array(ids[round].bytes.prefix(20))])
            let asked = ContinuousClock.now
            try await registry.loadRevocationList(list)
            ends.append(try await device.ended() - asked)
        }
        report("list loaded: sees its end", summary(ends))
        await site.close()
    }

    private func previews(_ registry: DeviceRegistry, _ ids: [CertificateID]) async throws {
        guard let authority = registry.allAuthorities.first else { return }
        let lookUps = LookUpThread(registry, ids)
        let asked = ContinuousClock.now
        let preview = try registry.preview(now: Int64(Date.now.timeIntervalSince1970)) {
            transaction throws(RegistryError) in
            // Without a list in force none of the million would be admitted any more.
            try transaction.setRevocationMode(ofAuthority: authority.id, to: .hard)
            try transaction.removeRevocationLists(ofAuthority: authority.id)
        }
        let taken = ContinuousClock.now - asked
        let heldUp = try await lookUps.end()
        report("blast radius", "\(milliseconds(taken)), of \(preview.certificates.count) certificates")
        report("look-up meanwhile", heldUp.text)
    }
}
