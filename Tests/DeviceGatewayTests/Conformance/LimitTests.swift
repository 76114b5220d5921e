import GatewayTLS
import MQTTCodec
import NIOCore
import NIOPosix
import Testing
import X509Auth

@testable import DeviceGateway

/// Each bound of `GatewayLimits` at its edge: what it allows, and what it stops.
@Suite(.timeLimit(.minutes(2)))
struct LimitTests {
    static let session = MQTTProperties.with { $0.sessionExpiryInterval = 600 }

    // MARK: Connections

    @Test func maximumConnections() async throws {
        try await TestGateway.runOpen {
            $0.limits.maximumConnections = 2
        } _: { test in
            let first = try await test.connectAnonymously("a")
            let second = try await test.connectAnonymously("b")
            let third = try await test.openAnonymously()
            #expect(try await third.closed().packets.isEmpty)
            #expect(try await first.hasNothing())
            #expect(try await second.hasNothing())
            await first.abort()
            #expect(await test.observer.wait { _ in test.gateway.core.openConnectionCount == 1 })
            let fourth = try await test.connectAnonymously("d")
            #expect(try await fourth.hasNothing())
        }
    }

    @Test("maximumHandshakesPerEventLoop: past it the oldest handshake is ended")
    func maximumHandshakes() async throws {
        // A single loop, so that every connection is on it.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await TestGateway.run { test in
            var configuration = test.gateway.core.configuration
            configuration.limits.maximumHandshakesPerEventLoop = 2
            let observer = RecordingObserver()
            let gateway = Gateway(
                configuration: configuration, registry: test.registry, observers: [observer],
                logger: test.gateway.core.logger, clock: test.clock, eventLoopGroup: group)
            let port = try #require(try await gateway.start().tls?.port)
            func stalledHandshake() async throws -> TestClient {
                let client = try await TestClient.open(port: port, tls: nil, version: .v5)
                try await client.send(bytes: ByteBuffer(bytes: [0x16, 3, 1, 0, 200, 1]))
                return client
            }
            let oldest = try await stalledHandshake()
            let second = try await stalledHandshake()
            let third = try await stalledHandshake()
            _ = try await oldest.closed()
            #expect(await observer.wait { $0.refusals.map(\.reason) == [.limit] })
            // The others are still at it: only their own end is reported now.
            await second.abort()
            await third.abort()
            #expect(await observer.wait { $0.refusals.map(\.reason) == [.limit, .peerClosed, .peerClosed] })
            await gateway.stop()
        }
        try await group.shutdownGracefully()
    }

    @Test("maximumClientIDLength: refused with 0x85 past it; bytes count, not characters")
    func maximumClientIDLength() async throws {
        try await TestGateway.runOpen { test in
            for (clientID, code) in [
                (String(repeating: "x", count: 128), MQTTReasonCode.success),
                (String(repeating: "x", count: 129), .clientIdentifierNotValid),
                (String(repeating: "é", count: 64), .success),
                (String(repeating: "é", count: 65), .clientIdentifierNotValid),
            ] {
                let client = try await test.openAnonymously()
                #expect(try await client.connect(clientID).reasonCode == code)
            }
        }
    }

    // MARK: Sessions

    @Test("maximumSessions: one more is refused with 0x97, for the host too; a former one is welcome")
    func maximumSessions() async throws {
        try await TestGateway.runOpen {
            $0.limits.maximumSessions = 2
        } _: { test in
            #expect(
                await test.lose(try await test.connectAnonymously("a", properties: Self.session)))
            let second = try await test.connectAnonymously("b")
            let third = try await test.openAnonymously()
            #expect(try await third.connect("c").reasonCode == .quotaExceeded)
            _ = try await third.closed()
            #expect(throws: GatewayError(.limitExceeded, "")) {
                _ = try test.gateway.client("host").subscribe(to: "t")
            }
            let first = try await test.openAnonymously()
            #expect(try await first.connect("a", cleanStart: false, properties: Self.session).sessionPresent)
            #expect(try await test.leave(second))
            let fourth = try await test.openAnonymously()
            #expect(try await fourth.connect("d").reasonCode == .success)
        }
    }

    @Test(
        "maximumSubscriptionsPerSession: one more gets 0x97; a repeated one and one after UNSUBSCRIBE do not")
    func maximumSubscriptions() async throws {
        try await TestGateway.runOpen {
            $0.limits.maximumSubscriptionsPerSession = 2
        } _: { test in
            let client = try await test.connectAnonymously("a")
            #expect(
                try await client.subscribe("t1", "t2", "t3") == [.grantedQoS1, .grantedQoS1, .quotaExceeded])
            #expect(try await client.subscribe("t2") == [.grantedQoS1])
            try test.gateway.client("host").publish("x", to: "t3")
            #expect(try await client.hasNothing())
            _ = try await client.unsubscribe("t1")
            #expect(try await client.subscribe("t3") == [.grantedQoS1])
        }
    }

    @Test("maximumFiltersPerRequest: one more ends the connection with 0x97", arguments: [true, false])
    func maximumFilters(isSubscribe: Bool) async throws {
        try await TestGateway.runOpen {
            $0.limits.maximumFiltersPerRequest = 3
        } _: { test in
            let client = try await test.connectAnonymously("a")
            func request(_ count: Int) -> MQTTPacket {
                let filters = (0..<count).map { "t\($0)" }
                return isSubscribe
                    ? .subscribe(
                        MQTTSubscribe(
                            packetID: 1, subscriptions: filters.map { MQTTSubscription(filter: $0) }))
                    : .unsubscribe(MQTTUnsubscribe(packetID: 1, filters: filters))
            }
            let answer = try await client.request(request(3))
            switch answer {
            case .suback(let suback): #expect(suback.reasonCodes.count == 3)
            case .unsuback(let unsuback): #expect(unsuback.reasonCodes.count == 3)
            default: Issue.record("\(answer)")
            }
            try await client.send(request(4))
            #expect(
                try await client.closed().packets
                    == [.disconnect(MQTTDisconnect(reasonCode: .quotaExceeded))])
        }
    }

    @Test("maximumQueuedMessages: what comes past it while nobody is there is dropped")
    func maximumQueuedMessages() async throws {
        try await TestGateway.runOpen {
            $0.limits.maximumQueuedMessages = 3
        } _: { test in
            let first = try await test.connectAnonymously("a", properties: Self.session)
            _ = try await first.subscribe("t")
            #expect(await test.lose(first))
            for number in 1...5 { try test.gateway.client("host").publish("\(number)", to: "t") }
            let second = try await test.connectAnonymously("a", cleanStart: false, properties: Self.session)
            for number in 1...3 { #expect(try await second.message().text == "\(number)") }
            #expect(try await second.hasNothing())
        }
    }

    @Test("maximumInflight: no more unacknowledged, whatever Receive Maximum the client offers")
    func maximumInflight() async throws {
        try await TestGateway.runOpen {
            $0.limits.maximumInflight = 2
        } _: { test in
            let client = try await test.connectAnonymously("a", properties: .with { $0.receiveMaximum = 500 })
            _ = try await client.subscribe("t")
            for number in 1...3 { try test.gateway.client("host").publish("\(number)", to: "t") }
            let first = try await client.unacknowledgedMessage()
            #expect(try await client.unacknowledgedMessage().text == "2")
            #expect(try await client.hasNothing())
            try await client.acknowledge(try #require(first.delivery.packetID))
            #expect(try await client.unacknowledgedMessage().text == "3")
        }
    }

    // MARK: Retained messages

    @Test(
        "maximumRetainedMessages: one more is answered with 0x97 and delivered to nobody; a replacement is not"
    )
    func maximumRetainedMessages() async throws {
        try await TestGateway.runOpen {
            $0.limits.maximumRetainedMessages = 1
        } _: { test in
            let client = try await test.connectAnonymously("a")
            let subscriber = try await test.connectAnonymously("s")
            _ = try await subscriber.subscribe("#")
            #expect(try await client.publish("one", "1", retain: true) == .success)
            #expect(try await client.publish("two", "2", retain: true) == .quotaExceeded)
            #expect(try await client.publish("one", "3", retain: true) == .success)
            for text in ["1", "3"] { #expect(try await subscriber.message().text == text) }
            #expect(try await client.publish("one", "", retain: true) == .success)
            #expect(try await client.publish("two", "4", retain: true) == .success)
            for text in ["", "4"] { #expect(try await subscriber.message().text == text) }
            let late = try await test.connectAnonymously("late")
            _ = try await late.subscribe("#")
            #expect(try await late.message().text == "4")
            #expect(try await late.hasNothing())
        }
    }

    @Test(
        "a refused RETAIN must not look like success to whoever can't be told: 3.1.1 and QoS 0 are disconnected",
        arguments: [MQTTVersion.v3_1_1, .v5])
    func refusedRetainWithoutAnAnswer(version: MQTTVersion) async throws {
        try await TestGateway.runOpen {
            $0.limits.maximumRetainedMessages = 0
        } _: { test in
            let client = try await test.connectAnonymously("a", version: version)
            try await client.send(
                .publish(
                    MQTTPublish(
                        topic: "t", payload: ByteBuffer(string: "x"),
                        delivery: version == .v5 ? .atMostOnce : .atLeastOnce(packetID: 1, dup: false),
                        retain: true)))
            #expect(
                try await client.closed().packets
                    == (version == .v5 ? [.disconnect(MQTTDisconnect(reasonCode: .quotaExceeded))] : []))
        }
    }

    // MARK: Intervals

    @Test(
        "MQTT-3.1.2-21, 3.2.2.3.14: Server Keep Alive when the client asks for more than the gateway grants, or for none",
        arguments: [(99, nil), (100, nil), (101, 100), (0, 100), (65_535, 100)] as [(UInt16, UInt16?)])
    func maximumKeepAlive(asked: UInt16, told: UInt16?) async throws {
        try await TestGateway.runOpen {
            $0.limits.maximumKeepAlive = 100
        } _: { test in
            let client = try await test.openAnonymously()
            #expect(try await client.connect("a", keepAlive: asked).properties.serverKeepAlive == told)
            let granted = Int64(told ?? asked)
            test.clock.advance(seconds: granted * 3 / 2 - 1)
            #expect(try await client.hasNothing())
            test.clock.advance(seconds: granted * 3 / 2 + 1)
            #expect(
                try await client.closed().packets
                    == [.disconnect(MQTTDisconnect(reasonCode: .keepAliveTimeout))])
        }
    }

    @Test("MQTT-3.1.2-22: the same for a 3.1.1 client, which is not told", arguments: [0, 101] as [UInt16])
    func maximumKeepAliveOver311(asked: UInt16) async throws {
        try await TestGateway.runOpen {
            $0.limits.maximumKeepAlive = 100
        } _: { test in
            let client = try await test.connectAnonymously("a", version: .v3_1_1, keepAlive: asked)
            test.clock.advance(seconds: 149)
            #expect(try await client.hasNothing())
            test.clock.advance(seconds: 151)
            #expect(try await client.closed().packets.isEmpty)
        }
    }

    @Test(
        "3.2.2.3.2: Session Expiry Interval when the client asks for more than the gateway grants",
        arguments: [(nil, nil), (0, nil), (600, nil), (601, 600), (.max, 600)] as [(UInt32?, UInt32?)])
    func maximumSessionExpiryInterval(asked: UInt32?, told: UInt32?) async throws {
        try await TestGateway.runOpen {
            $0.limits.maximumSessionExpiryInterval = 600
        } _: { test in
            let client = try await test.openAnonymously()
            let connack = try await client.connect(
                "a", properties: .with { $0.sessionExpiryInterval = asked })
            #expect(connack.properties.sessionExpiryInterval == told)
        }
    }

    @Test(
        "the session of a 3.1.1 client, and one prolonged by DISCONNECT, end after maximumSessionExpiryInterval",
        arguments: [(MQTTVersion.v3_1_1, 599), (.v3_1_1, 600), (.v5, 599), (.v5, 600)]
            as [(MQTTVersion, Int64)])
    func sessionsEnd(version: MQTTVersion, seconds: Int64) async throws {
        try await TestGateway.runOpen {
            $0.limits.maximumSessionExpiryInterval = 600
        } _: { test in
            let properties =
                version == .v5 ? MQTTProperties.with { $0.sessionExpiryInterval = 1 } : MQTTProperties()
            let first = try await test.connectAnonymously(
                "a", version: version, cleanStart: false, properties: properties)
            #expect(
                try await test.leave(
                    first,
                    properties: version == .v5 ? .with { $0.sessionExpiryInterval = .max } : MQTTProperties())
            )
            test.clock.advance(seconds: seconds)
            let second = try await test.openAnonymously(version: version)
            let connack = try await second.connect("a", cleanStart: false, properties: properties)
            #expect(connack.sessionPresent == (seconds < 600))
        }
    }
}
