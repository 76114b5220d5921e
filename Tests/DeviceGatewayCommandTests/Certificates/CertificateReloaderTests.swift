import DeviceGateway
import Foundation
import GatewayTLS
import Logging
import Synchronization
import Testing
import X509Auth

@testable import device_gateway

@Suite("Following certificate files")
struct CertificateReloaderTests {
    private static let start: Int64 = 1_800_000_000

    /// A gateway's directory, a clock, and what was put in force.
    private final class Stage: Sendable {
        let directory: GatewayDirectory
        let managed: ManagedAuthority
        let files: EndpointFiles
        let reloader: CertificateReloader
        let clock: Mutex<Int64>
        let applied = Mutex<[TLSEndpoint]>([])
        let refusal = Mutex<GatewayError?>(nil)
        let log = RecordedLog()

        init(_ path: String, _ change: (inout GatewaySettings) throws -> Void = { _ in }) throws {
            directory = GatewayDirectory(path)
            managed = try ManagedAuthority.open(directory, now: start)
            var settings = GatewaySettings()
            try change(&settings)
            files = EndpointFiles(
                settings: settings, directory: directory, managed: managed,
                names: MachineNames(dnsNames: ["localhost"], ipAddresses: []), environment: [:])
            let stamps = CertificateReloader.stamps(of: files.paths)
            let contents = try files.read(now: start, issuesMissing: true)
            clock = Mutex(start)
            let stage = Mutex<Stage?>(nil)
            reloader = CertificateReloader(
                files: files, stamps: stamps, contents: contents, interval: .seconds(3_600),
                now: { stage.withLock { $0?.clock.withLock { $0 } } ?? start }, logger: log.logger
            ) { endpoint in
                guard let stage = stage.withLock({ $0 }) else { return }
                if let error = stage.refusal.withLock({ $0 }) { throw error }
                stage.applied.withLock { $0.append(endpoint) }
            }
            stage.withLock { $0 = self }
        }

        func pair(_ name: String, days: Int64 = 1_000) throws -> IssuedCredential {
            let (other, _) = try CertificateAuthority.create(
                commonName: "Other CA", notBefore: start - 1, notAfter: start + 10_000 * 86_400)
            return try other.issueServer(
                commonName: name, dnsNames: [name], notBefore: start - 1, notAfter: start + days * 86_400)
        }

        func write(_ pair: IssuedCredential) throws {
            try DurableFile.replace(directory.serverCertificate, with: pair.certificatePEM, mode: 0o644)
            try DurableFile.replace(directory.serverKey, with: pair.privateKeyPEM, mode: 0o600)
        }

        var subjects: [String] { applied.withLock { $0.flatMap { $0.credentials.map(\.subject) } } }
    }

    private func withStage(
        _ change: @escaping (inout GatewaySettings) throws -> Void = { _ in },
        _ body: (Stage) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { path in try await body(try Stage(path, change)) }
    }

    @Test("Nothing changed: nothing happens, also not to what the gateway has just issued itself")
    func unchanged() async throws {
        try await withStage { stage in
            for _ in 0..<3 { await stage.reloader.look() }
            #expect(stage.subjects == [])
        }
    }

    @Test("Renamed into place, certificate before key or key before certificate", arguments: [true, false])
    func pairs(isKeyFirst: Bool) async throws {
        try await withStage { stage in
            let pair = try stage.pair("new")
            let writes = [
                {
                    try DurableFile.replace(
                        stage.directory.serverCertificate, with: pair.certificatePEM, mode: 0o644)
                },
                { try DurableFile.replace(stage.directory.serverKey, with: pair.privateKeyPEM, mode: 0o600) },
            ]
            try writes[isKeyFirst ? 1 : 0]()
            await stage.reloader.look()
            #expect(stage.subjects == [])
            try writes[isKeyFirst ? 0 : 1]()
            await stage.reloader.look()
            #expect(stage.subjects == ["CN=new"])
            #expect(stage.log.lines(.warning) == [])
            #expect(stage.log.lines(.notice).joined().contains("CN=new to "))
            await stage.reloader.look()
            #expect(stage.subjects == ["CN=new"])
        }
    }

    @Test("A mismatch that stays is told once; the files that are gone are not replaced")
    func mismatch() async throws {
        try await withStage { stage in
            try DurableFile.replace(
                stage.directory.serverCertificate, with: try stage.pair("new").certificatePEM, mode: 0o644)
            for _ in 0..<5 { await stage.reloader.look() }
            #expect(stage.subjects == [])
            #expect(stage.log.lines(.warning).count == 1)
            #expect(stage.log.lines(.warning).joined().contains("does not belong to the certificate"))
            for file in [stage.directory.serverCertificate, stage.directory.serverKey] {
                try FileManager.default.removeItem(atPath: file)
            }
            for _ in 0..<5 { await stage.reloader.look() }
            #expect(stage.log.lines(.warning).count == 2)
            #expect(!FileManager.default.fileExists(atPath: stage.directory.serverKey))
            try stage.write(stage.pair("new"))
            await stage.reloader.look()
            #expect(stage.subjects == ["CN=new"])
        }
    }

    @Test("What the gateway refuses is told in its words")
    func refused() async throws {
        try await withStage { stage in
            stage.refusal.withLock { $0 = GatewayError(.tls, "the old TLS settings stay in force: why") }
            try stage.write(stage.pair("new"))
            await stage.reloader.look(isAsked: true)
            #expect(stage.log.lines(.warning).joined().contains("the old TLS settings stay in force: why"))
        }
    }

    @Test("Files named in the settings, swapped as Kubernetes and certbot do it")
    func links() async throws {
        try await withTemporaryDirectory { path in
            let manager = FileManager.default
            func secret(_ name: String, _ pair: IssuedCredential) throws {
                try manager.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: false)
                try DurableFile.replace("\(path)/\(name)/tls.crt", with: pair.certificatePEM, mode: 0o644)
                try DurableFile.replace("\(path)/\(name)/tls.key", with: pair.privateKeyPEM, mode: 0o600)
            }
            let home = path + "/gateway"
            try manager.createDirectory(atPath: home, withIntermediateDirectories: false)
            let (other, _) = try CertificateAuthority.create(
                commonName: "Other CA", notBefore: Self.start - 1, notAfter: Self.start + 10_000_000)
            func pair(_ name: String) throws -> IssuedCredential {
                try other.issueServer(
                    commonName: name, dnsNames: [name], notBefore: Self.start - 1,
                    notAfter: Self.start + 1_000_000)
            }
            try secret("v1", pair("one"))
            try secret("v2", pair("two"))
            try manager.createSymbolicLink(atPath: path + "/..data", withDestinationPath: "v1")
            let stage = try Stage(home) { settings in
                settings.tls.credentials.certificateFiles = ["../..data/tls.crt"]
                settings.tls.credentials.privateKeyFiles = ["../..data/tls.key"]
            }
            try manager.createSymbolicLink(atPath: path + "/..new", withDestinationPath: "v2")
            #expect(rename(path + "/..new", path + "/..data") == 0)
            await stage.reloader.look()
            #expect(stage.subjects == ["CN=two"])
            // The gateway's own pair plays no part.
            #expect(!manager.fileExists(atPath: home + "/server.pem"))
        }
    }

    @Test("A gateway that runs for twenty years renews its own certificate in time, and only then")
    func renewal() async throws {
        try await withStage { stage in
            var ends: [Int64] = []
            for day in 0..<Int64(20 * 365) {
                let now = Self.start + day * 86_400
                stage.clock.withLock { $0 = now }
                await stage.reloader.look()
                if let end = stage.applied.withLock({ $0.last?.credentials.first?.notAfter }),
                    end != ends.last
                {
                    ends.append(end)
                }
                let inForce = ends.last ?? (Self.start + ServerCredential.lifetime)
                #expect(inForce - now >= ServerCredential.renewalWindow - 86_400)
            }
            // Every 4.75 years.
            #expect(ends.count == 4)
            #expect(
                stage.log.lines(.notice).filter { $0.contains("Issued a new server certificate") }.count == 4)
            #expect(stage.log.lines(.warning) == [])
        }
    }

    @Test("An operator's certificate is not renewed")
    func foreign() async throws {
        try await withStage { stage in
            try stage.write(stage.pair("mine", days: 100))
            await stage.reloader.look()
            stage.clock.withLock { $0 = Self.start + 99 * 86_400 }
            await stage.reloader.look()
            #expect(stage.subjects == ["CN=mine"])
        }
    }
}
