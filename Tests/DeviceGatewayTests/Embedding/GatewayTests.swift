import GatewayTLS
import IoTPolicy
import MQTTCodec
import NIOCore
import Testing
import X509Auth

@testable import DeviceGateway

/// The whole path on real sockets: TLS, CONNECT, policies, routing, delivery.
@Suite(.timeLimit(.minutes(2)))
struct GatewayTests {
    // MARK: The path

    @Test(arguments: [MQTTVersion.v3_1_1, .v5], [TLSVersion.v1_2, .v1_3])
    func deviceReportsToItsOwnTopicAndReadsItsOwn(version: MQTTVersion, tls: TLSVersion) async throws {
        try await TestGateway.run { test in
            let credential = try await test.device("device1")
            let client = try await test.open(credential, version: version, tls: tls...tls)
            let connack = try await client.connect("device1")
            #expect(connack.reasonCode == .success)
            #expect(try await client.subscribe("devices/device1/commands") == [.grantedQoS1])

            let backend = try test.gateway.client("backend").subscribe(to: "devices/+/telemetry")
            #expect(try await client.publish("devices/device1/telemetry", "21.5") == .success)
            var messages = backend.makeAsyncIterator()
            let message = try #require(await messages.next())
            #expect(message.topic == "devices/device1/telemetry")
            #expect(message.text == "21.5")

            try test.gateway.client("backend").publish("restart", to: "devices/device1/commands")
            let command = try await client.message()
            #expect(String(buffer: command.payload) == "restart")
        }
    }

    @Test func qos0IsDeliveredWithoutIdentifier() async throws {
        try await TestGateway.run { test in
            let client = try await test.connect(try await test.device("device1"), clientID: "device1")
            _ = try await client.subscribe("devices/device1/#", qos: .atMostOnce)
            try await client.publishQoS0("devices/device1/a", "x")
            let message = try await client.message()
            #expect(message.delivery == .atMostOnce)
        }
    }

    @Test func manyMessagesArriveOnceAndInOrder() async throws {
        try await TestGateway.run { test in
            let client = try await test.connect(try await test.device("device1"), clientID: "device1")
            _ = try await client.subscribe("devices/device1/#")
            let backend = test.gateway.client("backend")
            for number in 0..<2_000 { try backend.publish("\(number)", to: "devices/device1/n") }
            for number in 0..<2_000 {
                let message = try await client.message()
                #expect(String(buffer: message.payload) == "\(number)")
            }
            #expect(try await client.hasNothing())
        }
    }

    // MARK: Wills, sessions, retained messages

    @Test func willIsPublishedWhenTheConnectionIsLostAndNotAfterDisconnect() async throws {
        try await TestGateway.run { test in
            let credential = try await test.device("device1")
            let gone = try test.gateway.client("backend").subscribe(to: "devices/device1/gone")
            let will = MQTTWill(
                topic: try MQTTTopicName("devices/device1/gone"), payload: ByteBuffer(string: "lost"),
                qos: .atLeastOnce, retain: false, properties: MQTTProperties())
            let polite = try await test.connect(credential, clientID: "device1", will: will)
            try await polite.send(.disconnect(MQTTDisconnect(reasonCode: .success)))
            _ = try await polite.closed()
            let rude = try await test.connect(credential, clientID: "device1", will: will)
            await rude.abort()
            var messages = gone.makeAsyncIterator()
            #expect(await messages.next()?.text == "lost")
            try test.gateway.client("backend").publish("end", to: "devices/device1/gone")
            #expect(await messages.next()?.text == "end", "the Will was published twice")
        }
    }

    @Test func persistentSessionKeepsQoS1Messages() async throws {
        try await TestGateway.run { test in
            let credential = try await test.device("device1")
            var properties = MQTTProperties()
            properties.sessionExpiryInterval = 600
            let first = try await test.connect(credential, clientID: "device1", properties: properties)
            _ = try await first.subscribe("devices/device1/#")
            await first.abort()
            #expect(await test.observer.wait { $0.disconnections.count == 1 })
            try test.gateway.client("backend").publish("kept", to: "devices/device1/a")

            let second = try await test.open(credential)
            let connack = try await second.connect("device1", cleanStart: false, properties: properties)
            #expect(connack.sessionPresent)
            #expect(String(buffer: try await second.message().payload) == "kept")
        }
    }

    @Test("a session belongs to who opened it: another certificate with the client ID starts afresh")
    func anotherPrincipalDoesNotInheritTheSession() async throws {
        try await TestGateway.run { test in
            let first = try await test.device("device1", policy: "everything")
            let second = try await test.device("device2", policy: "everything")
            var properties = MQTTProperties()
            properties.sessionExpiryInterval = 600
            let owner = try await test.connect(first, clientID: "shared", properties: properties)
            _ = try await owner.subscribe("#")
            await owner.abort()
            #expect(await test.observer.wait { $0.disconnections.count == 1 })
            try test.gateway.client("backend").publish("for device1", to: "a")
            let other = try await test.open(second)
            let connack = try await other.connect("shared", cleanStart: false, properties: properties)
            #expect(!connack.sessionPresent)
            #expect(try await other.hasNothing())
        }
    }

    @Test("MQTT-3.1.4-3: a second connection takes the client ID over")
    func takeover() async throws {
        try await TestGateway.run { test in
            let credential = try await test.device("device1")
            let first = try await test.connect(credential, clientID: "device1")
            let second = try await test.connect(credential, clientID: "device1")
            let (packets, _) = try await first.closed()
            #expect(packets == [.disconnect(MQTTDisconnect(reasonCode: .sessionTakenOver))])
            #expect(try await second.publish("devices/device1/a", "x").isError == false)
        }
    }

    @Test func retainedMessageAnswersASubscription() async throws {
        try await TestGateway.run { test in
            let client = try await test.connect(try await test.device("device1"), clientID: "device1")
            #expect(try await client.publish("devices/device1/state", "on", retain: true).isError == false)
            _ = try await client.subscribe("devices/device1/+")
            let message = try await client.message()
            #expect(message.retain)
            #expect(String(buffer: message.payload) == "on")
        }
    }

    @Test("MQTT-3.1.2-22: silence for one and a half keep-alive intervals ends the connection")
    func keepAliveEndsASilentConnection() async throws {
        try await TestGateway.run { test in
            let client = try await test.connect(try await test.device("device1"), clientID: "device1")
            let hasty = try await test.open(try await test.device("device2"))
            try await hasty.connect("device2", keepAlive: 59)
            test.clock.advance(seconds: 89)
            // Whoever promised to speak within 59 seconds is ended, who promised 60 is not.
            #expect(
                try await hasty.closed().packets
                    == [.disconnect(MQTTDisconnect(reasonCode: .keepAliveTimeout))])
            #expect(try await client.hasNothing())
            test.clock.advance(seconds: 91)
            let (packets, _) = try await client.closed()
            #expect(packets == [.disconnect(MQTTDisconnect(reasonCode: .keepAliveTimeout))])
        }
    }

    // MARK: The plaintext endpoint

    @Test func anonymousClientsNeedAPolicy() async throws {
        try await TestGateway.run { test in
            let client = try await TestClient.open(port: test.plaintextPort, tls: nil, version: .v5)
            #expect(try await client.connect("anyone").reasonCode == .notAuthorized)
        }
        try await TestGateway.run {
            $0.plaintext = PlaintextEndpoint(port: 0, anonymousPolicies: ["everything"])
        } _: { test in
            let client = try await TestClient.open(port: test.plaintextPort, tls: nil, version: .v5)
            #expect(try await client.connect("anyone").reasonCode == .success)
            let withPassword = try await TestClient.open(port: test.plaintextPort, tls: nil, version: .v5)
            #expect(
                try await withPassword.connect("anyone", password: ByteBuffer(string: "pass")).reasonCode
                    == .badUserNameOrPassword)
        }
    }

    @Test func missingAnonymousPolicyRefuses() async throws {
        try await TestGateway.run {
            $0.plaintext = PlaintextEndpoint(port: 0, anonymousPolicies: ["everything", "no-such-policy"])
        } _: { test in
            let client = try await TestClient.open(port: test.plaintextPort, tls: nil, version: .v5)
            #expect(try await client.connect("anyone").reasonCode == .notAuthorized)
        }
    }

    @Test func plaintextBeyondLoopbackNeedsTheDangerousSetting() async throws {
        for (host, isAllowed) in [
            ("0.0.0.0", false), ("::", false), ("192.0.2.1", false), ("127.0.0.1", true), ("127.1.2.3", true),
        ] {
            let registry = try await DeviceRegistry.open(store: InMemoryRegistryStore())
            let gateway = Gateway(
                configuration: GatewayConfiguration(plaintext: PlaintextEndpoint(host: host, port: 0)),
                registry: registry)
            do {
                try await gateway.start()
                #expect(isAllowed, "\(host)")
            } catch {
                #expect(!isAllowed, "\(host): \(error)")
                #expect(error.code == .invalidConfiguration)
            }
            await gateway.stop()
        }
    }

    // MARK: What is absent is refused

    @Test func qos2IsRefused() async throws {
        try await TestGateway.run { test in
            let client = try await test.open(try await test.device("device1"))
            let connack = try await client.connect("device1")
            #expect(connack.properties.maximumQoS == .atLeastOnce)
            #expect(try await client.subscribe("devices/device1/#", qos: .exactlyOnce) == [.grantedQoS1])
            try await client.send(
                .publish(
                    MQTTPublish(
                        topic: "devices/device1/a", payload: ByteBuffer(),
                        delivery: .exactlyOnce(packetID: 1, dup: false))))
            let (packets, _) = try await client.closed()
            #expect(packets == [.disconnect(MQTTDisconnect(reasonCode: .qosNotSupported))])
        }
    }

    @Test func sharedSubscriptionsAreRefused() async throws {
        try await TestGateway.run { test in
            let client = try await test.connect(
                try await test.device("device1", policy: "everything"), clientID: "device1")
            #expect(try await client.subscribe("$share/g/a") == [.sharedSubscriptionsNotSupported])
        }
    }

    @Test func reservedTopicsAreRefused() async throws {
        try await TestGateway.run { test in
            let client = try await test.connect(
                try await test.device("device1", policy: "everything"), clientID: "device1")
            #expect(try await client.publish("$aws/things/device1/shadow/get", "") == .topicNameInvalid)
        }
    }

    // MARK: Start and stop

    @Test func portInUseIsNamed() async throws {
        try await TestGateway.run { test in
            let registry = try await DeviceRegistry.open(store: InMemoryRegistryStore())
            let second = Gateway(
                configuration: GatewayConfiguration(plaintext: PlaintextEndpoint(port: test.plaintextPort)),
                registry: registry)
            let error = await #expect(throws: GatewayError.self) { try await second.start() }
            #expect(error?.code == .addressInUse)
            #expect(error?.message.contains("\(test.plaintextPort)") == true)
        }
    }

    @Test func stoppingTellsEveryone() async throws {
        var client: TestClient?
        try await TestGateway.run { test in
            client = try await test.connect(try await test.device("device1"), clientID: "device1")
        }
        let (packets, _) = try await #require(client).closed()
        #expect(packets == [.disconnect(MQTTDisconnect(reasonCode: .serverShuttingDown))])
    }

    @Test("whichever comes first, a gateway that was stopped while it started does not run")
    func stoppedWhileStarting() async throws {
        for _ in 0..<20 {
            let gateway = Gateway(
                configuration: GatewayConfiguration(plaintext: PlaintextEndpoint(port: 0)),
                registry: try await DeviceRegistry.open(store: InMemoryRegistryStore()))
            async let started = try? gateway.start()
            await gateway.stop()
            _ = await started
            #expect(gateway.loops.isEmpty)
        }
    }
}
