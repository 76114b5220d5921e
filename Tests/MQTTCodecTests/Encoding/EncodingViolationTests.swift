import MQTTCodec
import NIOCore
import Testing

/// What the encoder refuses to write.
@Suite struct EncodingViolationTests {
    struct Violation: CustomTestStringConvertible, Sendable {
        let statement: String
        let title: String
        let version: MQTTVersion
        let packet: MQTTPacket
        var testDescription: String { "\(statement) \(title)" }
    }

    static let violations: [Violation] = {
        func row(_ statement: String, _ title: String, _ version: MQTTVersion, _ packet: MQTTPacket)
            -> Violation
        {
            Violation(statement: statement, title: title, version: version, packet: packet)
        }
        func publish(
            _ topic: String = "a", _ delivery: MQTTDelivery = .atMostOnce,
            _ properties: MQTTProperties = MQTTProperties()
        ) -> MQTTPacket {
            .publish(
                MQTTPublish(topic: topic, payload: ByteBuffer(), delivery: delivery, properties: properties))
        }
        func connect(_ set: (inout MQTTProperties) -> Void) -> MQTTPacket {
            .connect(MQTTConnect(version: .v5, clientID: "c", properties: properties(set)))
        }
        func subscribe(
            _ filter: String, noLocal: Bool = false, _ properties: MQTTProperties = MQTTProperties()
        )
            -> MQTTPacket
        {
            .subscribe(
                MQTTSubscribe(
                    packetID: 1, subscriptions: [MQTTSubscription(filter: filter, noLocal: noLocal)],
                    properties: properties))
        }
        let long = String(repeating: "x", count: 65_536)
        let longData = ByteBuffer(repeating: 0, count: 65_536)
        return [
            row("MQTT-3.3.2-2", "wildcard in a topic name", .v3_1_1, publish("a/+")),
            row("MQTT-4.7.3-1", "empty topic name", .v3_1_1, publish("")),
            row("§3.3.2.1", "neither topic nor alias", .v5, publish("")),
            row("§1.5.3", "long topic name", .v3_1_1, publish(long)),
            row("MQTT-1.5.4-2", "U+0000 in a topic name", .v5, publish("a\0b")),
            row(
                "MQTT-2.3.1-1", "packet identifier 0", .v3_1_1,
                publish("a", .atLeastOnce(packetID: 0, dup: false))),
            row("MQTT-2.2.1-3", "packet identifier 0", .v5, .pubrel(MQTTAcknowledgement(packetID: 0))),
            row(
                "MQTT-3.3.2-8", "topic alias 0", .v5,
                publish("a", .atMostOnce, properties { $0.topicAlias = 0 })),
            row(
                "MQTT-3.3.2-14", "wildcard in the response topic", .v5,
                publish("a", .atMostOnce, properties { $0.responseTopic = "r/#" })),
            row(
                "§3.8.2.1.2", "subscription identifier too large", .v5,
                publish("a", .atMostOnce, properties { $0.subscriptionIdentifiers = [268_435_456] })),
            row(
                "§2.2.2.2", "payload format 2", .v5,
                publish("a", .atMostOnce, properties { $0.payloadFormatIndicator = 2 })),
            row(
                "§2.2.2.2", "misplaced property", .v5,
                publish("a", .atMostOnce, properties { $0.receiveMaximum = 5 })),
            row(
                "§1.5.6", "long correlation data", .v5,
                publish("a", .atMostOnce, properties { $0.correlationData = longData })),
            row("§3.1.2.11.3", "receive maximum 0", .v5, connect { $0.receiveMaximum = 0 }),
            row("§3.1.2.11.4", "maximum packet size 0", .v5, connect { $0.maximumPacketSize = 0 }),
            row("§3.1.2.11.10", "data without method", .v5, connect { $0.authenticationData = ByteBuffer() }),
            row(
                "MQTT-3.1.2-22", "password without user name", .v3_1_1,
                .connect(MQTTConnect(version: .v3_1_1, clientID: "c", password: ByteBuffer()))),
            row(
                "§1.5.6", "long password", .v5,
                .connect(MQTTConnect(version: .v5, clientID: "c", password: longData))),
            row(
                "MQTT-3.1.2-2", "another version", .v5, .connect(MQTTConnect(version: .v3_1_1, clientID: "c"))
            ),
            row(
                "MQTT-3.2.2-6", "session present in a refusal", .v5,
                .connack(MQTTConnack(sessionPresent: true, reasonCode: .banned))),
            row(
                "§2.2.2.2", "maximum QoS 2", .v5,
                .connack(MQTTConnack(properties: properties { $0.maximumQoS = .exactlyOnce }))),
            row("MQTT-3.8.3-2", "no filter", .v5, .subscribe(MQTTSubscribe(packetID: 1, subscriptions: []))),
            row("MQTT-3.8.3-4", "No Local, shared", .v5, subscribe("$share/g/a", noLocal: true)),
            row("§3.8.3", "No Local in MQTT 3.1.1", .v3_1_1, subscribe("a", noLocal: true)),
            row(
                "§2.2.2.2", "two subscription identifiers", .v5,
                subscribe("a", properties { $0.subscriptionIdentifiers = [1, 2] })),
            row(
                "§3.8.2.1.2", "subscription identifier 0", .v5,
                subscribe("a", properties { $0.subscriptionIdentifiers = [0] })),
            row(
                "MQTT-3.8.4-6", "SUBACK without codes", .v5, .suback(MQTTSuback(packetID: 1, reasonCodes: []))
            ),
            row(
                "MQTT-3.9.3-2", "reserved code", .v3_1_1,
                .suback(MQTTSuback(packetID: 1, reasonCodes: [.noSubscriptionExisted]))),
            row(
                "MQTT-3.10.3-2", "no filter", .v3_1_1, .unsubscribe(MQTTUnsubscribe(packetID: 1, filters: []))
            ),
            row("MQTT-3.11.3-1", "UNSUBACK without codes", .v5, .unsuback(MQTTUnsuback(packetID: 1))),
            row(
                "§3.4.2", "an error MQTT 3.1.1 can't express", .v3_1_1,
                .puback(MQTTAcknowledgement(packetID: 1, reasonCode: .notAuthorized))),
            row("§2.2.1", "AUTH in MQTT 3.1.1", .v3_1_1, .auth(MQTTAuth())),
            row("§3.15.2.2.2", "AUTH without method", .v5, .auth(MQTTAuth(reasonCode: .reauthenticate))),
        ]
    }()

    @Test(arguments: violations)
    func `A violation is refused by name and nothing is written`(row: Violation) {
        var buffer = ByteBuffer(string: "before")
        let fault = #expect(throws: MQTTFault.self) {
            try row.packet.encode(into: &buffer, version: row.version)
        }
        #expect(fault?.statement == row.statement)
        #expect(fault?.kind == .unencodable)
        #expect(buffer == ByteBuffer(string: "before"))
    }

    @Test func `The largest string is written, one byte more is not`() throws {
        for (count, isWritten) in [(65_535, true), (65_536, false)] {
            let packet = MQTTPacket.unsubscribe(
                MQTTUnsubscribe(packetID: 1, filters: [String(repeating: "f", count: count)]))
            var buffer = ByteBuffer()
            if isWritten {
                try packet.encode(into: &buffer, version: .v3_1_1)
                #expect(try decode(buffer.array, role: .server, version: .v3_1_1) == packet)
            } else {
                #expect(throws: MQTTFault.self) { try packet.encode(into: &buffer, version: .v3_1_1) }
            }
        }
    }

    @Test(arguments: MQTTVersion.allCases)
    func `The everyday PUBACK is the one the packet makes`(version: MQTTVersion) throws {
        var quick = ByteBuffer()
        MQTTAcknowledgement.writePuback(packetID: 0xABCD, into: &quick)
        var packet = ByteBuffer()
        try MQTTPacket.puback(MQTTAcknowledgement(packetID: 0xABCD)).encode(into: &packet, version: version)
        #expect(quick == packet)
    }

    @Test func `MQTT 3.1.1 leaves out what it has no field for`() throws {
        var buffer = ByteBuffer()
        let properties = properties { $0.reasonString = "because" }
        try MQTTPacket.puback(
            MQTTAcknowledgement(packetID: 1, reasonCode: .noMatchingSubscribers, properties: properties)
        )
        .encode(into: &buffer, version: .v3_1_1)
        try MQTTPacket.disconnect(MQTTDisconnect(reasonCode: .serverBusy, properties: properties))
            .encode(into: &buffer, version: .v3_1_1)
        try MQTTPacket.suback(
            MQTTSuback(packetID: 1, reasonCodes: [.notAuthorized, .grantedQoS2], properties: properties)
        )
        .encode(into: &buffer, version: .v3_1_1)
        try MQTTPacket.unsuback(MQTTUnsuback(packetID: 1, reasonCodes: [.notAuthorized]))
            .encode(into: &buffer, version: .v3_1_1)
        #expect(hexadecimal(buffer.array) == "40 02 00 01 e0 00 90 04 00 01 80 02 b0 02 00 01")
    }

    @Test(
        arguments: [
            (MQTTReasonCode.success, 0), (.unsupportedProtocolVersion, 1), (.clientIdentifierNotValid, 2),
            (.serverBusy, 3), (.badUserNameOrPassword, 4), (.notAuthorized, 5), (.banned, 5),
        ] as [(MQTTReasonCode, UInt8)])
    func `CONNACK reason codes become return codes`(reasonCode: MQTTReasonCode, returnCode: UInt8) throws {
        var buffer = ByteBuffer()
        try MQTTPacket.connack(MQTTConnack(reasonCode: reasonCode)).encode(into: &buffer, version: .v3_1_1)
        #expect(buffer.array == [0x20, 2, 0, returnCode])
    }
}
