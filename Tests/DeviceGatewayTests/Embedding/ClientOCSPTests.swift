import GatewayTLS
import MQTTCodec
import NIOCore
import Testing
import X509Auth

@testable import DeviceGateway

/// Connections that wait for an OCSP responder, and sessions that nobody may resume any more.
@Suite(.timeLimit(.minutes(2)))
struct ClientOCSPTests {
    /// A gateway that asks `responder`, and a device of its CA.
    private static func run(
        _ responder: TestOCSPResponder, connectTimeout: Duration = .seconds(10),
        _ body: (TestGateway, IssuedCredential) async throws -> Void
    ) async throws {
        try await TestGateway.run { configuration in
            configuration.clientOCSP = ClientOCSP(mode: .hard, responders: [responder.url])
            configuration.limits.connectTimeout = connectTimeout
        } _: { test in
            _ = try await test.registry.registerAuthority(
                certificate: responder.authority.certificate, autoRegistration: nil, now: TestGateway.now)
            let device = try responder.authority.issueDevice(
                commonName: "pump", notBefore: TestGateway.now - 500, notAfter: 2_524_607_999)
            try await test.registry.register(certificate: device.certificate, now: TestGateway.now)
            try await test.registry.attachPolicy("everything", to: device.certificate.id)
            try await body(test, device)
        }
    }

    private static func connack(_ packets: [MQTTPacket]) -> MQTTConnack? {
        if case .connack(let connack) = packets.first { connack } else { nil }
    }

    private static let connect = MQTTPacket.connect(
        MQTTConnect(version: .v5, clientID: "pump", cleanStart: true, keepAlive: 60))

    @Test func aDeviceThatIsGoodConnects() async throws {
        try await TestOCSPResponder.run { responder in
            try await Self.run(responder) { test, device in
                let client = try await test.open(device)
                #expect(try await client.connect("pump").reasonCode == .success)
                // It is read from again.
                #expect(try await client.subscribe("a") == [.grantedQoS1])
                let again = try await test.open(device)
                #expect(try await again.connect("pump2").reasonCode == .success)
                #expect(responder.requests.count == 1)
            }
        }
    }

    @Test func aDeviceThatIsRevokedIsToldSo() async throws {
        try await TestOCSPResponder.run(answer: .revoked) { responder in
            try await Self.run(responder) { test, device in
                let client = try await test.open(device)
                #expect(try await client.connect("pump").reasonCode == .notAuthorized)
                #expect(test.gateway.connections.isEmpty)
            }
        }
    }

    /// What came after the CONNECT is looked at when the answer is there, and not before.
    @Test func aSecondCONNECTBehindTheFirstEndsTheConnection() async throws {
        try await TestOCSPResponder.run { responder in
            try await Self.run(responder) { test, device in
                let client = try await test.open(device)
                try await client.send(Self.connect, Self.connect)
                let (packets, _) = try await client.closed()
                let connack = try #require(Self.connack(packets))
                #expect(connack.reasonCode == .success)
                #expect(await test.observer.wait { $0.disconnections.count == 1 })
                #expect(test.observer.disconnections.first?.reason == .clientError)
            }
        }
    }

    @Test func aDeviceDeactivatedWhileItWaitsIsNotAdmitted() async throws {
        try await TestOCSPResponder.run(answer: .held) { responder in
            try await Self.run(responder) { test, device in
                let client = try await test.open(device)
                try await client.send(Self.connect)
                await responder.nextRequest()
                try await test.registry.setStatus(of: device.certificate.id, to: .inactive)
                responder.release()
                let (packets, _) = try await client.closed()
                let connack = try #require(Self.connack(packets))
                #expect(connack.reasonCode == .notAuthorized)
                #expect(test.gateway.connections.isEmpty)
            }
        }
    }

    @Test func aConnectionThatEndsWhileItWaitsLeavesNothingBehind() async throws {
        try await TestOCSPResponder.run(answer: .held) { responder in
            try await Self.run(responder, connectTimeout: .seconds(2)) { test, device in
                let client = try await test.open(device)
                try await client.send(Self.connect)
                await responder.nextRequest()
                // Nothing is read from it; the CONNECT's deadline ends it whether or not its end is seen.
                await client.abort()
                test.clock.advance(seconds: 3)
                #expect(await test.observer.wait { $0.refusals.count == 1 })
                responder.answer(.good)
                responder.release()
                // The answer, once it has been heard, is every later connection's too.
                let later = try await test.open(device)
                #expect(try await later.connect("later").reasonCode == .success)
                #expect(test.gateway.connections.map(\.clientID) == ["later"])
                #expect(test.observer.refusals.count == 1)
            }
        }
    }

    // MARK: Sessions

    @Test func aDeviceThatIsShutOutIsForgottenByTheSessionCache() async throws {
        let cache = TLSSessionCache()
        try await TestGateway.run {
            $0.tls?.resumption = .cache(cache)
        } _: { test in
            let gone = try await test.device("gone")
            let stays = try await test.device("stays")
            for (name, credential) in [("gone", gone), ("stays", stays)] {
                let client = try await test.open(credential)
                #expect(try await client.connect(name).reasonCode == .success)
            }
            let all = cache.count
            #expect(all > 0)
            // Nobody is shut out by this.
            try await test.registry.putPolicy(name: "another", text: TestGateway.everything)
            #expect(cache.count == all)
            try await test.registry.setStatus(of: gone.certificate.id, to: .inactive)
            #expect(cache.count == all / 2)
            #expect(cache.removeAll { $0 == stays.certificate.id.bytes } == all / 2)
            #expect(cache.count == 0)
        }
    }
}
