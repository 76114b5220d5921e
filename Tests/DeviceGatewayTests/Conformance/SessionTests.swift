import DeviceGateway
import MQTTCodec
import NIOCore
import Testing

/// Sessions over connections (MQTT 5, 3.1.2.4, 3.1.2.11.2 and 4.1; MQTT 3.1.1, 3.1.2.4).
@Suite(.timeLimit(.minutes(2)))
struct SessionTests {
    static let tenMinutes = MQTTProperties.with { $0.sessionExpiryInterval = 600 }

    /// Connects, and says whether a session was there.
    func reconnect(
        _ test: TestGateway, cleanStart: Bool = false, version: MQTTVersion = .v5,
        properties: MQTTProperties = tenMinutes
    ) async throws -> (client: TestClient, sessionPresent: Bool) {
        let client = try await test.openAnonymously(version: version)
        let connack = try await client.connect(
            "a", cleanStart: cleanStart, keepAlive: 1_000,
            properties: version == .v5 ? properties : MQTTProperties())
        #expect(connack.reasonCode == .success)
        return (client, connack.sessionPresent)
    }

    @Test(
        "MQTT-3.2.2-2, -3: Session Present tells whether there was a session",
        arguments: [MQTTVersion.v3_1_1, .v5])
    func sessionPresent(version: MQTTVersion) async throws {
        try await TestGateway.runOpen { test in
            let (first, isPresentAtFirst) = try await reconnect(test, version: version)
            #expect(!isPresentAtFirst)
            #expect(await test.lose(first))
            let (second, isPresent) = try await reconnect(test, version: version)
            #expect(isPresent)
            #expect(await test.lose(second))
            let (_, isPresentAfterCleanStart) = try await reconnect(test, cleanStart: true, version: version)
            #expect(!isPresentAfterCleanStart, "[MQTT-3.1.2-4]")
        }
    }

    @Test("MQTT-3.1.2-4: Clean Start drops subscriptions and what waited")
    func cleanStart() async throws {
        try await TestGateway.runOpen { test in
            let (first, _) = try await reconnect(test)
            _ = try await first.subscribe("t")
            #expect(await test.lose(first))
            try test.gateway.client("host").publish("waiting", to: "t")
            let (second, _) = try await reconnect(test, cleanStart: true)
            try test.gateway.client("host").publish("live", to: "t")
            #expect(try await second.hasNothing())
        }
    }

    @Test(
        "MQTT-3.1.2-5 (3.1.1), 4.1: the session keeps subscriptions, and QoS 1 messages while nobody is there"
    )
    func keepsSubscriptionsAndMessages() async throws {
        try await TestGateway.runOpen { test in
            let (first, _) = try await reconnect(test, version: .v3_1_1)
            _ = try await first.subscribe("t")
            #expect(await test.lose(first))
            let host = test.gateway.client("host")
            try host.publish("QoS 0 is for who is there", to: "t", qos: .atMostOnce)
            for number in 1...3 { try host.publish("\(number)", to: "t") }
            let (second, _) = try await reconnect(test, version: .v3_1_1)
            for number in 1...3 { #expect(try await second.message().text == "\(number)") }
            try host.publish("live", to: "t")
            #expect(try await second.message().text == "live")
        }
    }

    @Test(
        "MQTT-3.1.2-23: kept for the Session Expiry Interval and no longer",
        arguments: [(599, true), (600, false)] as [(Int64, Bool)])
    func expiry(seconds: Int64, isPresent: Bool) async throws {
        try await TestGateway.runOpen { test in
            let (first, _) = try await reconnect(test)
            _ = try await first.subscribe("t")
            #expect(await test.lose(first))
            test.clock.advance(seconds: seconds)
            let (second, sessionPresent) = try await reconnect(test)
            #expect(sessionPresent == isPresent)
            try test.gateway.client("host").publish("live", to: "t")
            if isPresent {
                #expect(try await second.message().text == "live")
            } else {
                #expect(try await second.hasNothing())
            }
        }
    }

    @Test(
        "3.1.2.11.2: an interval of 0, or none, ends the session with the connection",
        arguments: [nil, 0] as [UInt32?])
    func noInterval(interval: UInt32?) async throws {
        try await TestGateway.runOpen { test in
            let (first, _) = try await reconnect(
                test, properties: .with { $0.sessionExpiryInterval = interval })
            #expect(await test.lose(first))
            #expect(try await !reconnect(test).sessionPresent)
        }
    }

    @Test(
        "3.14.2.2.2: DISCONNECT changes the interval",
        arguments: [(0, false), (900, true)] as [(UInt32, Bool)])
    func disconnectChangesTheInterval(interval: UInt32, isPresent: Bool) async throws {
        try await TestGateway.runOpen { test in
            let (first, _) = try await reconnect(test)
            #expect(try await test.leave(first, properties: .with { $0.sessionExpiryInterval = interval }))
            test.clock.advance(seconds: isPresent ? 899 : 0)
            #expect(try await reconnect(test).sessionPresent == isPresent)
        }
    }

    @Test("3.14.2.2.2: DISCONNECT may not give an interval to a session that had none")
    func disconnectRaisesAnIntervalOfZero() async throws {
        try await TestGateway.runOpen { test in
            let (client, _) = try await reconnect(test, properties: MQTTProperties())
            try await client.send(
                .disconnect(
                    MQTTDisconnect(reasonCode: .success, properties: .with { $0.sessionExpiryInterval = 1 })))
            #expect(
                try await client.closed().packets
                    == [.disconnect(MQTTDisconnect(reasonCode: .protocolError))])
        }
    }

    @Test(
        "MQTT-4.4.0-1, MQTT-4.6.0-1: on resuming, with DUP, the same identifiers, in order, before what is new",
        arguments: [MQTTVersion.v3_1_1, .v5])
    func redelivery(version: MQTTVersion) async throws {
        try await TestGateway.runOpen { test in
            let (first, _) = try await reconnect(test, version: version)
            _ = try await first.subscribe("t")
            let host = test.gateway.client("host")
            for number in 1...4 { try host.publish("\(number)", to: "t") }
            var sent: [MQTTPublish] = []
            for _ in 1...4 { sent.append(try await first.unacknowledgedMessage()) }
            #expect(sent.map(\.text) == ["1", "2", "3", "4"])
            // Acknowledged out of order, and seen to be before the connection goes.
            try await first.acknowledge(try #require(sent[1].delivery.packetID))
            #expect(try await first.hasNothing())
            #expect(await test.lose(first))
            try host.publish("5", to: "t")

            let (second, _) = try await reconnect(test, version: version)
            for old in [sent[0], sent[2], sent[3]] {
                let again = try await second.message()
                #expect(again.text == old.text)
                #expect(
                    again.delivery
                        == .atLeastOnce(packetID: try #require(old.delivery.packetID), dup: true))
            }
            let new = try await second.unacknowledgedMessage()
            #expect(new.text == "5")
            guard case .atLeastOnce(_, dup: false) = new.delivery else {
                Issue.record("\(new.delivery)")
                return
            }
        }
    }

    @Test("MQTT-3.1.3-2: sessions are by client identifier, exactly")
    func byClientIdentifier() async throws {
        try await TestGateway.runOpen { test in
            let (first, _) = try await reconnect(test)
            #expect(await test.lose(first))
            for other in ["A", "a ", "b"] {
                let client = try await test.openAnonymously()
                let connack = try await client.connect(
                    other, cleanStart: false, properties: Self.tenMinutes)
                #expect(!connack.sessionPresent)
            }
        }
    }
}
