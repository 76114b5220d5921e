import GatewayTLS
import MQTTCodec
import NIOCore
import NIOPosix
import Testing
import X509Auth

@testable import DeviceGateway

/// Who gets in before any cryptography, and by which address.
@Suite(.timeLimit(.minutes(2)))
struct AcceptTests {
    private static let proxied = "PROXY TCP4 203.0.113.9 192.0.2.1 4660 8883\r\n"

    private static func proxy() throws -> PROXYProtocol {
        PROXYProtocol(trustedPeers: [try #require(AddressPrefix("127.0.0.0/8"))])
    }

    /// A gateway on one event loop, so that every connection is on it.
    private func onOneLoop(
        _ change: (inout GatewayConfiguration) -> Void,
        _ body: (TestGateway, _ port: Int, _ plaintextPort: Int, RecordingObserver, Gateway) async throws ->
            Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await TestGateway.runOpen { test in
            var configuration = test.gateway.core.configuration
            change(&configuration)
            let observer = RecordingObserver()
            let gateway = Gateway(
                configuration: configuration, registry: test.registry, observers: [observer],
                logger: test.gateway.core.logger, clock: test.clock, eventLoopGroup: group)
            let addresses = try await gateway.start()
            try await body(
                test, try #require(addresses.tls?.port), try #require(addresses.plaintext?.port), observer,
                gateway)
            await gateway.stop()
        }
        try await group.shutdownGracefully()
    }

    // MARK: Proxies

    @Test("a device behind a proxy is known by the address the proxy names")
    func proxiedDevice() async throws {
        let proxy = try Self.proxy()
        try await TestGateway.run {
            $0.tls?.proxy = proxy
        } _: { test in
            _ = try await test.registry.putPolicy(
                name: "from-there",
                text: """
                    {"Version": "2012-10-17", "Statement": [
                      {"Effect": "Allow", "Action": "iot:*", "Resource": "*",
                       "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}]}
                    """)
            let device = try await test.device("device1", policy: "from-there")
            let there = try await test.open(device, proxyHeader: Self.proxied)
            #expect(try await there.connect("device1").reasonCode == .success)
            #expect(test.gateway.connections.map(\.remoteAddress) == ["203.0.113.9:4660"])
            let elsewhere = try await test.open(
                device, proxyHeader: "PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n")
            #expect(try await elsewhere.connect("device1").reasonCode == .notAuthorized)
            #expect(test.observer.refusals.map(\.remoteAddress) == ["[2001:db8::1]:1"])
            // The proxy's own connection is from the proxy.
            let own = try await test.open(device, proxyHeader: "PROXY UNKNOWN\r\n")
            #expect(try await own.connect("device1").reasonCode == .notAuthorized)
        }
    }

    @Test("a trusted proxy has to send the header, in time")
    func requiredHeader() async throws {
        let proxy = try Self.proxy()
        try await TestGateway.run {
            $0.tls?.proxy = proxy
        } _: { test in
            let device = try await test.device("device1")
            _ = try await test.open(device).closed()
            #expect(await test.observer.wait { $0.refusals.map(\.reason) == [.notTLS] })
            #expect(test.observer.refusals.first?.message.contains("PROXY") == true)
        }
        try await TestGateway.runOpen {
            $0.plaintext?.proxy = proxy
        } _: { test in
            let silent = try await test.openAnonymously()
            #expect(await test.observer.wait { _ in test.gateway.core.openConnectionCount == 1 })
            test.clock.advance(seconds: 5)
            _ = try await silent.closed()
            #expect(test.observer.refusals.map(\.reason) == [.timeout])
            #expect(test.gateway.core.gate.counters[.proxyHeaderTimeout] == 1)
        }
    }

    @Test("the plaintext endpoint behind a proxy")
    func proxiedPlaintext() async throws {
        let proxy = try Self.proxy()
        try await TestGateway.runOpen {
            $0.plaintext?.proxy = proxy
        } _: { test in
            let client = try await TestClient.open(
                port: test.plaintextPort, tls: nil, version: .v5, proxyHeader: Self.proxied)
            #expect(try await client.connect("a").reasonCode == .success)
            #expect(test.gateway.connections.map(\.remoteAddress) == ["203.0.113.9:4660"])
        }
    }

    @Test("nobody else's header is believed, or even understood")
    func untrusted() async throws {
        let proxy = PROXYProtocol(trustedPeers: [try #require(AddressPrefix("192.0.2.0/24"))])
        try await TestGateway.run {
            $0.tls?.proxy = proxy
        } _: { test in
            _ = try await test.open(nil, proxyHeader: Self.proxied).closed()
            #expect(await test.observer.wait { $0.refusals.map(\.reason) == [.notTLS] })
            #expect(test.observer.refusals.first?.remoteAddress.hasPrefix("127.0.0.1:") == true)
        }
    }

    // MARK: Limits

    @Test("maximumConnectionsPerPrefix: of the address a proxy names")
    func perPrefix() async throws {
        let proxy = try Self.proxy()
        try await TestGateway.runOpen {
            $0.plaintext?.proxy = proxy
            $0.limits.maximumConnectionsPerPrefix = 1
        } _: { test in
            func open(_ last: Int) async throws -> TestClient {
                try await TestClient.open(
                    port: test.plaintextPort, tls: nil, version: .v5,
                    proxyHeader: "PROXY TCP4 203.0.113.\(last) 192.0.2.1 1 1\r\n")
            }
            let first = try await open(1)
            try await first.connect("a")
            _ = try await open(1).closed()
            #expect(await test.observer.wait { $0.refusals.map(\.reason) == [.limit] })
            #expect(test.observer.refusals.first?.message.contains("203.0.113.1/32") == true)
            let other = try await open(2)
            #expect(try await other.connect("b").reasonCode == .success)
            #expect(try await first.hasNothing())
        }
    }

    @Test("connectionRatePerPrefix: on the socket's own address, unless exempt")
    func rate() async throws {
        try await TestGateway.runOpen {
            $0.limits.exemptPrefixes = []
            $0.limits.connectionRatePerPrefix = AcceptRate(perSecond: 1, burst: 2)
        } _: { test in
            _ = try await test.connectAnonymously("a")
            _ = try await test.connectAnonymously("b")
            _ = try await test.openAnonymously().closed()
            #expect(await test.observer.wait { $0.refusals.map(\.reason) == [.limit] })
            test.clock.advance(seconds: 1)
            _ = try await test.connectAnonymously("c")
            #expect(test.gateway.core.gate.counters[.refusedPrefixRate] == 1)
        }
    }

    @Test("maximumConnections: who is nobody yet makes room, on either endpoint")
    func full() async throws {
        try await onOneLoop {
            $0.limits.maximumConnections = 3
        } _: { test, port, plaintextPort, observer, gateway in
            let silent = try await TestClient.open(port: port, tls: nil, version: .v5)
            let undecided = try await TestClient.open(port: plaintextPort, tls: nil, version: .v5)
            var clients: [TestClient] = []
            for name in ["a", "b", "c"] {
                let client = try await TestClient.open(port: plaintextPort, tls: nil, version: .v5)
                try await client.connect(name)
                clients.append(client)
            }
            _ = try await silent.closed()
            _ = try await undecided.closed()
            #expect(gateway.core.gate.counters[.evictedSilent] == 2)
            // Those who have got through stay.
            let late = try await TestClient.open(port: plaintextPort, tls: nil, version: .v5)
            _ = try await late.closed()
            for client in clients { #expect(try await client.hasNothing()) }
            #expect(observer.refusals.map(\.reason) == [.limit, .limit, .limit])
        }
    }

    @Test("maximumSilentPerEventLoop: past it the oldest is ended")
    func silent() async throws {
        try await onOneLoop {
            $0.limits.maximumSilentPerEventLoop = 2
        } _: { test, port, _, observer, _ in
            let clients = [
                try await TestClient.open(port: port, tls: nil, version: .v5),
                try await TestClient.open(port: port, tls: nil, version: .v5),
                try await TestClient.open(port: port, tls: nil, version: .v5),
            ]
            _ = try await clients[0].closed()
            #expect(await observer.wait { $0.refusals.map(\.reason) == [.limit] })
        }
    }

    // MARK: Life

    @Test("maximumConnectionLifetime: DISCONNECT 0xA0, and the client may come again")
    func lifetime() async throws {
        try await TestGateway.runOpen {
            $0.limits.maximumConnectionLifetime = .seconds(100)
        } _: { test in
            let client = try await test.connectAnonymously("a")
            test.clock.advance(seconds: 99)
            #expect(try await client.hasNothing())
            test.clock.advance(seconds: 1)
            guard case .disconnect(let disconnect) = try await client.packet() else {
                Issue.record("no DISCONNECT")
                return
            }
            #expect(disconnect.reasonCode == .maximumConnectTime)
            _ = try await test.connectAnonymously("a")
        }
    }

    @Test("what came through the gate is counted")
    func counters() async throws {
        try await TestGateway.run { test in
            let client = try await test.connect(try await test.device("device1"), clientID: "device1")
            for bytes in [[0x10, 12, 0, 4], Array("GET /".utf8), [1, 2, 3]] as [[UInt8]] {
                let other = try await TestClient.open(port: test.port, tls: nil, version: .v5)
                try await other.send(bytes: ByteBuffer(bytes: bytes))
                _ = try await other.closed()
            }
            let stranger = try await test.device("device2", registered: false)
            _ = try await test.open(stranger).closed()
            let counters = test.gateway.core.gate.counters
            #expect(counters[.accepted] == 5 && counters[.handshakeCompleted] == 1)
            #expect(counters[.plainMQTT] == 1 && counters[.http] == 1 && counters[.notTLS] == 1)
            // Counted after the alert has left, which is what the stranger heard.
            #expect(await test.observer.wait { _ in test.gateway.core.gate.counters[.handshakeFailed] == 1 })
            #expect(try await client.hasNothing())
        }
    }
}
