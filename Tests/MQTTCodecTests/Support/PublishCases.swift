import MQTTCodec
import NIOCore

extension PacketCase {
    static var publish: [PacketCase] {
        [
            .valid(
                "MQTT-3.3.2-1", "QoS 0", v3, either, frame(0x30, "0003 'a/b' 'hi'"),
                .publish(MQTTPublish(topic: "a/b", payload: ByteBuffer(string: "hi")))),
            .valid(
                "MQTT-3.3.2-1", "QoS 0", v5, either, frame(0x30, "0003 'a/b' 00 'hi'"),
                .publish(MQTTPublish(topic: "a/b", payload: ByteBuffer(string: "hi")))),
            .valid(
                "§3.3.3", "empty payload", v3, either, frame(0x31, "0001 'a'"),
                .publish(MQTTPublish(topic: "a", payload: ByteBuffer(), retain: true))),
            .valid(
                "MQTT-3.3.1-1", "QoS 1 repeated", v3, either, frame(0x3A, "0001 'a' ffff 00"),
                .publish(
                    MQTTPublish(
                        topic: "a", payload: ByteBuffer(bytes: [0]),
                        delivery: .atLeastOnce(packetID: 65_535, dup: true)))),
            .valid(
                "§3.3.1.2", "QoS 2 retained", v5, either, frame(0x35, "0001 'a' 0001 00"),
                .publish(
                    MQTTPublish(
                        topic: "a", payload: ByteBuffer(), delivery: .exactlyOnce(packetID: 1, dup: false),
                        retain: true))),
            .valid(
                "§3.3.2.3", "every property a client may send", v5, either,
                frame(
                    0x30,
                    "0001 'a' {01 01 02 00000007 03 0001 't' 08 0001 'r' 09 0002 0001 23 ffff 26 0001 'k' 0001 'v'} 'p'"
                ),
                .publish(
                    MQTTPublish(
                        topic: "a", payload: ByteBuffer(string: "p"),
                        properties: properties {
                            $0.payloadFormatIndicator = 1
                            $0.messageExpiryInterval = 7
                            $0.contentType = "t"
                            $0.responseTopic = "r"
                            $0.correlationData = ByteBuffer(bytes: [0, 1])
                            $0.topicAlias = .max
                            $0.userProperties = [MQTTUserProperty(name: "k", value: "v")]
                        }))),
            .valid(
                "§3.3.2.3.8", "several subscription identifiers", v5, client,
                frame(0x30, "0001 'a' 0a 0b 01 0b ff7f 0b ffffff7f"),
                .publish(
                    MQTTPublish(
                        topic: "a", payload: ByteBuffer(),
                        properties: properties { $0.subscriptionIdentifiers = [1, 16_383, 268_435_455] }))),
            .valid(
                "§3.3.2.1", "alias without topic name", v5, either, frame(0x30, "0000 03 23 0001"),
                .publish(
                    MQTTPublish(
                        topic: "", payload: ByteBuffer(), properties: properties { $0.topicAlias = 1 }))),
            .valid(
                "MQTT-1.5.4-3", "a byte order mark is kept", v5, either, frame(0x30, "0004 efbbbf 'a' 00"),
                .publish(MQTTPublish(topic: "\u{FEFF}a", payload: ByteBuffer()))),
            .valid(
                "MQTT-1.5.3-3", "a byte order mark is kept", v3, either, frame(0x30, "0004 efbbbf 'a'"),
                .publish(MQTTPublish(topic: "\u{FEFF}a", payload: ByteBuffer()))),
            .valid(
                "MQTT-4.7.3-1", "a slash, a space and a dollar are topic names", v3, either,
                frame(0x30, "0003 '$/ '"),
                .publish(MQTTPublish(topic: "$/ ", payload: ByteBuffer()))),
            .malformed("MQTT-3.3.1-4", "QoS 3", v3, either, frame(0x36, "0001 'a' 0001"), at: 0),
            .malformed("MQTT-3.3.1-4", "QoS 3", v5, either, frame(0x36, "0001 'a' 0001 00"), at: 0),
            .malformed("MQTT-3.3.1-2", "DUP at QoS 0", v3, either, frame(0x38, "0001 'a'"), at: 0),
            .malformed("MQTT-3.3.1-2", "DUP at QoS 0", v5, either, frame(0x38, "0001 'a' 00"), at: 0),
            .malformed(
                "MQTT-2.3.1-1", "packet identifier 0", v3, either, frame(0x32, "0001 'a' 0000"), at: 5),
            .malformed(
                "MQTT-2.2.1-3", "packet identifier 0", v5, either, frame(0x34, "0001 'a' 0000 00"), at: 5),
            .violating(
                "MQTT-3.3.2-2", "# in the topic name", v3, either, frame(0x30, "0003 'a/#'"),
                .topicNameInvalid, at: 6),
            .violating(
                "MQTT-3.3.2-2", "+ in a long topic name", v5, either,
                frame(0x30, "0014 'aaaaaaaaaaaaaaaaaa+a' 00"), .topicNameInvalid, at: 22),
            .violating(
                "MQTT-3.3.2-2", "+ among other scripts", v3, either, frame(0x30, "0003 c3bc '+'"),
                .topicNameInvalid,
                at: 6),
            .violating(
                "MQTT-4.7.3-1", "empty topic name (CVE-2021-34432)", v3, either, frame(0x30, "0000 'x'"),
                .topicNameInvalid,
                at: 2),
            .violating("§3.3.2.1", "neither topic name nor alias", v5, either, frame(0x30, "0000 00"), at: 2),
            .violating(
                "MQTT-3.3.2-8", "topic alias 0", v5, either, frame(0x30, "0001 'a' 03 23 0000"),
                .topicAliasInvalid, at: 7),
            .violating(
                "MQTT-3.3.4-6", "subscription identifier from a client", v5, server,
                frame(0x30, "0001 'a' 02 0b 01"),
                at: 6),
            .violating(
                "§3.8.2.1.2", "subscription identifier 0", v5, client, frame(0x30, "0001 'a' 02 0b 00"), at: 7
            ),
            .violating(
                "MQTT-3.3.2-14", "wildcard in the response topic", v5, either,
                frame(0x30, "0001 'a' 04 08 0001 '#'"), at: 9),
            .violating(
                "MQTT-4.7.3-1", "empty response topic", v5, either, frame(0x30, "0001 'a' 03 08 0000"), at: 7),
            .violating("§2.2.2.2", "payload format 2", v5, either, frame(0x30, "0001 'a' 02 01 02"), at: 7),
            .violating(
                "§2.2.2.2", "topic alias twice", v5, either, frame(0x30, "0001 'a' 06 23 0001 23 0001"), at: 9
            ),
            .violating(
                "§2.2.2.2", "content type twice", v5, either, frame(0x30, "0001 'a' 06 03 0000 03 0000"),
                at: 9),
            .violating(
                "§2.2.2.2", "a property of CONNECT", v5, either, frame(0x30, "0001 'a' 03 21 0001"), at: 6),
            .malformed("§2.2.2.2", "property 0", v5, either, frame(0x30, "0001 'a' 02 00 00"), at: 6),
            .malformed("§2.2.2.2", "property 0x7F", v5, either, frame(0x30, "0001 'a' 01 7f"), at: 6),
            .malformed("§2.2.2.2", "property 0x80", v5, either, frame(0x30, "0001 'a' 02 81 00"), at: 6),
            .malformed(
                "§2.2.2.1", "property length beyond the packet", v5, either, frame(0x30, "0001 'a' 03 01 00"),
                at: 6),
            .malformed(
                "§2.1.4", "property beyond the property length", v5, either,
                frame(0x30, "0001 'a' 03 02 0000 0000"), at: 7),
            .malformed(
                "§2.1.4", "string beyond the property length", v5, either,
                frame(0x30, "0001 'a' 04 03 0002 'a' 'b'"), at: 7),
            .malformed(
                "§1.5.5", "property length of five bytes (CVE-2026-21888)", v5, either,
                frame(0x30, "0001 'a' ffffffff01"), at: 5),
            .malformed(
                "§2.1.4", "unterminated property length", v5, either, frame(0x30, "0001 'a' ff ff"), at: 5),
            .malformed(
                "MQTT-1.5.5-1", "property length longer than needed", v5, either,
                frame(0x30, "0001 'a' 80 00"), at: 5),
            .malformed("§2.1.4", "no property length", v5, either, frame(0x30, "0001 'a'"), at: 5),
            .malformed("§2.2.3", "topic name beyond the packet", v3, either, frame(0x30, "0002 'a'"), at: 2),
            .malformed(
                "§2.2.3", "half a topic length (CVE-2026-54412)", v3, either, frame(0x30, "00"), at: 2),
            .malformed("§2.2.3", "half a packet identifier", v3, either, frame(0x32, "0001 'a' 00"), at: 5),
            .malformed("§2.2.3", "no body", v3, either, bytes("30 00"), at: 2),
            .malformed(
                "MQTT-1.5.3-1", "a continuation byte alone", v3, either, frame(0x30, "0001 80"), at: 4),
            .malformed("MQTT-1.5.4-1", "overlong slash", v5, either, frame(0x30, "0002 c0af 00"), at: 4),
            .malformed(
                "MQTT-1.5.4-1", "overlong in three bytes", v5, either, frame(0x30, "0003 e09fbf 00"), at: 5),
            .malformed(
                "MQTT-1.5.4-1", "overlong in four bytes", v5, either, frame(0x30, "0004 f08fbfbf 00"), at: 5),
            .malformed("MQTT-1.5.4-1", "surrogate", v5, either, frame(0x30, "0003 edbfbf 00"), at: 5),
            .malformed("MQTT-1.5.4-1", "above U+10FFFF", v5, either, frame(0x30, "0004 f4908080 00"), at: 5),
            .malformed("MQTT-1.5.4-1", "0xF5", v5, either, frame(0x30, "0001 f5 00"), at: 4),
            .malformed(
                "MQTT-1.5.4-1", "sequence cut off by the string's end", v5, either,
                frame(0x30, "0002 'a' c3 00"), at: 5),
            .malformed(
                "MQTT-1.5.4-2", "U+0000 in a long topic name", v5, either,
                frame(0x30, "000a 'aaaaaaaaa' 00 00"), at: 13),
            .malformed(
                "MQTT-1.5.4-2", "U+0000 in a user property", v5, either,
                frame(0x30, "0001 'a' 06 26 0001 00 0000"), at: 9),
            .malformed(
                "§2.1.4", "remaining length of five bytes", v5, either, bytes("30 ff ff ff ff 01"), at: 1),
            .malformed(
                "§2.2.3", "remaining length of five bytes", v3, either, bytes("30 80 80 80 80 00"), at: 1),
            .malformed(
                "MQTT-1.5.5-1", "remaining length longer than needed", v5, either,
                bytes("30 84 00 0001 'a' 00"), at: 1),
        ]
    }

    static var acknowledgements: [PacketCase] {
        let types: [(UInt8, String, (MQTTAcknowledgement) -> MQTTPacket)] = [
            (0x40, "PUBACK", MQTTPacket.puback), (0x50, "PUBREC", MQTTPacket.pubrec),
            (0x62, "PUBREL", MQTTPacket.pubrel), (0x70, "PUBCOMP", MQTTPacket.pubcomp),
        ]
        return types.flatMap { first, name, make -> [PacketCase] in
            [
                .valid(
                    "MQTT-2.2.1-5", "\(name) packet identifier alone", both, either,
                    [first] + bytes("02 0102"),
                    make(MQTTAcknowledgement(packetID: 0x0102))),
                .valid(
                    "§3.4.2.1", "\(name) with reason code", v5, either, [first] + bytes("03 0001 92"),
                    make(MQTTAcknowledgement(packetID: 1, reasonCode: .packetIdentifierNotFound))),
                .valid(
                    "MQTT-3.4.2-1", "\(name) with a reason code the standard does not define", v5, either,
                    [first] + bytes("03 0001 7f"),
                    make(MQTTAcknowledgement(packetID: 1, reasonCode: MQTTReasonCode(rawValue: 0x7F)))),
                .long(
                    "§3.4.2.2.1", "\(name) with empty properties", v5, either,
                    [first] + bytes("04 0001 00 00"),
                    make(MQTTAcknowledgement(packetID: 1))),
                .valid(
                    "§3.4.2.2", "\(name) with properties", v5, either,
                    frame(first, "0001 00 {1f 0002 'no' 26 0001 'k' 0001 'v' 26 0000 0000}"),
                    make(
                        MQTTAcknowledgement(
                            packetID: 1,
                            properties: properties {
                                $0.reasonString = "no"
                                $0.userProperties = [
                                    MQTTUserProperty(name: "k", value: "v"),
                                    MQTTUserProperty(name: "", value: ""),
                                ]
                            }))),
                .malformed(
                    "MQTT-2.3.1-1", "\(name) packet identifier 0", v3, either, [first] + bytes("02 0000"),
                    at: 2),
                .malformed(
                    "MQTT-2.2.1-3", "\(name) packet identifier 0", v5, either, [first] + bytes("02 0000"),
                    at: 2),
                .malformed(
                    "§2.2.3", "\(name) with reason code", v3, either, [first] + bytes("03 0001 00"), at: 4),
                .malformed(
                    "§2.2.3", "\(name) with half an identifier", v3, either, [first] + bytes("01 00"), at: 2),
                .malformed("§2.1.4", "\(name) without body", v5, either, [first] + bytes("00"), at: 2),
                .malformed(
                    "§2.1.4", "\(name) with a byte too many", v5, either, [first] + bytes("05 0001 00 00 00"),
                    at: 6),
                .violating(
                    "§2.2.2.2", "\(name) with a topic alias", v5, either,
                    [first] + bytes("07 0001 00 03 23 0001"), at: 6),
                .violating(
                    "§2.2.2.2", "\(name) with two reason strings", v5, either,
                    [first] + bytes("0a 0001 00 06 1f 0000 1f 0000"), at: 9),
                .malformed(
                    first == 0x62 ? "MQTT-3.6.1-1" : "MQTT-2.2.2-2", "\(name) flags", v3, either,
                    [first ^ 0b11] + bytes("02 0001"), at: 0),
                .malformed(
                    first == 0x62 ? "MQTT-3.6.1-1" : "MQTT-2.1.3-1", "\(name) flags", v5, either,
                    [first ^ 0b1000] + bytes("02 0001"), at: 0),
            ]
        }
    }

    static var pings: [PacketCase] {
        [
            .valid("§3.12", "PINGREQ", both, server, bytes("c0 00"), .pingreq),
            .valid("§3.13", "PINGRESP", both, client, bytes("d0 00"), .pingresp),
            .malformed("MQTT-2.2.2-2", "PINGREQ flags", v3, server, bytes("c1 00"), at: 0),
            .malformed("MQTT-2.1.3-1", "PINGRESP flags", v5, client, bytes("df 00"), at: 0),
            .malformed("§2.2.3", "PINGREQ with a body", v3, server, bytes("c0 01 00"), at: 2),
            .malformed("§2.1.4", "PINGRESP with a body", v5, client, bytes("d0 01 00"), at: 2),
            .violating("§2.1.2", "PINGRESP to a server", v5, server, bytes("d0 00"), at: 0),
            .violating("§2.2.1", "PINGREQ to a client", v3, client, bytes("c0 00"), at: 0),
            .malformed("§2.2.1", "packet type 0", v3, either, bytes("00 00"), at: 0),
            .malformed("§2.1.2", "packet type 0", v5, either, bytes("0f 00"), at: 0),
        ]
    }
}
