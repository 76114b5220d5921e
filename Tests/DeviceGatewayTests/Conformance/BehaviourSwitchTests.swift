import DeviceGateway
import MQTTCodec
import NIOCore
import Testing
import X509Auth

/// `GatewayBehaviour`: where the standard and AWS IoT Core differ, both ways.
@Suite(.timeLimit(.minutes(2)))
struct BehaviourSwitchTests {
    @Test("MQTT-3.9.3 (3.1.1): a refused filter gets 0x80 and the connection stays, by default")
    func refusedSubscriptionByTheStandard() async throws {
        try await TestGateway.run { test in
            let client = try await test.connect(
                try await test.device("device1"), clientID: "device1", version: .v3_1_1)
            let codes = try await client.subscribe("devices/device1/a", "devices/device2/a", "#")
            #expect(codes.map(\.rawValue) == [0x01, 0x80, 0x80])
            #expect(try await client.hasNothing())
        }
    }

    @Test("AWS IoT: with .disconnect a 3.1.1 client is closed, without SUBACK; one with MQTT 5 gets 0x87")
    func refusedSubscriptionAsAWSDoes() async throws {
        try await TestGateway.run {
            $0.behaviour.refusedSubscription = .disconnect
        } _: { test in
            let credential = try await test.device("device1")
            let old = try await test.connect(credential, clientID: "device1", version: .v3_1_1)
            #expect(try await old.subscribe("devices/device1/a") == [.grantedQoS1])
            try await old.send(
                .subscribe(
                    MQTTSubscribe(
                        packetID: 2,
                        subscriptions: ["devices/device1/b", "devices/device2/a"].map {
                            MQTTSubscription(filter: $0)
                        })))
            #expect(try await old.closed().packets.isEmpty)
            let new = try await test.connect(credential, clientID: "device1")
            #expect(
                try await new.subscribe("devices/device1/a", "devices/device2/a")
                    == [.grantedQoS1, .notAuthorized])
            #expect(try await new.hasNothing())
        }
    }

    @Test("MQTT-3.2.2-5 (3.1.1): a refused CONNECT gets return code 5, by default")
    func refusedConnectionByTheStandard() async throws {
        try await TestGateway.run { test in
            let client = try await test.open(try await test.device("device1"), version: .v3_1_1)
            #expect(
                try await client.connect("device2")
                    == MQTTConnack(sessionPresent: false, reasonCode: .notAuthorized))
            #expect(try await client.closed().packets.isEmpty)
        }
    }

    @Test(
        "AWS IoT: with .disconnect a refused 3.1.1 client is closed without CONNACK; one with MQTT 5 gets 0x87"
    )
    func refusedConnectionAsAWSDoes() async throws {
        try await TestGateway.run {
            $0.behaviour.refusedConnection = .disconnect
        } _: { test in
            let credential = try await test.device("device1")
            let old = try await test.open(credential, version: .v3_1_1)
            try await old.send(.connect(MQTTConnect(version: .v3_1_1, clientID: "device2")))
            #expect(try await old.closed().packets.isEmpty)
            let new = try await test.open(credential)
            #expect(try await new.connect("device2").reasonCode == .notAuthorized)
            #expect(
                await test.observer.wait { $0.refusals.map(\.reason) == [.notAuthorized, .notAuthorized] })
        }
    }

    @Test(
        "MQTT-4.7.1-2: `s/#` matches `s` by default, and not with the switch off, as AWS IoT has it",
        arguments: [true, false])
    func multiLevelWildcardMatchesParent(isOn: Bool) async throws {
        try await TestGateway.runOpen {
            #expect($0.behaviour.multiLevelWildcardMatchesParent, "the default is the standard's")
            $0.behaviour.multiLevelWildcardMatchesParent = isOn
        } _: { test in
            let client = try await test.connectAnonymously("a")
            _ = try await client.subscribe("s/#")
            for topic in ["s", "s/", "s/t"] { try test.gateway.client("host").publish("x", to: topic) }
            var topics: [String] = []
            for _ in 0..<(isOn ? 3 : 2) { topics.append(try await client.message().topic) }
            #expect(topics == (isOn ? ["s", "s/", "s/t"] : ["s/", "s/t"]))
            #expect(try await client.hasNothing())
        }
    }

    @Test("the same holds for retained messages", arguments: [true, false])
    func multiLevelWildcardAndRetainedMessages(isOn: Bool) async throws {
        try await TestGateway.runOpen {
            $0.behaviour.multiLevelWildcardMatchesParent = isOn
        } _: { test in
            for topic in ["s", "s/t"] {
                try test.gateway.client("host").publish("x", to: topic, retain: true)
            }
            let client = try await test.connectAnonymously("a")
            _ = try await client.subscribe("s/#")
            var topics: Set<String> = []
            for _ in 0..<(isOn ? 2 : 1) { topics.insert(try await client.message().topic) }
            #expect(topics == (isOn ? ["s", "s/t"] : ["s/t"]))
            #expect(try await client.hasNothing())
        }
    }
}
