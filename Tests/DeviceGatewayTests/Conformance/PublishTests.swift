import DeviceGateway
import MQTTCodec
import NIOCore
import Testing

/// PUBLISH in both directions (MQTT 5, 3.3, 3.4 and 4.3).
@Suite(.timeLimit(.minutes(2)))
struct PublishTests {
    static func publish(
        _ topic: String, _ text: String, alias: UInt16? = nil, packetID: UInt16 = 1
    ) -> MQTTPacket {
        .publish(
            MQTTPublish(
                topic: topic, payload: ByteBuffer(string: text),
                delivery: .atLeastOnce(packetID: packetID, dup: false),
                properties: .with { $0.topicAlias = alias }))
    }

    static func puback(_ reasonCode: MQTTReasonCode) -> MQTTPacket {
        .puback(MQTTAcknowledgement(packetID: 1, reasonCode: reasonCode))
    }

    // MARK: Topic aliases

    @Test("MQTT-3.3.2-12: a topic alias stands for its topic until it is set anew; receivers see the topic")
    func topicAlias() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            let subscriber = try await test.connectAnonymously("s")
            _ = try await subscriber.subscribe("#")
            for (topic, alias) in [("one", 1), ("", 1), ("eight", 8), ("", 1), ("", 8), ("new", 1), ("", 1)] {
                #expect(
                    try await client.request(Self.publish(topic, "x", alias: UInt16(alias)))
                        == Self.puback(.success))
            }
            for topic in ["one", "one", "eight", "one", "eight", "new", "new"] {
                let message = try await subscriber.message()
                #expect(message.topic == topic)
                #expect(message.properties.topicAlias == nil, "[MQTT-3.3.2-11]")
            }
        }
    }

    @Test(
        "MQTT-3.3.2-8, -9, 3.3.2.3.4: alias 0, one past the maximum, and one that was never set end the connection",
        arguments: [
            (0, "t", MQTTReasonCode.topicAliasInvalid), (9, "t", .topicAliasInvalid), (2, "", .protocolError),
        ])
    func wrongAlias(alias: Int, topic: String, code: MQTTReasonCode) async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            // By hand: an encoder refuses to write alias 0.
            let body =
                [0, UInt8(topic.utf8.count)] + Array(topic.utf8) + [3, 0x23, 0, UInt8(alias)]
            try await client.send(bytes: ByteBuffer(bytes: [0x30, UInt8(body.count)] + body))
            #expect(
                try await client.closed().packets == [.disconnect(MQTTDisconnect(reasonCode: code))])
        }
    }

    @Test("MQTT-3.3.2-7: aliases are the connection's, and do not outlive it with the session")
    func aliasesEndWithTheConnection() async throws {
        try await TestGateway.runOpen { test in
            let properties = MQTTProperties.with { $0.sessionExpiryInterval = 600 }
            let first = try await test.connectAnonymously("a", properties: properties)
            _ = try await first.request(Self.publish("t", "x", alias: 1))
            #expect(await test.lose(first))
            let second = try await test.connectAnonymously("a", cleanStart: false, properties: properties)
            try await second.send(Self.publish("", "x", alias: 1))
            #expect(
                try await second.closed().packets
                    == [.disconnect(MQTTDisconnect(reasonCode: .protocolError))])
        }
    }

    @Test("AWS IoT: a topic behind an alias is judged like one that is spelt out")
    func aliasesAreAuthorised() async throws {
        try await TestGateway.run { test in
            let client = try await test.connect(try await test.device("device1"), clientID: "device1")
            let others = "devices/device2/a"
            #expect(
                try await client.request(Self.publish(others, "x", alias: 1)) == Self.puback(.notAuthorized))
            #expect(try await client.request(Self.publish("", "x", alias: 1)) == Self.puback(.notAuthorized))
            #expect(
                try await client.request(Self.publish("devices/device1/a", "x", alias: 1))
                    == Self.puback(.noMatchingSubscribers))
        }
    }

    // MARK: Message expiry

    func expiring(_ test: TestGateway, _ text: String, after seconds: UInt32, retain: Bool = false) throws {
        try test.gateway.client("host").publish(
            ByteBuffer(string: text), to: "t", retain: retain,
            properties: .with { $0.messageExpiryInterval = seconds })
    }

    @Test("MQTT-3.3.2-5, -6: expired messages are not delivered; the others carry what is left")
    func messageExpiry() async throws {
        try await TestGateway.runOpen { test in
            let properties = MQTTProperties.with { $0.sessionExpiryInterval = 600 }
            let first = try await test.connectAnonymously("a", properties: properties)
            _ = try await first.subscribe("t")
            #expect(await test.lose(first))
            try expiring(test, "expired", after: 20)
            try expiring(test, "one second left", after: 21)
            try expiring(test, "long", after: 60)
            try test.gateway.client("host").publish("for ever", to: "t")
            test.clock.advance(seconds: 20)
            let second = try await test.connectAnonymously("a", cleanStart: false, properties: properties)
            for (text, left) in [("one second left", 1), ("long", 40), ("for ever", nil)]
                as [(String, UInt32?)]
            {
                let message = try await second.message()
                #expect(message.text == text)
                #expect(message.properties.messageExpiryInterval == left)
            }
            #expect(try await second.hasNothing())
        }
    }

    @Test("MQTT-3.3.2-5, -6: likewise retained messages")
    func retainedMessageExpiry() async throws {
        try await TestGateway.runOpen { test in
            try expiring(test, "kept", after: 60, retain: true)
            test.clock.advance(seconds: 59)
            let client = try await test.connectAnonymously("a")
            _ = try await client.subscribe("t")
            #expect(try await client.message().properties.messageExpiryInterval == 1)
            test.clock.advance(seconds: 1)
            _ = try await client.subscribe("t")
            #expect(try await client.hasNothing())
        }
    }

    @Test("MQTT-3.3.2-5: what was on its way when it expired is sent again all the same")
    func expiredInFlight() async throws {
        try await TestGateway.runOpen { test in
            let properties = MQTTProperties.with { $0.sessionExpiryInterval = 600 }
            let first = try await test.connectAnonymously("a", properties: properties)
            _ = try await first.subscribe("t")
            try expiring(test, "begun", after: 10)
            _ = try await first.unacknowledgedMessage()
            #expect(await test.lose(first))
            test.clock.advance(seconds: 30)
            let second = try await test.connectAnonymously("a", cleanStart: false, properties: properties)
            #expect(try await second.message().text == "begun")
        }
    }

    // MARK: Retained messages

    @Test(
        "MQTT-3.3.1-5, -6, -7: a retained message replaces the last; one without payload deletes it and is delivered"
    )
    func retainedDelete() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            let live = try await test.connectAnonymously("live")
            for text in ["one", "two"] { _ = try await client.publish("t", text, retain: true) }
            _ = try await live.subscribe("t")
            #expect(try await live.message().text == "two")
            #expect(try await live.hasNothing())
            #expect(try await client.publish("t", "", retain: true) == .success)
            let empty = try await live.message()
            #expect(empty.payload.readableBytes == 0)
            #expect(!empty.retain)
            _ = try await live.subscribe("t")
            #expect(try await live.hasNothing())
        }
    }

    @Test("MQTT-3.3.1-8: a message without RETAIN leaves the retained one alone")
    func notRetained() async throws {
        try await TestGateway.runOpen { test in
            let host = test.gateway.client("host")
            try host.publish("kept", to: "t", retain: true)
            try host.publish("passing", to: "t")
            try host.publish("", to: "t")
            let client = try await test.connectAnonymously("a")
            _ = try await client.subscribe("t")
            #expect(try await client.message().text == "kept")
        }
    }

    // MARK: Flow

    @Test("MQTT-3.3.4-9: no more than Receive Maximum unacknowledged; QoS 0 is not held back")
    func receiveMaximum() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a", properties: .with { $0.receiveMaximum = 2 })
            _ = try await client.subscribe("t")
            let host = test.gateway.client("host")
            for number in 1...4 { try host.publish("\(number)", to: "t") }
            let first = try await client.unacknowledgedMessage()
            let second = try await client.unacknowledgedMessage()
            #expect([first.text, second.text] == ["1", "2"])
            #expect(try await client.hasNothing())
            try host.publish("QoS 0", to: "t", qos: .atMostOnce)
            #expect(try await client.message().text == "QoS 0")
            try await client.acknowledge(try #require(second.delivery.packetID))
            #expect(try await client.unacknowledgedMessage().text == "3")
            #expect(try await client.hasNothing())
            // An identifier that is not in use frees nothing.
            try await client.acknowledge(60_000)
            #expect(try await client.hasNothing())
            try await client.acknowledge(try #require(first.delivery.packetID))
            #expect(try await client.unacknowledgedMessage().text == "4")
        }
    }

    @Test("MQTT-3.3.4-9: Receive Maximum holds for what is sent again on resuming")
    func receiveMaximumOnResuming() async throws {
        try await TestGateway.runOpen { test in
            let first = try await test.connectAnonymously(
                "a", properties: .with { $0.sessionExpiryInterval = 600 })
            _ = try await first.subscribe("t")
            for number in 1...3 { try test.gateway.client("host").publish("\(number)", to: "t") }
            for _ in 1...3 { _ = try await first.unacknowledgedMessage() }
            #expect(await test.lose(first))
            let second = try await test.connectAnonymously(
                "a", cleanStart: false,
                properties: .with {
                    $0.sessionExpiryInterval = 600
                    $0.receiveMaximum = 1
                })
            for number in 1...3 {
                let message = try await second.unacknowledgedMessage()
                #expect(message.text == "\(number)")
                #expect(try await second.hasNothing())
                try await second.acknowledge(try #require(message.delivery.packetID))
            }
        }
    }

    @Test("3.4.2.1: PUBACK 0x10 when nobody subscribes, 0x00 when somebody does; 3.1.1 knows no difference")
    func noMatchingSubscribers() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            #expect(try await client.publish("t", "x") == .noMatchingSubscribers)
            let subscription = try test.gateway.client("host").subscribe(to: "t")
            #expect(try await client.publish("t", "x") == .success)
            subscription.cancel()
            let old = try await test.connectAnonymously("b", version: .v3_1_1)
            #expect(try await old.publish("t", "x") == .success)
        }
    }

    @Test(
        "MQTT-4.3.2-5: every PUBLISH with DUP is a new one to the gateway, and DUP is not forwarded [MQTT-3.3.1-3]"
    )
    func dup() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            let subscriber = try await test.connectAnonymously("s")
            _ = try await subscriber.subscribe("t")
            for dup in [false, true] {
                _ = try await client.request(
                    .publish(
                        MQTTPublish(
                            topic: "t", payload: ByteBuffer(string: "x"),
                            delivery: .atLeastOnce(packetID: 1, dup: dup))))
                guard case .atLeastOnce(_, dup: false) = try await subscriber.message().delivery else {
                    Issue.record("DUP was forwarded")
                    return
                }
            }
        }
    }

    @Test(
        "MQTT-3.3.2-4, -15, -16, -17, -18, -20: properties are forwarded unchanged, user properties in order")
    func properties() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            let subscriber = try await test.connectAnonymously("s")
            let old = try await test.connectAnonymously("old", version: .v3_1_1)
            _ = try await subscriber.subscribe("t")
            _ = try await old.subscribe("t")
            let properties = MQTTProperties.with {
                $0.payloadFormatIndicator = 1
                $0.contentType = "text/plain"
                $0.responseTopic = "answers/a"
                $0.correlationData = ByteBuffer(bytes: [0, 255, 7])
                $0.userProperties = [
                    MQTTUserProperty(name: "b", value: "2"), MQTTUserProperty(name: "a", value: ""),
                    MQTTUserProperty(name: "b", value: "1"),
                ]
            }
            _ = try await client.request(
                .publish(
                    MQTTPublish(
                        topic: "t", payload: ByteBuffer(string: "x"),
                        delivery: .atLeastOnce(packetID: 1, dup: false), properties: properties)))
            #expect(try await subscriber.message().properties == properties)
            #expect(try await old.message().text == "x")
        }
    }
}
