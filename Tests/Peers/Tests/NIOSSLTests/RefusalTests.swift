import GatewayTLS
import NIOCore
import NIOSSL
import Testing

/// Each side refuses the other's certificate, and the refused side learns why.
@Suite("BoringSSL: refusals")
struct RefusalTests {
    static let modern: [GatewayTLS.TLSVersion] = [.v1_2, .v1_3]

    @Test("their client doesn't trust our server", arguments: modern)
    func ourServer(_ version: GatewayTLS.TLSVersion) throws {
        let pair = try PeerPair(
            server: Peers.ourServer(),
            client: Peers.theirClient(version: version, trusting: TestPKI.shared.otherAuthority))
        #expect(pair.atTheirs.handshakes == 0 && !pair.atTheirs.errors.isEmpty)
        let failure = pair.atOurs.errors.first as? TLSError
        // certificate_unknown, unknown_ca: theirs to choose.
        #expect([46, 48].map { TLSAlert(.received, $0) }.contains(failure?.alert), "\(pair.atOurs.errors)")
    }

    @Test("our client doesn't trust their server, or its name", arguments: modern)
    func theirServer(_ version: GatewayTLS.TLSVersion) throws {
        let server = try Peers.theirServer(version: version)
        let pki = try TestPKI.shared
        for client in [
            try Peers.ourClient(trusting: pki.otherAuthority), try Peers.ourClient(name: "another.test"),
        ] {
            let pair = try PeerPair(server: server, client: client)
            #expect(pair.atOurs.handshakes == 0 && pair.atTheirs.handshakes == 0)
            let failure = pair.atOurs.errors.first as? TLSError
            #expect(failure?.alert?.direction == .sent, "\(pair.atOurs.errors)")
            #expect(!pair.atTheirs.errors.isEmpty)
        }
    }

    @Test("their server doesn't trust our client, or misses its certificate", arguments: modern)
    func ourClient(_ version: GatewayTLS.TLSVersion) throws {
        let pki = try TestPKI.shared
        let server = try Peers.theirServer(version: version, demandingFrom: pki.authority)
        for identity in [pki.strangerEC, nil] {
            let pair = try PeerPair(server: server, client: Peers.ourClient(identity))
            #expect(pair.atTheirs.handshakes == 0)
            let failure = pair.atOurs.errors.first as? TLSError
            #expect(failure?.alert?.direction == .received, "\(pair.atOurs.errors)")
        }
    }

    @Test("our server refuses their client with the alert that the judge chose", arguments: modern)
    func theirClient(_ version: GatewayTLS.TLSVersion) throws {
        let pki = try TestPKI.shared
        let trusted = try #require(pki.deviceEC.der.first)
        let server = try Peers.ourServer(
            mode: .required, judge: { $0.leaf == trusted ? .accept : .reject(alert: 48) })
        let good = try PeerPair(server: server, client: Peers.theirClient(pki.deviceEC, version: version))
        #expect(good.handler.evidence?.peer?.leaf == trusted)
        let bad = try PeerPair(server: server, client: Peers.theirClient(pki.strangerEC, version: version))
        #expect(bad.atOurs.handshakes == 0)
        #expect((bad.atOurs.errors.first as? TLSError)?.alert == TLSAlert(.sent, 48))
        #expect(bad.atTheirs.errors.contains { "\($0)".lowercased().contains("unknown_ca") })
        let anonymous = try PeerPair(server: server, client: Peers.theirClient(version: version))
        #expect(anonymous.atOurs.handshakes == 0 && !anonymous.atTheirs.errors.isEmpty)
        let alert = (anonymous.atOurs.errors.first as? TLSError)?.alert
        // certificate_required is TLS 1.3's.
        #expect(alert == TLSAlert(.sent, version == .v1_3 ? 116 : 40))
    }
}
