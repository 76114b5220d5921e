import DeviceGateway
import GatewayTLS
import IoTPolicy
import MQTTCodec
import NIOCore
import Testing
import X509Auth

/// What a device may do by its policies, on real sockets, and what a change of them does to it.
@Suite(.timeLimit(.minutes(2)))
struct LeastPrivilegeTests {
    // MARK: Held to its own topics

    @Test func publishingToAnothersTopicIsRefusedAndSaysWhy() async throws {
        try await TestGateway.run { test in
            let client = try await test.connect(try await test.device("device1"), clientID: "device1")
            #expect(try await client.publish("devices/device2/telemetry", "x") == .notAuthorized)
            #expect(
                try await client.publish("devices/device1/telemetry", "x").isError == false, "stays connected"
            )
            let denial = try #require(test.observer.denials.first)
            #expect(denial.action == .publish)
            #expect(denial.name == "devices/device2/telemetry")
            #expect(!denial.explanation.summary.isEmpty)
        }
    }

    @Test func subscribingToAnothersTopicsIsRefusedPerFilter() async throws {
        try await TestGateway.run { test in
            let client = try await test.connect(try await test.device("device1"), clientID: "device1")
            let codes = try await client.subscribe("devices/device1/#", "devices/device2/#", "#", "a/#/b")
            #expect(codes == [.grantedQoS1, .notAuthorized, .notAuthorized, .topicFilterInvalid])
        }
    }

    @Test("AWS IoT: iot:Receive is judged on every delivery, on the concrete topic")
    func deliveryNeedsReceive() async throws {
        try await TestGateway.run { test in
            _ = try await test.registry.putPolicy(
                name: "wide-subscribe",
                text: """
                    {"Version": "2012-10-17", "Statement": [
                      {"Effect": "Allow", "Action": ["iot:Connect", "iot:Subscribe"], "Resource": "*"},
                      {"Effect": "Allow", "Action": "iot:Receive",
                       "Resource": "arn:aws:iot:us-east-1:123456789012:topic/public/*"}]}
                    """)
            let client = try await test.connect(
                try await test.device("device1", policy: "wide-subscribe"), clientID: "device1")
            #expect(try await client.subscribe("#") == [.grantedQoS1])
            let backend = test.gateway.client("backend")
            try backend.publish("secret", to: "private/a")
            try backend.publish("open", to: "public/a")
            let message = try await client.message()
            #expect(String(buffer: message.payload) == "open", "what may not be received was delivered")
            #expect(try await client.hasNothing())
        }
    }

    @Test("AWS IoT: RETAIN needs iot:RetainPublish as well as iot:Publish")
    func retainNeedsRetainPublish() async throws {
        try await TestGateway.run { test in
            _ = try await test.registry.putPolicy(
                name: "no-retain",
                text: """
                    {"Version": "2012-10-17", "Statement": [
                      {"Effect": "Allow", "Action": ["iot:Connect", "iot:Publish"], "Resource": "*"}]}
                    """)
            let client = try await test.connect(
                try await test.device("device1", policy: "no-retain"), clientID: "device1")
            #expect(try await client.publish("a", "x", retain: true) == .notAuthorized)
            #expect(try await client.publish("a", "x").isError == false)
        }
    }

    @Test("a client ID is only a claim: another's is refused")
    func anothersClientIDIsRefused() async throws {
        try await TestGateway.run { test in
            let credential = try await test.device("device1")
            _ = try await test.device("device2")
            let client = try await test.open(credential)
            let connack = try await client.connect("device2")
            #expect(connack.reasonCode == .notAuthorized)
            let refusal = try #require(test.observer.refusals.first)
            #expect(refusal.reason == .notAuthorized)
            #expect(refusal.explanation != nil)
        }
    }

    @Test func deniedQoS0PublishDisconnects() async throws {
        try await TestGateway.run { test in
            let client = try await test.connect(try await test.device("device1"), clientID: "device1")
            try await client.publishQoS0("devices/device2/telemetry", "x")
            let (packets, _) = try await client.closed()
            #expect(packets == [.disconnect(MQTTDisconnect(reasonCode: .notAuthorized))])
        }
    }

    @Test func deniedPublishOver311Disconnects() async throws {
        try await TestGateway.run { test in
            let client = try await test.connect(
                try await test.device("device1"), clientID: "device1", version: .v3_1_1)
            try await client.send(
                .publish(
                    MQTTPublish(
                        topic: "devices/device2/telemetry", payload: ByteBuffer(string: "x"),
                        delivery: .atLeastOnce(packetID: 1, dup: false))))
            let (packets, _) = try await client.closed()
            #expect(packets.isEmpty, "a refused PUBLISH must not be acknowledged")
        }
    }

    @Test func willOnAnothersTopicRefusesTheConnection() async throws {
        try await TestGateway.run { test in
            let will = MQTTWill(
                topic: try MQTTTopicName("devices/device2/gone"), payload: ByteBuffer(string: "x"),
                qos: .atMostOnce, retain: false, properties: MQTTProperties())
            let client = try await test.open(try await test.device("device1"))
            #expect(try await client.connect("device1", will: will).reasonCode == .notAuthorized)
        }
    }

    // MARK: Changes reach live connections

    @Test func deactivationCutsOffThatOneDevice() async throws {
        try await TestGateway.run { test in
            let first = try await test.device("device1")
            let second = try await test.device("device2")
            let thief = try await test.connect(first, clientID: "device1")
            let other = try await test.connect(second, clientID: "device2")
            _ = try await test.registry.setStatus(of: first.certificate.id, to: .inactive)
            let (packets, _) = try await thief.closed()
            #expect(packets == [.disconnect(MQTTDisconnect(reasonCode: .notAuthorized))])
            #expect(try await other.publish("devices/device2/a", "x").isError == false)
            // And its certificate gets no further than the handshake.
            let again = try await test.open(first)
            await #expect(throws: TestClient.Closed.self) { try await again.connect("device1") }
        }
    }

    @Test("when setStatus has returned, nothing that the device says is heard any more")
    func deactivationHoldsFromTheMomentItReturns() async throws {
        try await TestGateway.run { test in
            let credential = try await test.device("device1")
            let client = try await test.connect(credential, clientID: "device1")
            var heard = try test.gateway.client("backend").subscribe(to: "devices/#").makeAsyncIterator()
            #expect(try await client.publish("devices/device1/a", "before") == .success)
            _ = try await test.registry.setStatus(of: credential.certificate.id, to: .inactive)
            #expect(test.gateway.connections.isEmpty, "whatever its loop was doing")
            try await client.publishQoS0("devices/device1/a", "after")
            #expect(
                try await client.closed().packets
                    == [.disconnect(MQTTDisconnect(reasonCode: .notAuthorized))])
            try test.gateway.client("backend").publish("end", to: "devices/end")
            #expect(await heard.next()?.text == "before")
            #expect(await heard.next()?.text == "end")
        }
    }

    @Test func changedPolicyHoldsForTheNextPacket() async throws {
        try await TestGateway.run { test in
            let credential = try await test.device("device1", policy: "everything")
            let client = try await test.connect(credential, clientID: "device1")
            #expect(try await client.publish("a", "x").isError == false)
            try await test.registry.attachPolicy("least-privilege", to: credential.certificate.id)
            try await test.registry.detachPolicy("everything", from: credential.certificate.id)
            #expect(try await client.publish("a", "x") == .notAuthorized)
        }
    }

    @Test func certificateExpiryEndsALiveConnection() async throws {
        try await TestGateway.run { test in
            let credential = try await test.device("device1", notAfter: TestGateway.now + 90 * 86_400)
            let client = try await test.connect(credential, clientID: "device1")
            test.clock.advance(seconds: 90 * 86_400 + 1)
            // Keep-alive would end it as well; which of the two is named tells them apart.
            let (packets, _) = try await client.closed()
            #expect(packets == [.disconnect(MQTTDisconnect(reasonCode: .notAuthorized))])
        }
    }

    // MARK: First sight

    @Test func certificateOfARegisteredAuthorityIsAdmittedOnFirstSight() async throws {
        try await TestGateway.run { test in
            let (foreign, _) = try CertificateAuthority.create(
                commonName: "Foreign CA", notBefore: TestGateway.now - 1000, notAfter: 2_524_607_999)
            let device = try foreign.issueDevice(commonName: "pump-7", notBefore: TestGateway.now - 1000)
            let early = try await test.open(device)
            await #expect(throws: TestClient.Closed.self) { try await early.connect("pump-7") }

            _ = try await test.registry.registerAuthority(
                certificate: foreign.certificate,
                autoRegistration: .commonName(ProvisioningTemplate(policyNames: ["least-privilege"])),
                now: TestGateway.now)
            let client = try await test.open(device)
            #expect(try await client.connect("pump-7").reasonCode == .success)
            #expect(try await client.publish("devices/pump-7/a", "x").isError == false)
            #expect(try await client.publish("devices/pump-8/a", "x") == .notAuthorized)
            #expect(test.registry.certificate(device.certificate.id)?.status == .active)

            // The next connection takes the ordinary path, and deactivation holds.
            _ = try await test.registry.setStatus(of: device.certificate.id, to: .inactive)
            let again = try await test.open(device)
            await #expect(throws: TestClient.Closed.self) { try await again.connect("pump-7") }
        }
    }
}
