import GatewayTLS
import NIOCore
import NIOEmbedded
import NIOSSL
import Testing

/// Both roles against BoringSSL: every version, every kind of key on both sides, data of several sizes, and both
/// ways to an end.
@Suite("BoringSSL: conversations")
struct ConversationTests {
    enum Device: CaseIterable, Sendable {
        case none, ec, rsa

        var identity: TestPKI.Identity? {
            get throws {
                switch self {
                case .none: nil
                case .ec: try TestPKI.shared.deviceEC
                case .rsa: try TestPKI.shared.deviceRSA
                }
            }
        }
    }

    /// Around a record's limit of 16,384 bytes, and several records.
    static let sizes = [1, 16_383, 16_384, 16_385, 100_000]

    @Test("our server, their client", arguments: GatewayTLS.TLSVersion.allCases, Device.allCases)
    func server(_ version: GatewayTLS.TLSVersion, _ device: Device) throws {
        let pki = try TestPKI.shared
        for identity in [pki.serverEC, pki.serverRSA] {
            let pair = try PeerPair(
                server: Peers.ourServer(identity, mode: .optional),
                client: Peers.theirClient(device.identity, version: version))
            try converse(pair, version)
            let evidence = try #require(pair.handler.evidence)
            #expect(evidence.peer?.leaf == (try device.identity?.der.first))
            #expect(evidence.serverName == "gateway.test")
            #expect(pair.peer.peerCertificate == (try Peers.certificate(identity)))
            try pair.close(from: version < .v1_2 ? pair.ours : pair.theirs)
            expectOrderlyEnd(pair)
        }
    }

    @Test("our client, their server", arguments: GatewayTLS.TLSVersion.allCases, Device.allCases)
    func client(_ version: GatewayTLS.TLSVersion, _ device: Device) throws {
        let pki = try TestPKI.shared
        for identity in [pki.serverEC, pki.serverRSA] {
            let pair = try PeerPair(
                server: Peers.theirServer(
                    identity, version: version, demandingFrom: device == .none ? nil : pki.authority),
                client: Peers.ourClient(device.identity))
            try converse(pair, version)
            let certificate = try device.identity.map { try Peers.certificate($0) }
            #expect(pair.peer.peerCertificate == certificate)
            #expect(pair.handler.evidence?.peer?.leaf == identity.der.first)
            try pair.close(from: version < .v1_2 ? pair.theirs : pair.ours)
            expectOrderlyEnd(pair)
        }
    }

    @Test("close_notify from either end ends both in order", arguments: GatewayTLS.TLSVersion.allCases)
    func closing(_ version: GatewayTLS.TLSVersion) throws {
        for isOurs in [true, false] {
            let served = try PeerPair(
                server: Peers.ourServer(), client: Peers.theirClient(version: version))
            try served.close(from: isOurs ? served.ours : served.theirs)
            expectOrderlyEnd(served)
            let asking = try PeerPair(
                server: Peers.theirServer(version: version), client: Peers.ourClient())
            try asking.close(from: isOurs ? asking.ours : asking.theirs)
            expectOrderlyEnd(asking)
        }
    }

    private func converse(_ pair: PeerPair, _ version: GatewayTLS.TLSVersion) throws {
        #expect(pair.atOurs.handshakes == 1 && pair.atTheirs.handshakes == 1)
        #expect(pair.handler.evidence?.version == version)
        #expect(pair.peer.tlsVersion == Peers.version(version))
        var sent: [UInt8] = []
        for size in Self.sizes {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ size) }
            sent += bytes
            try pair.send(bytes, from: pair.ours)
            try pair.send(bytes, from: pair.theirs)
        }
        #expect(pair.atOurs.bytes == sent)
        #expect(pair.atTheirs.bytes == sent)
    }

    private func expectOrderlyEnd(_ pair: PeerPair) {
        #expect(pair.atOurs.isInactive && pair.atTheirs.isInactive)
        #expect(pair.atOurs.errors.isEmpty, "\(pair.atOurs.errors)")
        #expect(pair.atTheirs.errors.isEmpty, "\(pair.atTheirs.errors)")
    }
}
