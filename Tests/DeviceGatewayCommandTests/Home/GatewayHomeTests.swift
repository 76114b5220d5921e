import Foundation
import IoTPolicy
import Testing
import X509Auth

@testable import DeviceGateway
@testable import device_gateway

@Suite("A gateway's directory")
struct GatewayHomeTests {
    private static let now: Int64 = 1_800_000_000
    private static let scope = ARNScope(region: "us-east-1", accountID: "123456789012")
    private static let names = MachineNames(
        dnsNames: ["localhost", "gw"], ipAddresses: ["127.0.0.1", "::1"])

    private func open(
        _ directory: GatewayDirectory, scope: ARNScope = scope, now: Int64 = now
    ) async throws -> [GatewayHome.Event] {
        try directory.prepare()
        let lock = try DirectoryLock.acquire(directory.lock)
        let configured = try GatewayHome.completeConfiguration(directory)
        let (home, events) = try await GatewayHome.open(directory, lock: lock, scope: scope, now: now)
        _ = try ServerCredential.open(directory, managed: home.managed, names: Self.names, now: now)
        let adopted = try await home.adoptScope(scope)
        home.close()
        return configured + events + adopted
    }

    private func withDirectory(_ body: (GatewayDirectory) async throws -> Void) async throws {
        try await withTemporaryDirectory { try await body(GatewayDirectory($0 + "/gateway")) }
    }

    private func complaint(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("An empty directory gets everything, closed to others")
    func creation() async throws {
        try await withDirectory { directory in
            let events = try await open(directory)
            #expect(
                events == [.wroteConfiguration, .createdAuthority, .createdPolicy("device-least-privilege")])
            let found = try entries(in: directory.path)
            for name in [
                "ca-private.key", "ca.pem", "gateway.lock", "gateway.yaml", "registry.sqlite",
                "server-private.key",
                "server.pem",
            ] {
                #expect(found.contains(name))
            }
            #expect(!found.contains { $0.hasSuffix(".tmp") })
            #expect(try mode(of: directory.path) == 0o700)
            for secret in [
                directory.authorityKey, directory.serverKey, directory.registry, directory.configuration,
            ] {
                #expect(try mode(of: secret) == 0o600)
            }
        }
    }

    @Test("The authority outlives 2049 and the server's certificate names the machine")
    func certificates() async throws {
        try await withDirectory { directory in
            _ = try await open(directory)
            let authority = try X509Certificate(
                pem: String(contentsOfFile: directory.authorityCertificate, encoding: .utf8))
            #expect(authority.notAfter >= 2_524_607_999)
            #expect(authority.isCertificateAuthority)
            let server = try X509Certificate(
                pem: String(contentsOfFile: directory.serverCertificate, encoding: .utf8))
            #expect(Self.names.missing(in: server).isEmpty)
            #expect(server.issuerDER == authority.subjectDER)
            #expect(
                MachineNames(dnsNames: ["other"], ipAddresses: ["192.0.2.1"]).missing(in: server) == [
                    "other", "192.0.2.1",
                ])
        }
    }

    @Test("Opened again, nothing is made and nothing changes")
    func reopening() async throws {
        try await withDirectory { directory in
            _ = try await open(directory)
            let files = [
                directory.authorityCertificate, directory.serverCertificate, directory.configuration,
            ]
            let before = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
            #expect(try await open(directory).isEmpty)
            #expect(try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) } == before)
        }
    }

    @Test(
        "A making that was interrupted is completed",
        arguments: [
            ["ca.pem", "server.pem", "server-private.key", "registry.sqlite"],
            ["server.pem", "server-private.key", "registry.sqlite"], ["server.pem", "server-private.key"],
            ["gateway.yaml"],
        ])
    func halfMade(_ missing: [String]) async throws {
        try await withDirectory { directory in
            _ = try await open(directory)
            let authority = try? String(contentsOfFile: directory.authorityCertificate, encoding: .utf8)
            for name in try entries(in: directory.path) where missing.contains(where: { name.hasPrefix($0) })
            {
                try FileManager.default.removeItem(atPath: "\(directory.path)/\(name)")
            }
            // A write that was under way.
            try Data("half".utf8).write(to: URL(fileURLWithPath: directory.serverCertificate + ".tmp"))
            let events = try await open(directory)
            #expect(!events.isEmpty || missing.contains { $0.hasPrefix("server") })
            #expect(try await open(directory).isEmpty)
            if !missing.contains("ca.pem") {
                #expect(
                    try String(contentsOfFile: directory.authorityCertificate, encoding: .utf8) == authority)
            }
            #expect(try !entries(in: directory.path).contains { $0.hasSuffix(".tmp") })
        }
    }

    @Test("A loss is reported, not papered over", arguments: ["ca.pem", "ca-private.key"])
    func loss(_ name: String) async throws {
        try await withDirectory { directory in
            _ = try await open(directory)
            try FileManager.default.removeItem(atPath: "\(directory.path)/\(name)")
            let text = await complaint { _ = try await open(directory) }
            #expect(text.contains("\(name) is missing"))
            #expect(text.contains("backup"))
            #expect(try !entries(in: directory.path).contains(name))
        }
    }

    @Test("A directory with something else in it is left alone")
    func foreignDirectory() async throws {
        try await withTemporaryDirectory { path in
            try Data().write(to: URL(fileURLWithPath: path + "/thesis.tex"))
            let before = try mode(of: path)
            let text = await complaint { _ = try await open(GatewayDirectory(path)) }
            #expect(text.contains("neither empty nor a gateway's directory") && text.contains("thesis.tex"))
            #expect(try entries(in: path) == ["thesis.tex"])
            #expect(try mode(of: path) == before)
        }
    }

    @Test("What can't be a directory is said to be so")
    func noDirectory() async throws {
        try await withTemporaryDirectory { path in
            try Data().write(to: URL(fileURLWithPath: path + "/file"))
            let file = await complaint { try GatewayDirectory(path + "/file").prepare() }
            #expect(file.contains("is not a directory"))
            let orphan = await complaint { try GatewayDirectory(path + "/none/gateway").prepare() }
            #expect(orphan.contains("Can't create the directory \(path)/none/gateway"))
            #expect(orphan.contains("every directory above it has to exist"))
        }
    }

    @Test("A second holder of the lock learns who the first is; the lock ends with its holder")
    func lock() async throws {
        try await withTemporaryDirectory { path in
            let file = path + "/gateway.lock"
            var first: DirectoryLock? = try DirectoryLock.acquire(file)
            #expect {
                try DirectoryLock.acquire(file)
            } throws: { error in
                (error as? DirectoryLock.Held)?.processID == ProcessInfo.processInfo.processIdentifier
            }
            withExtendedLifetime(first) {}
            first = nil
            _ = try DirectoryLock.acquire(file)
        }
    }

    @Test("The lock ends with its holder even if a child that is being started has a copy of the descriptor")
    func lockInherited() async throws {
        try await withTemporaryDirectory { path in
            var lock: DirectoryLock? = try DirectoryLock.acquire(path + "/gateway.lock")
            let copy = dup(try #require(lock?.descriptor))
            defer { close(copy) }
            lock = nil
            _ = try DirectoryLock.acquire(path + "/gateway.lock")
        }
    }

    @Test("The policy follows the account as long as nobody has edited it")
    func scopeChange() async throws {
        try await withDirectory { directory in
            _ = try await open(directory)
            let other = ARNScope(region: "eu-central-1", accountID: "000000000001")
            #expect(
                try await open(directory, scope: other)
                    == [
                        .rewrotePolicy(
                            "device-least-privilege", scope: "arn:aws:iot:eu-central-1:000000000001:client/…")
                    ])
            #expect(try await open(directory, scope: other).isEmpty)
        }
    }
}
