import Foundation
import Testing

@testable import GatewayTLS

@Suite("Key logs")
struct TLSKeyLogTests {
    private func path() throws -> String { "\(try TestPKI.shared.directory)/\(UUID()).keys" }

    private func lines(_ path: String) throws -> [[String]] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: " ").map(String.init) }
    }

    @Test("one line for each secret, in the NSS format, the same at both ends")
    func format() throws {
        let here = try path()
        let there = try path()
        var configuration = TLSServerConfiguration(credentials: [try TestPKI.shared.serverEC.credential])
        configuration.keyLog = try .dangerouslyLogKeys(to: here)
        let server = try TLSContext(server: configuration)
        // The start's own handshakes are nobody's secrets.
        #expect(try lines(here).isEmpty)
        for version in [TLSVersion.v1_2, .v1_3] {
            var client = TLSClientConfiguration(
                versions: version...version, serverName: "gateway.test", verification: .dangerouslyNone)
            client.keyLog = try .dangerouslyLogKeys(to: there)
            try EnginePair(server: server, client: try TLSContext(client: client)).run()
        }
        let server12 = try lines(here).filter { $0[0] == "CLIENT_RANDOM" }
        #expect(server12.count == 1)
        #expect(server12.allSatisfy { $0.count == 3 && $0[1].count == 64 && $0[2].count == 96 })
        let labels = Set(try lines(here).map { $0[0] })
        #expect(
            labels.isSuperset(of: [
                "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
                "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0",
            ]))
        #expect(Set(try lines(here)) == Set(try lines(there)))
        let attributes = try FileManager.default.attributesOfItem(atPath: here)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }

    @Test("a domain's secrets go where the domain says, and nowhere else")
    func domains() throws {
        let file = try path()
        let credential = try TestPKI.shared.serverEC.credential
        var logged = TLSServerConfiguration(credentials: [credential])
        logged.keyLog = try .dangerouslyLogKeys(to: file)
        let server = try TLSContext(domains: [
            TLSDomain(name: "a", serverNames: ["gateway.test"], configuration: logged),
            TLSDomain(
                name: "b", serverNames: ["b.test"],
                configuration: TLSServerConfiguration(credentials: [credential])),
        ])
        func connect(_ name: String) throws {
            try EnginePair(
                server: server,
                client: try TLSContext(
                    client: TLSClientConfiguration(serverName: name, verification: .dangerouslyNone))
            ).run()
        }
        try connect("b.test")
        #expect(try lines(file).isEmpty)
        try connect("gateway.test")
        #expect(try !lines(file).isEmpty)
    }

    @Test("what was there is appended to")
    func appends() throws {
        let file = try path()
        #expect(
            FileManager.default.createFile(
                atPath: file, contents: Data("# before\n".utf8), attributes: [.posixPermissions: 0o600]))
        var configuration = TLSServerConfiguration(credentials: [try TestPKI.shared.serverEC.credential])
        configuration.keyLog = try .dangerouslyLogKeys(to: file)
        try EnginePair(server: try TLSContext(server: configuration), client: try Contexts.client()).run()
        #expect(try lines(file).first == ["#", "before"])
        #expect(try lines(file).count > 4)
    }

    @Test("files that others could read, links, pipes and directories are refused by name")
    func refusals() throws {
        let files = FileManager.default
        let directory = try TestPKI.shared.directory
        let open = try path()
        _ = files.createFile(atPath: open, contents: nil, attributes: [.posixPermissions: 0o644])
        let target = try path()
        _ = files.createFile(atPath: target, contents: nil, attributes: [.posixPermissions: 0o600])
        let symbolic = try path()
        try files.createSymbolicLink(atPath: symbolic, withDestinationPath: target)
        let twice = try path()
        try files.linkItem(atPath: target, toPath: twice)
        for file in [open, symbolic, twice, directory, directory + "/none/x", "", "a\0b", "/dev/null"] {
            do throws(TLSError) {
                _ = try TLSKeyLog.dangerouslyLogKeys(to: file)
                Issue.record("\(file) was opened")
            } catch {
                #expect(error.code == .invalidConfiguration)
                #expect(error.message.contains(file == "a\0b" ? "NUL" : "\"\(file)\""))
            }
        }
    }
}
