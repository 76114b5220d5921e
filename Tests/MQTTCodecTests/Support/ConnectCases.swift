import MQTTCodec
import NIOCore

extension PacketCase {
    /// CONNECT carries its version; the server doesn't know it before.
    static var connect: [PacketCase] {
        get throws {
            let name = "0004 'MQTT'"
            let willTopic = try MQTTTopicName("w")
            return [
                .valid(
                    "MQTT-3.1.3-5", "client identifier only", v3, server,
                    frame(0x10, "\(name) 04 02 003c 0001 'c'"),
                    .connect(MQTTConnect(version: .v3_1_1, clientID: "c", keepAlive: 60))),
                .valid(
                    "MQTT-3.1.3-6", "empty client identifier without clean session is left to the session",
                    v3, server,
                    frame(0x10, "\(name) 04 00 0000 0000"),
                    .connect(MQTTConnect(version: .v3_1_1, clientID: "", cleanStart: false))),
                .valid(
                    "MQTT-3.1.3-1", "every field", v3, server,
                    frame(0x10, "\(name) 04 ee ffff 0001 'c' 0001 'w' 0002 0001 0001 'u' 0002 fffe"),
                    .connect(
                        MQTTConnect(
                            version: .v3_1_1, clientID: "c", cleanStart: true, keepAlive: 65_535,
                            will: MQTTWill(
                                topic: willTopic, payload: ByteBuffer(bytes: [0, 1]), qos: .atLeastOnce,
                                retain: true),
                            userName: "u", password: ByteBuffer(bytes: [0xFF, 0xFE])))),
                .valid(
                    "MQTT-3.1.2-19", "password without user name", v5, server,
                    frame(0x10, "\(name) 05 40 0000 00 0000 0001 'p'"),
                    .connect(
                        MQTTConnect(
                            version: .v5, clientID: "", cleanStart: false, password: ByteBuffer(string: "p")))
                ),
                .valid(
                    "§3.1.2.11", "every property", v5, server,
                    frame(
                        0x10,
                        """
                        \(name) 05 02 0000 {11 ffffffff 15 0001 'm' 16 0002 0000 17 00 19 01 21 0001 \
                        22 ffff 26 0001 'k' 0001 'v' 26 0000 0000 27 00000001} 0000
                        """),
                    .connect(
                        MQTTConnect(
                            version: .v5, clientID: "",
                            properties: properties {
                                $0.sessionExpiryInterval = .max
                                $0.authenticationMethod = "m"
                                $0.authenticationData = ByteBuffer(bytes: [0, 0])
                                $0.requestProblemInformation = 0
                                $0.requestResponseInformation = 1
                                $0.receiveMaximum = 1
                                $0.topicAliasMaximum = .max
                                $0.userProperties = [
                                    MQTTUserProperty(name: "k", value: "v"),
                                    MQTTUserProperty(name: "", value: ""),
                                ]
                                $0.maximumPacketSize = 1
                            }))),
                .valid(
                    "§3.1.3.2", "every will property", v5, server,
                    frame(
                        0x10,
                        """
                        \(name) 05 34 0000 00 0000 {01 01 02 00000000 03 0001 't' 08 0001 'r' 09 0001 00 \
                        18 00000005 26 0001 'k' 0001 'v'} 0001 'w' 0000
                        """),
                    .connect(
                        MQTTConnect(
                            version: .v5, clientID: "", cleanStart: false,
                            will: MQTTWill(
                                topic: willTopic, payload: ByteBuffer(), qos: .exactlyOnce, retain: true,
                                properties: properties {
                                    $0.payloadFormatIndicator = 1
                                    $0.messageExpiryInterval = 0
                                    $0.contentType = "t"
                                    $0.responseTopic = "r"
                                    $0.correlationData = ByteBuffer(bytes: [0])
                                    $0.willDelayInterval = 5
                                    $0.userProperties = [MQTTUserProperty(name: "k", value: "v")]
                                })))),
                .malformed(
                    "MQTT-3.1.2-1", "another protocol name", both, server,
                    frame(0x10, "0004 'MQTX' 05 02 0000 00 0000"),
                    at: 2),
                .malformed(
                    "MQTT-3.1.2-1", "an empty protocol name", both, server, frame(0x10, "0000 05"), at: 2),
                PacketCase(
                    statement: "MQTT-3.1.2-2", title: "MQTT 3.1", versions: both, roles: server,
                    wire: frame(0x10, "0006 'MQIsdp' 03 02 003c 0001 'c'"),
                    expected: .fault(.unsupportedVersion, .unsupportedProtocolVersion, offset: 10)),
                PacketCase(
                    statement: "MQTT-3.1.2-2", title: "level 6", versions: both, roles: server,
                    wire: frame(0x10, "\(name) 06 02 003c 0001 'c'"),
                    expected: .fault(.unsupportedVersion, .unsupportedProtocolVersion, offset: 8)),
                PacketCase(
                    statement: "MQTT-3.1.2-2", title: "bridge bit of a level", versions: both, roles: server,
                    wire: frame(0x10, "\(name) 84 02 003c 0001 'c'"),
                    expected: .fault(.unsupportedVersion, .unsupportedProtocolVersion, offset: 8)),
                .malformed(
                    "MQTT-3.1.2-3", "reserved flag", v3, server, frame(0x10, "\(name) 04 03 0000 0000"), at: 9
                ),
                .malformed(
                    "MQTT-3.1.2-3", "reserved flag", v5, server, frame(0x10, "\(name) 05 03 0000 00 0000"),
                    at: 9),
                .malformed(
                    "MQTT-3.1.2-13", "will QoS, no will", v3, server, frame(0x10, "\(name) 04 0a 0000 0000"),
                    at: 9),
                .malformed(
                    "MQTT-3.1.2-11", "will QoS, no will", v5, server,
                    frame(0x10, "\(name) 05 0a 0000 00 0000"), at: 9),
                .malformed(
                    "MQTT-3.1.2-14", "will QoS 3", v3, server,
                    frame(0x10, "\(name) 04 1e 0000 0000 0001 'w' 0000"), at: 9),
                .malformed(
                    "MQTT-3.1.2-12", "will QoS 3", v5, server,
                    frame(0x10, "\(name) 05 1e 0000 00 0000 00 0001 'w' 0000"),
                    at: 9),
                .malformed(
                    "MQTT-3.1.2-15", "will retain, no will", v3, server,
                    frame(0x10, "\(name) 04 22 0000 0000"), at: 9),
                .malformed(
                    "MQTT-3.1.2-13", "will retain, no will", v5, server,
                    frame(0x10, "\(name) 05 22 0000 00 0000"), at: 9),
                .malformed(
                    "MQTT-3.1.2-22", "password without user name", v3, server,
                    frame(0x10, "\(name) 04 42 0000 0000 0001 'p'"), at: 9),
                .violating(
                    "MQTT-4.7.1-1", "wildcard in the will topic", v3, server,
                    frame(0x10, "\(name) 04 06 0000 0000 0003 'a/#' 0000"), .topicNameInvalid, at: 18),
                .violating(
                    "MQTT-4.7.0-1", "wildcard in the will topic", v5, server,
                    frame(0x10, "\(name) 05 06 0000 00 0000 00 0001 '+' 0000"), .topicNameInvalid, at: 18),
                .violating(
                    "MQTT-4.7.3-1", "empty will topic", both, server,
                    frame(0x10, "\(name) 04 06 0000 0000 0000 0000"), .topicNameInvalid, at: 14),
                .malformed(
                    "MQTT-1.5.3-1", "ill-formed client identifier", v3, server,
                    frame(0x10, "\(name) 04 02 0000 0002 c0 80"), at: 14),
                .malformed(
                    "MQTT-1.5.4-1", "surrogate in the user name", v5, server,
                    frame(0x10, "\(name) 05 82 0000 00 0000 0003 ed a0 80"), at: 18),
                .malformed(
                    "MQTT-1.5.3-2", "U+0000 in the client identifier", v3, server,
                    frame(0x10, "\(name) 04 02 0000 0003 'a' 00 'b'"), at: 15),
                .malformed(
                    "§2.1.4", "no password after all", v5, server,
                    frame(0x10, "\(name) 05 c2 0000 00 0000 0000"), at: 17),
                .malformed(
                    "§2.2.3", "a byte too many", v3, server, frame(0x10, "\(name) 04 02 0000 0000 00"), at: 14
                ),
                .malformed(
                    "§2.1.4", "a byte too many", v5, server, frame(0x10, "\(name) 05 02 0000 00 0000 00"),
                    at: 15),
                .malformed("§2.1.4", "nothing", v5, server, frame(0x10, ""), at: 2),
                .violating(
                    "§2.2.2.2", "property repeated", v5, server,
                    frame(0x10, "\(name) 05 02 0000 0a 11 00000000 11 00000000 0000"), at: 18),
                .violating(
                    "§2.2.2.2", "will delay among CONNECT's properties", v5, server,
                    frame(0x10, "\(name) 05 02 0000 05 18 00000000 0000"), at: 13),
                .violating(
                    "§2.2.2.2", "session expiry among the will's properties", v5, server,
                    frame(0x10, "\(name) 05 06 0000 00 0000 05 11 00000000 0001 'w' 0000"), at: 16),
                .violating(
                    "§3.1.2.11.3", "receive maximum 0", v5, server,
                    frame(0x10, "\(name) 05 02 0000 03 21 0000 0000"), at: 14),
                .violating(
                    "§3.1.2.11.4", "maximum packet size 0", v5, server,
                    frame(0x10, "\(name) 05 02 0000 05 27 00000000 0000"), at: 14),
                .violating(
                    "§2.2.2.2", "request problem information 2", v5, server,
                    frame(0x10, "\(name) 05 02 0000 02 17 02 0000"), at: 14),
                .violating(
                    "§3.1.2.11.10", "authentication data without method", v5, server,
                    frame(0x10, "\(name) 05 02 0000 03 16 0000 0000"), at: 13),
                .malformed(
                    "MQTT-1.5.5-1", "remaining length longer than needed", v5, server,
                    bytes("10 8d 00 \(name) 05 02 0000 00 0000"), at: 1),
                .long(
                    "§2.2.3", "remaining length longer than needed", v3, server,
                    bytes("10 8d 00 \(name) 04 02 0000 0001 'c'"),
                    .connect(MQTTConnect(version: .v3_1_1, clientID: "c"))),
                .violating(
                    "§2.2.1", "CONNECT to a client", v3, client, frame(0x10, "\(name) 04 02 0000 0000"), at: 0
                ),
                .violating(
                    "§2.1.2", "CONNECT to a client", v5, client, frame(0x10, "\(name) 05 02 0000 00 0000"),
                    at: 0),
            ]
        }
    }

    static var connack: [PacketCase] {
        [
            .valid("MQTT-3.2.2-1", "accepted", v3, client, bytes("20 02 00 00"), .connack(MQTTConnack())),
            .valid(
                "MQTT-3.2.2-2", "session present", v3, client, bytes("20 02 01 00"),
                .connack(MQTTConnack(sessionPresent: true))),
            .valid(
                "§3.2.2.3", "not authorized", v3, client, bytes("20 02 00 05"),
                .connack(MQTTConnack(reasonCode: .notAuthorized))),
            .valid(
                "MQTT-3.2.2-8", "a reason code the standard does not define", v5, client,
                bytes("20 03 00 ee 00"),
                .connack(MQTTConnack(reasonCode: MQTTReasonCode(rawValue: 0xEE)))),
            .valid(
                "§3.2.2.3", "every property", v5, client,
                frame(
                    0x20,
                    """
                    01 00 {11 00000001 12 0001 'c' 13 0002 15 0001 'm' 16 0000 1a 0001 'i' 1c 0001 's' 1f 0001 'r' \
                    21 ffff 22 0000 24 01 25 00 26 0001 'k' 0001 'v' 27 ffffffff 28 01 29 00 2a 01}
                    """),
                .connack(
                    MQTTConnack(
                        sessionPresent: true,
                        properties: properties {
                            $0.sessionExpiryInterval = 1
                            $0.assignedClientIdentifier = "c"
                            $0.serverKeepAlive = 2
                            $0.authenticationMethod = "m"
                            $0.authenticationData = ByteBuffer()
                            $0.responseInformation = "i"
                            $0.serverReference = "s"
                            $0.reasonString = "r"
                            $0.receiveMaximum = .max
                            $0.topicAliasMaximum = 0
                            $0.maximumQoS = .atLeastOnce
                            $0.retainAvailable = false
                            $0.userProperties = [MQTTUserProperty(name: "k", value: "v")]
                            $0.maximumPacketSize = .max
                            $0.wildcardSubscriptionAvailable = true
                            $0.subscriptionIdentifiersAvailable = false
                            $0.sharedSubscriptionAvailable = true
                        }))),
            .malformed("§3.2.2.1", "reserved flags", v3, client, bytes("20 02 02 00"), at: 2),
            .malformed("MQTT-3.2.2-1", "reserved flags", v5, client, bytes("20 03 80 00 00"), at: 2),
            .malformed("MQTT-3.2.2-6", "reserved return code", v3, client, bytes("20 02 00 06"), at: 3),
            .violating(
                "MQTT-3.2.2-4", "session present in a refusal", v3, client, bytes("20 02 01 05"), at: 2),
            .violating(
                "MQTT-3.2.2-6", "session present in a refusal", v5, client, bytes("20 03 01 87 00"), at: 2),
            .malformed("§2.2.3", "no return code", v3, client, bytes("20 01 00"), at: 3),
            .malformed("§2.1.4", "no property length", v5, client, bytes("20 02 00 00"), at: 4),
            .malformed("§2.2.3", "a byte too many", v3, client, bytes("20 03 00 00 00"), at: 4),
            .violating("§2.2.2.2", "maximum QoS 2", v5, client, bytes("20 05 00 00 02 24 02"), at: 6),
            .violating("§2.2.2.2", "retain available 2", v5, client, bytes("20 05 00 00 02 25 02"), at: 6),
            .violating("§2.2.2.2", "topic alias", v5, client, bytes("20 06 00 00 03 23 0001"), at: 5),
            .malformed("MQTT-2.2.2-2", "fixed header flags", v3, client, bytes("21 02 00 00"), at: 0),
            .malformed("MQTT-2.1.3-1", "fixed header flags", v5, client, bytes("28 03 00 00 00"), at: 0),
            .violating(
                "§2.2.1", "CONNACK to a server (CVE-2021-28166)", v3, server, bytes("20 02 00 00"), at: 0),
            .violating(
                "§2.1.2", "CONNACK to a server (CVE-2021-28166)", v5, server, bytes("20 03 00 00 00"), at: 0),
        ]
    }

    static var disconnect: [PacketCase] {
        [
            .valid(
                "MQTT-3.14.1-1", "without body", both, server, bytes("e0 00"), .disconnect(MQTTDisconnect())),
            .valid("§3.14.2.1", "without body", v5, client, bytes("e0 00"), .disconnect(MQTTDisconnect())),
            .valid(
                "§3.14.2.1", "reason code alone", v5, either, bytes("e0 01 8e"),
                .disconnect(MQTTDisconnect(reasonCode: .sessionTakenOver))),
            .long(
                "§3.14.2.1", "reason code 0 alone", v5, either, bytes("e0 01 00"),
                .disconnect(MQTTDisconnect())),
            .long(
                "§3.14.2.2.1", "empty properties", v5, either, bytes("e0 02 04 00"),
                .disconnect(MQTTDisconnect(reasonCode: .disconnectWithWill))),
            .valid(
                "§3.14.2.2", "session expiry from a client", v5, server, bytes("e0 07 00 05 11 00000009"),
                .disconnect(MQTTDisconnect(properties: properties { $0.sessionExpiryInterval = 9 }))),
            .valid(
                "§3.14.2.2", "server reference and reason", v5, client,
                frame(0xE0, "9d 0d 1c 0001 's' 1f 0001 'r' 26 0000 0000"),
                .disconnect(
                    MQTTDisconnect(
                        reasonCode: .serverMoved,
                        properties: properties {
                            $0.serverReference = "s"
                            $0.reasonString = "r"
                            $0.userProperties = [MQTTUserProperty(name: "", value: "")]
                        }))),
            .violating(
                "MQTT-3.14.2-2", "session expiry from a server", v5, client, bytes("e0 07 00 05 11 00000009"),
                at: 4),
            .malformed("MQTT-3.14.1-1", "flags", v3, server, bytes("e1 00"), at: 0),
            .malformed("MQTT-3.14.1-1", "flags", v5, either, bytes("e2 00"), at: 0),
            .malformed("§2.2.3", "a body", v3, server, bytes("e0 01 00"), at: 2),
            .malformed("§2.1.4", "a byte too many", v5, either, bytes("e0 03 00 00 00"), at: 4),
            .malformed(
                "§2.2.2.1", "property length beyond the packet", v5, either, bytes("e0 02 00 01"), at: 4),
            .violating("§2.2.1", "DISCONNECT to a client", v3, client, bytes("e0 00"), at: 0),
        ]
    }

    static var auth: [PacketCase] {
        [
            .valid("§3.15.2.1", "without body", v5, either, bytes("f0 00"), .auth(MQTTAuth())),
            .long("§3.15.2.1", "empty properties", v5, either, bytes("f0 02 00 00"), .auth(MQTTAuth())),
            .valid(
                "MQTT-3.15.2-1", "every property", v5, either,
                frame(0xF0, "18 {15 0001 'm' 16 0001 00 1f 0000 26 0001 'k' 0000}"),
                .auth(
                    MQTTAuth(
                        reasonCode: .continueAuthentication,
                        properties: properties {
                            $0.authenticationMethod = "m"
                            $0.authenticationData = ByteBuffer(bytes: [0])
                            $0.reasonString = ""
                            $0.userProperties = [MQTTUserProperty(name: "k", value: "")]
                        }))),
            .violating("§3.15.2.2.2", "no method", v5, either, bytes("f0 02 18 00"), at: 2),
            .violating(
                "§3.1.2.11.10", "data without method", v5, either, bytes("f0 05 18 03 16 0000"), at: 4),
            .malformed("§2.1.4", "reason code alone", v5, either, bytes("f0 01 18"), at: 3),
            .malformed("MQTT-3.15.1-1", "flags", v5, either, bytes("f1 00"), at: 0),
            .violating("§2.2.2.2", "a property of PUBLISH", v5, either, bytes("f0 04 00 02 01 00"), at: 4),
            .malformed("§2.2.1", "AUTH in MQTT 3.1.1", v3, either, bytes("f0 00"), at: 0),
        ]
    }
}
