import NIOCore
import Testing

@testable import GatewayTLS

@Suite("Hellos that no domain answers, and domains that change")
struct TLSEngineDomainRefusalTests: DomainTests {
    static let modern: [TLSVersion] = [.v1_2, .v1_3]

    @Test("refusals name the cause, and the alert is the standard's", arguments: modern)
    func refusals(_ version: TLSVersion) throws {
        let pki = try TestPKI.shared
        let server = try TLSContext(domains: [
            TLSDomain(
                name: "a", serverNames: ["a.test"], ports: [8883], whenOffering: ["mqtt"],
                configuration: try configuration(pki.serverEC))
        ])
        func run(_ name: String?, port: Int? = 8883, _ protocols: [String] = ["mqtt"]) throws -> (
            server: TLSError?, client: TLSError?
        ) {
            let pair = try EnginePair(
                server: server, client: client(name, versions: version...version, protocols: protocols),
                port: port)
            return pair.runToFailure()
        }
        #expect(try run("a.test").server == nil)
        let unknown = try run("b.test")
        #expect(unknown.server?.code == .unknownServerName)
        #expect(unknown.server?.sideAtFault == .peer)
        #expect(unknown.server?.alert == TLSAlert(.sent, 112))
        #expect(
            unknown.server?.message == "the client asked for \"b.test\", which is no domain of this listener")
        #expect(unknown.client?.alert == TLSAlert(.received, 112))
        #expect(try run("a.test", port: 443).server?.code == .unknownServerName)
        let missing = try run(nil)
        #expect(missing.server?.code == .missingServerName)
        #expect(missing.server?.alert == TLSAlert(.sent, 40))
        let protocols = try run("a.test", ["http/1.1"])
        #expect(protocols.server?.code == .noApplicationProtocol)
        #expect(protocols.server?.alert == TLSAlert(.sent, 120))
        #expect(protocols.server?.message.contains("\"http/1.1\"") == true)
    }

    @Test("a server name that can be no host's is not the same as none")
    func unusableNames() throws {
        let server = try TLSContext(
            domains: [
                TLSDomain(
                    name: "a", serverNames: ["a.test"],
                    configuration: try configuration(try TestPKI.shared.serverEC))
            ], defaultDomain: "a")
        // Changes to the hello, by offset from the name: a NUL, what isn't ASCII, another kind of name, a
        // list that ends too early.
        for (offset, byte) in [(1, 0), (1, 0xc3), (-3, 1), (-4, 3)] as [(Int, UInt8)] {
            let client = try TLSEngine(context: try client("hostname.test"))
            let engine = try TLSEngine(context: server)
            let scratch = TLSScratch()
            var hello = ByteBuffer()
            var output = ByteBuffer()
            try client.start(scratch: scratch, output: &hello)
            var bytes = Array(hello.readableBytesView)
            let name = try #require(bytes.indices.first { bytes[$0...].starts(with: "hostname".utf8) })
            bytes[name + offset] = byte
            do throws(TLSError) {
                try engine.receive(bytes, scratch: scratch, output: &output) { _ in .continue }
                Issue.record("the default domain answered")
            } catch {
                #expect(error.code == .unknownServerName)
                #expect(error.alert == TLSAlert(.sent, 112))
                #expect(error.message.contains("a server name that is no host name"))
            }
        }
    }

    @Test("a domain that cannot work is named when the context is made, and nothing is replaced")
    func probes() throws {
        let pki = try TestPKI.shared
        let context = try gallery()
        do throws(TLSError) {
            try context.replace(domains: [
                TLSDomain(
                    name: "broken", serverNames: ["ec.test"],
                    configuration: TLSServerConfiguration(
                        credentials: [try .init(pki.serverEC)], versions: .v1_0 ... .v1_2,
                        cipherSuites: "ECDHE-ECDSA-AES128-GCM-SHA256"))
            ])
            Issue.record("a range that cannot work was taken")
        } catch {
            #expect(error.code == .versionUnavailable)
            #expect(error.message.hasPrefix("domain \"broken\": TLS 1.0 is configured"))
        }
        let pair = try EnginePair(server: context, client: client("ec.test"))
        try pair.run()
        #expect(pair.server.evidence?.domain == "ec")
    }

    @Test("replaced domains answer new connections; a live one keeps its own")
    func replacement() throws {
        let pki = try TestPKI.shared
        let context = try gallery()
        let live = try EnginePair(server: context, client: client("ec.test"))
        try live.run()
        let begun = try EnginePair(server: context, client: client("ec.test"))
        try context.replace(domains: [
            TLSDomain(name: "new", serverNames: ["ec.test"], configuration: try configuration(pki.serverRSA))
        ])
        try begun.run()
        #expect(begun.server.evidence?.domain == "ec")
        let next = try EnginePair(server: context, client: client("ec.test"))
        try next.run()
        #expect(next.server.evidence?.domain == "new")
        try live.client.send([1], output: &live.toServer)
        try live.run()
        #expect(live.atServer == [1])
    }

    @Test("hellos cut into pieces find their domain", arguments: [1, 3, 50, 200])
    func pieces(_ size: Int) throws {
        let pair = try EnginePair(server: try gallery(), client: client("group.test"))
        pair.pieceSize = size
        try pair.run()
        #expect(pair.server.evidence?.domain == "group")
    }
}

extension TLSCredential {
    fileprivate init(_ identity: TestPKI.Identity) throws(TLSError) {
        try self.init(certificateChainPEM: identity.certificate, privateKeyPEM: identity.key)
    }
}
