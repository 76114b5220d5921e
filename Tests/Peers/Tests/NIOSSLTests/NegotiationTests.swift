import GatewayTLS
import NIOCore
import NIOSSL
import Synchronization
import Testing

/// What BoringSSL and this side agree on before data flows.
@Suite("BoringSSL: negotiation")
struct NegotiationTests {
    static let modern: [GatewayTLS.TLSVersion] = [.v1_2, .v1_3]

    @Test("ALPN: the server's choice, in both roles", arguments: modern)
    func applicationProtocols(_ version: GatewayTLS.TLSVersion) throws {
        let served = try PeerPair(
            server: Peers.ourServer(protocols: ["mqtt", "x-amzn-mqtt-ca"]),
            client: Peers.theirClient(version: version, protocols: ["http/1.1", "x-amzn-mqtt-ca"]))
        #expect(served.handler.evidence?.applicationProtocol == "x-amzn-mqtt-ca")
        #expect(served.atTheirs.negotiated == "x-amzn-mqtt-ca")
        let asking = try PeerPair(
            server: Peers.theirServer(version: version, protocols: ["mqtt"]),
            client: Peers.ourClient(protocols: ["x-amzn-mqtt-ca", "mqtt"]))
        #expect(asking.handler.evidence?.applicationProtocol == "mqtt")
        #expect(asking.atTheirs.negotiated == "mqtt")
    }

    @Test("SNI chooses our domain, its certificate and its protocol", arguments: modern)
    func domains(_ version: GatewayTLS.TLSVersion) throws {
        let pki = try TestPKI.shared
        func issue(_ name: String) throws -> TestPKI.Identity {
            try TestPKI.issue(
                "\(name)-\(version.rawValue)", in: pki.directory, issuer: pki.authority,
                extensions: ["extendedKeyUsage=serverAuth", "subjectAltName=DNS:\(name)"])
        }
        let first = try issue("first.test")
        let second = try issue("second.test")
        func domain(_ name: String, _ identity: TestPKI.Identity) throws -> TLSDomain {
            TLSDomain(
                name: name, serverNames: ["\(name).test"],
                configuration: TLSServerConfiguration(
                    credentials: [try identity.credential], applicationProtocols: [name]))
        }
        let server = try TLSContext(
            domains: [try domain("first", first), try domain("second", second)], defaultDomain: nil,
            unknownServerName: .reject)
        for (name, identity) in [("first", first), ("second", second)] {
            let pair = try PeerPair(
                server: server,
                client: Peers.theirClient(version: version, protocols: ["first", "second"]),
                name: "\(name).test")
            #expect(pair.handler.evidence?.domain == name)
            #expect(pair.atTheirs.negotiated == name)
            #expect(pair.peer.peerCertificate == (try Peers.certificate(identity)))
        }
        let stranger = try PeerPair(
            server: server, client: Peers.theirClient(version: version), name: "third.test")
        #expect(stranger.atTheirs.handshakes == 0 && !stranger.atTheirs.errors.isEmpty)
        #expect((stranger.atOurs.errors.first as? TLSError)?.alert == TLSAlert(.sent, 112))
    }

    @Test("their server learns the name our client asks for", arguments: modern)
    func serverName(_ version: GatewayTLS.TLSVersion) throws {
        let asked = Asked()
        let pair = try PeerPair(
            server: Peers.theirServer(
                version: version,
                choosing: { values, promise in
                    asked.names.withLock { $0.append(values.serverHostname) }
                    promise.succeed(.noChanges)
                }),
            client: Peers.ourClient())
        #expect(asked.names.withLock { $0 } == ["gateway.test"])
        #expect(pair.handler.evidence?.version == version)
    }

    private final class Asked: Sendable {
        let names = Mutex<[String?]>([])
    }

    @Test("a version out of our range is refused with protocol_version", arguments: modern)
    func version(_ version: GatewayTLS.TLSVersion) throws {
        let other: GatewayTLS.TLSVersion = version == .v1_2 ? .v1_3 : .v1_2
        let pair = try PeerPair(
            server: Peers.ourServer(versions: other...other), client: Peers.theirClient(version: version))
        #expect(pair.atTheirs.handshakes == 0 && !pair.atTheirs.errors.isEmpty)
        #expect((pair.atOurs.errors.first as? TLSError)?.alert == TLSAlert(.sent, 70))
    }

    @Test("our client resumes at their server", arguments: modern)
    func resumption(_ version: GatewayTLS.TLSVersion) throws {
        let server = try Peers.theirServer(version: version)
        let client = try Peers.ourClient(resumes: true)
        for isResumed in [false, true] {
            let pair = try PeerPair(server: server, client: client)
            try pair.send([1], from: pair.theirs)
            #expect(pair.handler.evidence?.wasResumed == isResumed)
            #expect(pair.atOurs.bytes == [1])
            try pair.close(from: pair.ours)
        }
    }
}
