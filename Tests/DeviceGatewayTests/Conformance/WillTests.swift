import DeviceGateway
import MQTTCodec
import NIOCore
import Testing
import X509Auth

/// Wills (MQTT 5, 3.1.2.5 and 3.1.3.2.2). Time is the manual clock's; what must not happen is shown by something
/// that happens later.
@Suite(.timeLimit(.minutes(2)))
struct WillTests {
    static let session = MQTTProperties.with { $0.sessionExpiryInterval = 600 }

    static func will(
        _ text: String, delay: UInt32? = nil, qos: MQTTQoS = .atLeastOnce, retain: Bool = false,
        topic: String = "gone"
    ) throws -> MQTTWill {
        MQTTWill(
            topic: try MQTTTopicName(topic), payload: ByteBuffer(string: text), qos: qos, retain: retain,
            properties: .with { $0.willDelayInterval = delay })
    }

    @Test("MQTT-3.1.2-8: published when the connection is lost", arguments: [MQTTVersion.v3_1_1, .v5])
    func published(version: MQTTVersion) async throws {
        try await TestGateway.runOpen { test in
            let gone = try test.gateway.client("host").subscribe(to: "gone")
            let client = try await test.connectAnonymously("a", version: version, will: try Self.will("lost"))
            #expect(await test.lose(client))
            var messages = gone.makeAsyncIterator()
            let message = try #require(await messages.next())
            #expect(message.text == "lost")
            #expect(message.qos == .atLeastOnce)
            #expect(!message.retain)
        }
    }

    @Test("MQTT-3.1.2-10: forgotten after DISCONNECT 0x00; 3.14.2.1: published after DISCONNECT 0x04")
    func disconnect() async throws {
        try await TestGateway.runOpen { test in
            let gone = try test.gateway.client("host").subscribe(to: "gone")
            let polite = try await test.connectAnonymously("a", will: try Self.will("polite"))
            #expect(try await test.leave(polite))
            let other = try await test.connectAnonymously("a", will: try Self.will("with will"))
            #expect(try await test.leave(other, .disconnectWithWill))
            var messages = gone.makeAsyncIterator()
            #expect(await messages.next()?.text == "with will")
        }
    }

    @Test("MQTT-3.1.2-14, -15: retained exactly when Will Retain is set")
    func retained() async throws {
        try await TestGateway.runOpen { test in
            let kept = try await test.connectAnonymously("a", will: try Self.will("kept", retain: true))
            #expect(await test.lose(kept))
            let passing = try await test.connectAnonymously("a", will: try Self.will("passing", topic: "b"))
            #expect(await test.lose(passing))
            let late = try await test.connectAnonymously("late")
            _ = try await late.subscribe("gone", "b")
            let message = try await late.message()
            #expect(message.text == "kept")
            #expect(message.retain)
            #expect(try await late.hasNothing())
        }
    }

    @Test("3.1.3.2.2: published when the Will Delay has passed, not before")
    func delay() async throws {
        try await TestGateway.runOpen { test in
            var messages = try test.gateway.client("host").subscribe(to: "gone").makeAsyncIterator()
            for (name, delay) in [("late", UInt32(10)), ("early", 5)] {
                let client = try await test.connectAnonymously(
                    name, will: try Self.will(name, delay: delay), properties: Self.session)
                #expect(await test.lose(client))
            }
            test.clock.advance(seconds: 9)
            #expect(await messages.next()?.text == "early")
            try test.gateway.client("host").publish("nine seconds have passed", to: "gone")
            #expect(await messages.next()?.text == "nine seconds have passed")
            test.clock.advance(seconds: 1)
            #expect(await messages.next()?.text == "late")
        }
    }

    @Test("3.1.3.2.2: the end of the session comes first", arguments: [0, 5] as [UInt32])
    func sessionEndsBeforeTheDelay(expiry: UInt32) async throws {
        try await TestGateway.runOpen { test in
            var messages = try test.gateway.client("host").subscribe(to: "gone").makeAsyncIterator()
            let client = try await test.connectAnonymously(
                "a", will: try Self.will("lost", delay: 100),
                properties: .with { $0.sessionExpiryInterval = expiry })
            #expect(await test.lose(client))
            if expiry > 0 {
                try test.gateway.client("host").publish("not yet", to: "gone")
                #expect(await messages.next()?.text == "not yet")
            }
            test.clock.advance(seconds: Int64(expiry))
            #expect(await messages.next()?.text == "lost")
        }
    }

    @Test("MQTT-3.1.3-9: not published when the session is resumed within the delay")
    func cancelledByResuming() async throws {
        try await TestGateway.runOpen { test in
            var messages = try test.gateway.client("host").subscribe(to: "gone").makeAsyncIterator()
            let first = try await test.connectAnonymously(
                "a", will: try Self.will("resumed", delay: 10), properties: Self.session)
            #expect(await test.lose(first))
            let other = try await test.connectAnonymously(
                "b", will: try Self.will("another's", delay: 15), properties: Self.session)
            #expect(await test.lose(other))
            let second = try await test.openAnonymously()
            #expect(try await second.connect("a", cleanStart: false, properties: Self.session).sessionPresent)
            test.clock.advance(seconds: 20)
            #expect(await messages.next()?.text == "another's")
        }
    }

    @Test(
        "MQTT-3.1.4-3, 3.1.3.2.2: take-over publishes the Will, unless it is delayed and the session goes on",
        arguments: [
            (delay: nil, cleanStart: true, isPublished: true),
            (delay: nil, cleanStart: false, isPublished: true),
            (delay: 10, cleanStart: true, isPublished: true),
            (delay: 10, cleanStart: false, isPublished: false),
        ] as [(delay: UInt32?, cleanStart: Bool, isPublished: Bool)])
    func takeOver(delay: UInt32?, cleanStart: Bool, isPublished: Bool) async throws {
        try await TestGateway.runOpen { test in
            var messages = try test.gateway.client("host").subscribe(to: "gone").makeAsyncIterator()
            let first = try await test.connectAnonymously(
                "a", will: try Self.will("taken over", delay: delay), properties: Self.session)
            _ = try await test.connectAnonymously("a", cleanStart: cleanStart, properties: Self.session)
            _ = try await first.closed()
            test.clock.advance(seconds: 11)
            let other = try await test.connectAnonymously("b", will: try Self.will("another's"))
            #expect(await test.lose(other))
            if isPublished { #expect(await messages.next()?.text == "taken over") }
            #expect(await messages.next()?.text == "another's")
        }
    }

    @Test("MQTT-3.1.2-8: published at the keep-alive's end and after a protocol error")
    func endsByTheGateway() async throws {
        try await TestGateway.runOpen { test in
            var messages = try test.gateway.client("host").subscribe(to: "gone").makeAsyncIterator()
            let faulty = try await test.connectAnonymously("a", will: try Self.will("faulty"))
            try await faulty.send(bytes: ByteBuffer(bytes: [0x00, 0x00]))
            #expect(await messages.next()?.text == "faulty")
            _ = try await test.connectAnonymously("b", keepAlive: 10, will: try Self.will("silent"))
            test.clock.advance(seconds: 16)
            #expect(await messages.next()?.text == "silent")
        }
    }

    @Test("MQTT-3.1.3-10, 3.1.3.2: the Will's properties reach the subscriber, its delay does not")
    func properties() async throws {
        try await TestGateway.runOpen { test in
            let subscriber = try await test.connectAnonymously("s")
            _ = try await subscriber.subscribe("gone")
            var will = try Self.will("lost")
            will.properties = .with {
                $0.willDelayInterval = 0
                $0.contentType = "text/plain"
                $0.responseTopic = "answers"
                $0.correlationData = ByteBuffer(string: "7")
                $0.userProperties = [
                    MQTTUserProperty(name: "b", value: "2"), MQTTUserProperty(name: "a", value: "1"),
                ]
            }
            #expect(await test.lose(try await test.connectAnonymously("a", will: will)))
            var expected = will.properties
            expected.willDelayInterval = nil
            #expect(try await subscriber.message().properties == expected)
        }
    }

    @Test("AWS IoT: a deactivated device says nothing more, not even by its Will")
    func deactivatedDevice() async throws {
        try await TestGateway.run { test in
            var messages = try test.gateway.client("host").subscribe(to: "devices/#").makeAsyncIterator()
            let credential = try await test.device("device1")
            let client = try await test.connect(
                credential, clientID: "device1", will: try Self.will("stolen", topic: "devices/device1/gone"))
            _ = try await test.registry.setStatus(of: credential.certificate.id, to: .inactive)
            _ = try await client.closed()
            #expect(await test.observer.wait { $0.disconnections.count == 1 })
            try test.gateway.client("host").publish("after", to: "devices/device1/gone")
            #expect(await messages.next()?.text == "after")
        }
    }

    @Test("AWS IoT: a Will on a topic the policies no longer allow is not published")
    func policyTakenAway() async throws {
        try await TestGateway.run { test in
            var messages = try test.gateway.client("host").subscribe(to: "#").makeAsyncIterator()
            let credential = try await test.device("device1", policy: "everything")
            let client = try await test.connect(
                credential, clientID: "device1", will: try Self.will("no longer allowed"))
            try await test.registry.attachPolicy("least-privilege", to: credential.certificate.id)
            try await test.registry.detachPolicy("everything", from: credential.certificate.id)
            #expect(await test.lose(client))
            try test.gateway.client("host").publish("after", to: "gone")
            #expect(await messages.next()?.text == "after")
        }
    }
}
