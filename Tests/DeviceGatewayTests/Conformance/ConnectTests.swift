import DeviceGateway
import MQTTCodec
import NIOCore
import Testing

/// CONNECT and CONNACK (MQTT 5, 3.1 and 3.2; MQTT 3.1.1, 3.1 and 3.2).
@Suite(.timeLimit(.minutes(2)))
struct ConnectTests {
    @Test("3.2.2.3: CONNACK says what the gateway offers, and leaves out what the client asked for itself")
    func whatTheGatewayOffers() async throws {
        try await TestGateway.runOpen {
            $0.limits.receiveMaximum = 33
            $0.limits.maximumPacketSize = 70_000
            $0.limits.topicAliasMaximum = 5
        } _: { test in
            let client = try await test.openAnonymously()
            let connack = try await client.connect("a", keepAlive: 60)
            #expect(
                connack
                    == MQTTConnack(
                        sessionPresent: false, reasonCode: .success,
                        properties: .with {
                            $0.receiveMaximum = 33
                            $0.maximumQoS = .atLeastOnce
                            $0.maximumPacketSize = 70_000
                            $0.topicAliasMaximum = 5
                            $0.sharedSubscriptionAvailable = false
                        }))
        }
    }

    @Test("MQTT-3.1.3-7, MQTT-3.2.2-16: a client without an identifier is assigned one of its own")
    func assignedClientIdentifier() async throws {
        try await TestGateway.runOpen { test in
            var assigned: Set<String> = []
            for _ in 0..<2 {
                let client = try await test.openAnonymously()
                let identifier = try await client.connect("").properties.assignedClientIdentifier
                assigned.insert(try #require(identifier))
            }
            #expect(assigned.count == 2)
            #expect(Set(test.gateway.connections.map(\.clientID)) == assigned)
        }
    }

    @Test("MQTT-3.1.3-8 (3.1.1): an empty identifier with CleanSession 0 is answered with return code 2")
    func emptyClientIdentifierWithASession() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.openAnonymously(version: .v3_1_1)
            #expect(try await client.connect("", cleanStart: false).reasonCode == .clientIdentifierNotValid)
            _ = try await client.closed()
            let clean = try await test.openAnonymously(version: .v3_1_1)
            #expect(try await clean.connect("", cleanStart: true).reasonCode == .success)
        }
    }

    @Test("MQTT-3.1.2-2: another protocol level is answered and closed", arguments: [3, 6] as [UInt8])
    func otherProtocolLevels(level: UInt8) async throws {
        try await TestGateway.runOpen { test in
            // Newer clients are answered in the newest form, older ones in the oldest.
            let client = try await test.openAnonymously(version: level > 5 ? .v5 : .v3_1_1)
            try await client.send(
                bytes: ByteBuffer(bytes: [
                    0x10, 13, 0, 4, 0x4D, 0x51, 0x54, 0x54, level, 2, 0, 60, 0, 1, 0x61,
                ]))
            let (packets, _) = try await client.closed()
            guard case .connack(let connack)? = packets.first else {
                Issue.record("no CONNACK: \(packets)")
                return
            }
            #expect(connack.reasonCode == .unsupportedProtocolVersion)
            #expect(packets.count == 1)
        }
    }

    /// CONNECT packets that break the standard, and what MQTT 5 has to say of them.
    enum Fault: String, CaseIterable, CustomTestStringConvertible {
        case receiveMaximumZero, duplicateProperty, reservedFlag, wildcardInWill

        var testDescription: String { rawValue }

        private static let prefix: [UInt8] = [0, 4, 0x4D, 0x51, 0x54, 0x54, 5]

        var packet: ByteBuffer {
            let body: [UInt8] =
                switch self {
                case .receiveMaximumZero: Self.prefix + [2, 0, 60, 3, 0x21, 0, 0, 0, 1, 0x61]
                case .duplicateProperty:
                    Self.prefix + [2, 0, 60, 6, 0x21, 0, 1, 0x21, 0, 1, 0, 1, 0x61]
                case .reservedFlag: Self.prefix + [3, 0, 60, 0, 0, 1, 0x61]
                case .wildcardInWill:
                    Self.prefix + [6, 0, 60, 0, 0, 1, 0x61, 0, 0, 1, UInt8(ascii: "#"), 0, 0]
                }
            return ByteBuffer(bytes: [0x10, UInt8(body.count)] + body)
        }

        var answers: Set<MQTTReasonCode> {
            switch self {
            case .receiveMaximumZero, .duplicateProperty: [.protocolError]
            case .reservedFlag: [.malformedPacket, .protocolError]
            case .wildcardInWill: [.topicNameInvalid]
            }
        }
    }

    @Test(
        "4.13.1: a faulty MQTT 5 CONNECT is answered with its reason code, once, and closed",
        arguments: Fault.allCases)
    func faultyConnect(fault: Fault) async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.openAnonymously()
            try await client.send(bytes: fault.packet)
            let (packets, _) = try await client.closed()
            #expect(packets.count == 1)
            guard case .connack(let connack)? = packets.first else {
                Issue.record("no CONNACK: \(packets)")
                return
            }
            #expect(fault.answers.contains(connack.reasonCode), "\(connack.reasonCode)")
            #expect(!connack.sessionPresent, "[MQTT-3.2.2-6]")
            #expect(await test.observer.wait { $0.refusals.map(\.reason) == [.protocolViolation] })
        }
    }

    @Test("MQTT-4.12.0-1: enhanced authentication is not offered")
    func authenticationMethod() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.openAnonymously()
            let connack = try await client.connect(
                "a", properties: .with { $0.authenticationMethod = "SCRAM-SHA-1" })
            #expect(connack.reasonCode == .badAuthenticationMethod)
            _ = try await client.closed()
        }
    }

    @Test("MQTT-4.12.0-6: AUTH without an Authentication Method is a protocol error")
    func authWithoutMethod() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            try await client.send(bytes: ByteBuffer(bytes: [0xF0, 0]))
            #expect(
                try await client.closed().packets
                    == [.disconnect(MQTTDisconnect(reasonCode: .protocolError))])
        }
    }

    @Test("MQTT-3.2.2-12: a Will at QoS 2 is refused with 0x9B, one on a reserved topic with 0x90")
    func unacceptableWills() async throws {
        try await TestGateway.runOpen { test in
            for (topic, qos, code) in [
                ("a", MQTTQoS.exactlyOnce, MQTTReasonCode.qosNotSupported),
                ("$SYS/a", .atMostOnce, .topicNameInvalid),
            ] {
                let client = try await test.openAnonymously()
                let will = MQTTWill(topic: try MQTTTopicName(topic), payload: ByteBuffer(), qos: qos)
                #expect(try await client.connect("a", will: will).reasonCode == code)
                _ = try await client.closed()
            }
        }
    }

    @Test("MQTT-3.1.4-3: take-over tells the first client 0x8E; over 3.1.1 it is closed")
    func takeOver() async throws {
        try await TestGateway.runOpen { test in
            let old = try await test.connectAnonymously("a", version: .v3_1_1)
            let middle = try await test.connectAnonymously("a")
            #expect(try await old.closed().packets.isEmpty)
            let new = try await test.connectAnonymously("a")
            #expect(
                try await middle.closed().packets
                    == [.disconnect(MQTTDisconnect(reasonCode: .sessionTakenOver))])
            #expect(try await new.hasNothing())
        }
    }
}
