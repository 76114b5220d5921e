import MQTTCodec
import NIOCore

extension PacketCase {
    static var subscribe: [PacketCase] {
        [
            .valid(
                "MQTT-3.8.3-1", "two filters", v3, server, frame(0x82, "000a 0003 'a/b' 01 0001 '#' 02"),
                .subscribe(
                    MQTTSubscribe(
                        packetID: 10,
                        subscriptions: [
                            MQTTSubscription(filter: "a/b", qos: .atLeastOnce),
                            MQTTSubscription(filter: "#", qos: .exactlyOnce),
                        ]))),
            .valid(
                "§3.8.3.1", "every option", v5, server, frame(0x82, "0001 02 0b 01 0001 '+' 2e"),
                .subscribe(
                    MQTTSubscribe(
                        packetID: 1,
                        subscriptions: [
                            MQTTSubscription(
                                filter: "+", qos: .exactlyOnce, noLocal: true, retainAsPublished: true,
                                retainHandling: .doNotSend)
                        ], properties: properties { $0.subscriptionIdentifiers = [1] }))),
            .valid(
                "MQTT-4.8.2-1", "shared subscription", v5, server,
                frame(0x82, "0001 00 000a '$share/g/a' 19"),
                .subscribe(
                    MQTTSubscribe(
                        packetID: 1,
                        subscriptions: [
                            MQTTSubscription(
                                filter: "$share/g/a", qos: .atLeastOnce, retainAsPublished: true,
                                retainHandling: .sendIfNew)
                        ]))),
            .valid(
                "MQTT-4.7.1-1", "an invalid filter is answered, not refused", v3, server,
                frame(0x82, "0001 0003 '#/a' 00"),
                .subscribe(MQTTSubscribe(packetID: 1, subscriptions: [MQTTSubscription(filter: "#/a")]))),
            .violating("MQTT-3.8.3-3", "no filter", v3, server, bytes("82 02 0001"), at: 4),
            .violating("MQTT-3.8.3-2", "no filter", v5, server, bytes("82 03 0001 00"), at: 5),
            .malformed("MQTT-3.8.1-1", "flags", v3, server, frame(0x80, "0001 0001 'a' 00"), at: 0),
            .malformed("MQTT-3.8.1-1", "flags", v5, server, frame(0x83, "0001 00 0001 'a' 00"), at: 0),
            .malformed("MQTT-3-8.3-4", "reserved bits", v3, server, frame(0x82, "0001 0001 'a' 04"), at: 7),
            .malformed(
                "MQTT-3.8.3-5", "reserved bits", v5, server, frame(0x82, "0001 00 0001 'a' 40"), at: 8),
            .violating("MQTT-3-8.3-4", "QoS 3", v3, server, frame(0x82, "0001 0001 'a' 03"), at: 7),
            .violating("§3.8.3.1", "QoS 3", v5, server, frame(0x82, "0001 00 0001 'a' 03"), at: 8),
            .violating(
                "§3.8.3.1", "retain handling 3", v5, server, frame(0x82, "0001 00 0001 'a' 30"), at: 8),
            .violating(
                "MQTT-3.8.3-4", "No Local on a shared subscription", v5, server,
                frame(0x82, "0001 00 000a '$share/g/a' 04"), at: 17),
            .malformed(
                "MQTT-2.3.1-1", "packet identifier 0", v3, server, frame(0x82, "0000 0001 'a' 00"), at: 2),
            .malformed(
                "MQTT-2.2.1-3", "packet identifier 0", v5, server, frame(0x82, "0000 00 0001 'a' 00"), at: 2),
            .malformed("§2.2.3", "filter without options", v3, server, frame(0x82, "0001 0001 'a'"), at: 7),
            .malformed(
                "MQTT-1.5.3-1", "ill-formed filter", v3, server, frame(0x82, "0001 0001 ff 00"), at: 6),
            .violating(
                "§2.2.2.2", "two subscription identifiers", v5, server,
                frame(0x82, "0001 04 0b 01 0b 02 0001 'a' 00"), at: 7),
            .violating(
                "§3.8.2.1.2", "subscription identifier 0", v5, server,
                frame(0x82, "0001 02 0b 00 0001 'a' 00"), at: 6),
            .malformed(
                "§1.5.5", "subscription identifier of five bytes", v5, server,
                frame(0x82, "0001 06 0b 8080808001 0001 'a' 00"), at: 6),
            .violating(
                "§2.1.2", "SUBSCRIBE to a client", v5, client, frame(0x82, "0001 00 0001 'a' 00"), at: 0),
        ]
    }

    static var suback: [PacketCase] {
        [
            .valid(
                "MQTT-3.9.3-2", "every return code", v3, client, bytes("90 06 0001 00 01 02 80"),
                .suback(
                    MQTTSuback(
                        packetID: 1,
                        reasonCodes: [.grantedQoS0, .grantedQoS1, .grantedQoS2, .unspecifiedError]))),
            .valid(
                "MQTT-3.9.3-2", "reason codes, one unknown", v5, client, bytes("90 06 0001 00 01 8f 44"),
                .suback(
                    MQTTSuback(
                        packetID: 1,
                        reasonCodes: [.grantedQoS1, .topicFilterInvalid, MQTTReasonCode(rawValue: 0x44)]))),
            .malformed(
                "MQTT-3.8.4-5", "no return code (CVE-2024-10525)", v3, client, bytes("90 02 0001"), at: 4),
            .malformed(
                "MQTT-3.8.4-6", "no reason code (CVE-2024-10525)", v5, client, bytes("90 03 0001 00"), at: 5),
            .malformed("MQTT-3.9.3-2", "reserved return code", v3, client, bytes("90 03 0001 03"), at: 4),
            .malformed("MQTT-3.9.3-2", "reserved return code", v3, client, bytes("90 03 0001 8f"), at: 4),
            .malformed("MQTT-2.2.1-3", "packet identifier 0", v5, client, bytes("90 04 0000 00 00"), at: 2),
            .malformed("MQTT-2.1.3-1", "flags", v5, client, bytes("92 04 0001 00 00"), at: 0),
            .violating("§2.1.2", "SUBACK to a server", v5, server, bytes("90 04 0001 00 00"), at: 0),
        ]
    }

    static var unsubscribe: [PacketCase] {
        [
            .valid(
                "MQTT-3.10.3-1", "two filters", v3, server, frame(0xA2, "0001 0001 'a' 0003 'b/+'"),
                .unsubscribe(MQTTUnsubscribe(packetID: 1, filters: ["a", "b/+"]))),
            .valid(
                "§3.10.2.1", "user property", v5, server,
                frame(0xA2, "0001 07 26 0001 'k' 0001 'v' 0001 'a'"),
                .unsubscribe(
                    MQTTUnsubscribe(
                        packetID: 1, filters: ["a"],
                        properties: properties {
                            $0.userProperties = [MQTTUserProperty(name: "k", value: "v")]
                        }))),
            .violating("MQTT-3.10.3-2", "no filter", v3, server, bytes("a2 02 0001"), at: 4),
            .violating("MQTT-3.10.3-2", "no filter", v5, server, bytes("a2 03 0001 00"), at: 5),
            .malformed("MQTT-3.10.1-1", "flags", v3, server, frame(0xA0, "0001 0001 'a'"), at: 0),
            .malformed("MQTT-3.10.1-1", "flags", v5, server, frame(0xA6, "0001 00 0001 'a'"), at: 0),
            .malformed(
                "MQTT-2.3.1-1", "packet identifier 0", v3, server, frame(0xA2, "0000 0001 'a'"), at: 2),
            .violating(
                "§2.2.2.2", "subscription identifier", v5, server, frame(0xA2, "0001 02 0b 01 0001 'a'"),
                at: 5),
            .malformed("§2.2.3", "filter beyond the packet", v3, server, frame(0xA2, "0001 0005 'a'"), at: 4),
            .violating("§2.2.1", "UNSUBSCRIBE to a client", v3, client, frame(0xA2, "0001 0001 'a'"), at: 0),
        ]
    }

    static var unsuback: [PacketCase] {
        [
            .valid(
                "§3.11", "packet identifier", v3, client, bytes("b0 02 0001"),
                .unsuback(MQTTUnsuback(packetID: 1))),
            .valid(
                "MQTT-3.11.3-1", "reason codes", v5, client, bytes("b0 05 0001 00 00 11"),
                .unsuback(MQTTUnsuback(packetID: 1, reasonCodes: [.success, .noSubscriptionExisted]))),
            .malformed("MQTT-3.11.3-1", "no reason code", v5, client, bytes("b0 03 0001 00"), at: 5),
            .malformed("§2.2.3", "a byte too many", v3, client, bytes("b0 03 0001 00"), at: 4),
            .malformed("MQTT-2.1.3-1", "flags", v5, client, bytes("b2 04 0001 00 00"), at: 0),
            .violating("§2.2.1", "UNSUBACK to a server", v3, server, bytes("b0 02 0001"), at: 0),
        ]
    }

    static var all: [PacketCase] {
        get throws {
            try connect + connack + publish + acknowledgements + subscribe + suback + unsubscribe + unsuback
                + pings
                + disconnect + auth
        }
    }
}
