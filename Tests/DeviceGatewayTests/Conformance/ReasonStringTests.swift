import DeviceGateway
import MQTTCodec
import NIOCore
import Testing
import X509Auth

/// Reason strings: whether a device is told why (`explainsRefusalsToDevices`), and whether it wants to be
/// (MQTT 5, 3.1.2.11.7).
@Suite(.timeLimit(.minutes(2)))
struct ReasonStringTests {
    /// A device's PUBACK for a refused PUBLISH.
    func refusedPuback(
        explains: Bool, topic: String = "devices/device2/a", _ connect: MQTTProperties = MQTTProperties()
    ) async throws -> MQTTAcknowledgement? {
        var result: MQTTAcknowledgement?
        try await TestGateway.run {
            $0.behaviour.explainsRefusalsToDevices = explains
        } _: { test in
            let client = try await test.connect(
                try await test.device("device1"), clientID: "device1", properties: connect)
            let answer = try await client.request(PublishTests.publish(topic, "x"))
            if case .puback(let puback) = answer { result = puback }
        }
        #expect(result?.reasonCode == .notAuthorized)
        return result
    }

    @Test("a refused PUBLISH is explained when the switch is on")
    func explained() async throws {
        let text = try await refusedPuback(explains: true)?.properties.reasonString
        let reason = try #require(text)
        #expect(reason.contains("iot:Publish"), "\(reason)")
        #expect(reason.utf8.count <= 256)
    }

    @Test("off, the default, no packet carries a reason string")
    func notExplained() async throws {
        #expect(GatewayBehaviour().explainsRefusalsToDevices == false)
        #expect(try await refusedPuback(explains: false)?.properties == MQTTProperties())
        try await TestGateway.run { test in
            let client = try await test.open(try await test.device("device1"))
            #expect(
                try await client.connect("device2")
                    == MQTTConnack(sessionPresent: false, reasonCode: .notAuthorized))
        }
    }

    @Test(
        "MQTT-3.1.2-29: with Request Problem Information 0, PUBACK carries none; with 1 it does",
        arguments: [0, 1] as [UInt8])
    func requestProblemInformation(value: UInt8) async throws {
        let puback = try await refusedPuback(
            explains: true, .with { $0.requestProblemInformation = value })
        #expect((puback?.properties.reasonString != nil) == (value == 1))
    }

    @Test("MQTT-3.4.2-2: left out where the packet would exceed the client's Maximum Packet Size")
    func leftOutOfSmallPackets() async throws {
        let puback = try await refusedPuback(explains: true, .with { $0.maximumPacketSize = 128 })
        let size = try #require(puback.map { PacketSizeTests.size(.puback($0)) })
        #expect(size <= 128)
    }

    @Test("a long topic makes no long reason: at most 256 bytes, of whole characters")
    func bounded() async throws {
        let topic = "devices/device2/" + String(repeating: "é", count: 10_000)
        let puback = try await refusedPuback(explains: true, topic: topic)
        let reason = try #require(puback?.properties.reasonString)
        #expect(reason.utf8.count <= 256)
        #expect(!reason.unicodeScalars.contains("\u{FFFD}"))
    }

    @Test("a refused CONNECT is explained in CONNACK when the switch is on, and never over 3.1.1")
    func connack() async throws {
        try await TestGateway.run {
            $0.behaviour.explainsRefusalsToDevices = true
        } _: { test in
            let credential = try await test.device("device1")
            let client = try await test.open(credential)
            let connack = try await client.connect("device2")
            #expect(connack.reasonCode == .notAuthorized)
            #expect(try #require(connack.properties.reasonString).contains("iot:Connect"))
            let old = try await test.open(credential, version: .v3_1_1)
            #expect(
                try await old.connect("device2")
                    == MQTTConnack(sessionPresent: false, reasonCode: .notAuthorized))
        }
    }

    @Test("MQTT-3.2.2-19: left out of a CONNACK that would exceed the client's Maximum Packet Size")
    func connackFits() async throws {
        try await TestGateway.run {
            $0.behaviour.explainsRefusalsToDevices = true
        } _: { test in
            let client = try await test.open(try await test.device("device1"))
            let clientID = "device2" + String(repeating: "x", count: 100)
            let connack = try await client.connect(
                clientID, properties: .with { $0.maximumPacketSize = 128 })
            #expect(connack.reasonCode == .notAuthorized)
            #expect(PacketSizeTests.size(.connack(connack)) <= 128)
        }
    }

    @Test("DISCONNECT says why when the switch is on")
    func disconnect() async throws {
        try await TestGateway.runOpen {
            $0.behaviour.explainsRefusalsToDevices = true
        } _: { test in
            let client = try await test.connectAnonymously("a", keepAlive: 10)
            test.clock.advance(seconds: 16)
            guard case .disconnect(let disconnect)? = try await client.closed().packets.last else {
                Issue.record("no DISCONNECT")
                return
            }
            #expect(disconnect.reasonCode == .keepAliveTimeout)
            #expect(disconnect.properties.reasonString?.contains("keep-alive") == true)
        }
    }
}
