import MQTTCodec
import NIOCore
import Testing

/// What went wrong in other people's brokers when a packet came that should not have: as far as a codec
/// judges it.
@Suite struct WrongPacketTests {
    /// A whole packet of every type, valid in itself.
    static func packets(_ version: MQTTVersion) -> [MQTTPacket] {
        let acknowledgement = MQTTAcknowledgement(packetID: 1)
        var packets: [MQTTPacket] = [
            .connect(MQTTConnect(version: version, clientID: "c", cleanStart: true, keepAlive: 0)),
            .connack(MQTTConnack(sessionPresent: false, reasonCode: .success)),
            .publish(MQTTPublish(topic: "a", payload: ByteBuffer())),
            .puback(acknowledgement), .pubrec(acknowledgement), .pubrel(acknowledgement),
            .pubcomp(acknowledgement),
            .subscribe(
                MQTTSubscribe(packetID: 1, subscriptions: [MQTTSubscription(filter: "a", qos: .atMostOnce)])),
            .suback(MQTTSuback(packetID: 1, reasonCodes: [.success])),
            .unsubscribe(MQTTUnsubscribe(packetID: 1, filters: ["a"])),
            .unsuback(MQTTUnsuback(packetID: 1, reasonCodes: version == .v5 ? [.success] : [])),
            .pingreq, .pingresp, .disconnect(MQTTDisconnect()),
        ]
        if version == .v5 { packets.append(.auth(MQTTAuth(reasonCode: .success))) }
        return packets
    }

    static let toServer: Set<MQTTPacketType> = [
        .publish, .puback, .pubrec, .pubrel, .pubcomp, .subscribe, .unsubscribe, .pingreq, .disconnect, .auth,
    ]
    static let toClient: Set<MQTTPacketType> = [
        .connack, .publish, .puback, .pubrec, .pubrel, .pubcomp, .suback, .unsuback, .pingresp, .disconnect,
        .auth,
    ]

    @Test(arguments: v3 + v5)
    func `Every packet type to a fresh server: CONNECT and nothing else`(version: MQTTVersion) throws {
        for packet in Self.packets(version) {
            let wire = try encode(packet, version: version)
            for form in [decode, decodeHotThenOwned] {
                let outcome = Result { try form(wire, .server, nil) }
                if packet.type == .connect {
                    #expect(outcome.success == .some(packet))
                } else {
                    #expect(outcome.success == nil, "\(packet)")
                    let fault = #expect(throws: MQTTFault.self) { try form(wire, .server, nil) }
                    #expect(fault?.statement == "MQTT-3.1.0-1")
                }
            }
        }
    }

    @Test(arguments: either, v3 + v5)
    func `Every packet type to a connected peer: what its other side may send`(
        role: MQTTRole, version: MQTTVersion
    ) throws {
        for packet in Self.packets(version) {
            let wire = try encode(packet, version: version)
            var allowed = role == .server ? Self.toServer : Self.toClient
            // MQTT 3.1.1 has no DISCONNECT from the server.
            if version == .v3_1_1, role == .client { allowed.remove(.disconnect) }
            for form in [decode, decodeHotThenOwned] {
                if allowed.contains(packet.type) {
                    #expect(try form(wire, role, version) == packet)
                } else {
                    let fault = #expect(throws: MQTTFault.self) { try form(wire, role, version) }
                    #expect(fault?.kind == .protocolError, "\(packet)")
                    #expect(fault?.offset == 0)
                }
            }
        }
        // Type 0 in both versions, type 15 in MQTT 3.1.1.
        for first: UInt8 in version == .v5 ? [0x00, 0x0F] : [0x00, 0xF0, 0xFF] {
            let fault = #expect(throws: MQTTFault.self) {
                try decode([first, 0x00], role: role, version: version)
            }
            #expect(fault?.kind == .malformed)
        }
    }

    @Test(arguments: v3 + v5)
    func `mosquitto CVE-2021-28166, CONNACK to a server`(version: MQTTVersion) {
        for wire in [frame(0x20, "00 00"), frame(0x20, "00 00 00"), frame(0x20, "01 85 00")] {
            for known in [nil, version] {
                #expect(throws: MQTTFault.self) { try decode(wire, role: .server, version: known) }
            }
        }
    }

    @Test(arguments: v3 + v5)
    func `mosquitto CVE-2018-12543, topics that begin with $`(version: MQTTVersion) throws {
        for topic in ["$", "$SYS", "$SYS/", "$share", "$share/g/t", "$CONTROL/x", "$aws/things/t/shadow"] {
            let packet = MQTTPacket.publish(MQTTPublish(topic: topic, payload: ByteBuffer()))
            let wire = try encode(packet, version: version)
            #expect(try decode(wire, role: .server, version: version) == packet)
            #expect(!MQTTTopicMatcher.matches(filter: "#", topic: topic))
            #expect(!MQTTTopicMatcher.matches(filter: "+/#", topic: topic))
            #expect(MQTTTopicMatcher.matches(filter: topic + "/#", topic: topic))
        }
    }

    @Test(arguments: either, v3 + v5)
    func `FlashMQ CVE-2024-42644 and CVE-2024-42645, any flags and any short body of any type`(
        role: MQTTRole, version: MQTTVersion
    ) {
        // Every first byte with every body of up to two bytes out of the telling ones: an answer each.
        let telling: [UInt8] = [0x00, 0x01, 0x02, 0x10, 0x7F, 0x80, 0xFF]
        let pairs = telling.flatMap { first in telling.map { [first, $0] } }
        let bodies = [[]] + telling.map { [$0] } + pairs
        var answers = 0
        for first in UInt8.min...UInt8.max {
            for body in bodies {
                let wire = frame(first, body)
                let owned = Result { try decode(wire, role: role, version: version) }
                let hot = Result { try decodeHotThenOwned(wire, role: role, version: version) }
                if (owned.success == nil) == (hot.success == nil) { answers += 1 }
            }
        }
        #expect(answers == 256 * 57)
    }

    @Test(arguments: v3 + v5)
    func `Aedes CVE-2020-13410, what can't be written is refused before a byte is`(version: MQTTVersion) {
        let long = String(repeating: "x", count: 65_536)
        for topic in ["", "a/+", "a/#", "a\0b", long] {
            var buffer = ByteBuffer(string: "before")
            let packet = MQTTPacket.publish(MQTTPublish(topic: topic, payload: ByteBuffer()))
            let fault = #expect(throws: MQTTFault.self) { try packet.encode(into: &buffer, version: version) }
            #expect(fault?.kind == .unencodable)
            #expect(buffer == ByteBuffer(string: "before"))
        }
    }

    @Test(arguments: v3 + v5)
    func `Moquette 969, a second CONNECT`(version: MQTTVersion) throws {
        let connect = MQTTConnect(version: version, clientID: "c", cleanStart: true, keepAlive: 0)
        let wire = try encode(.connect(connect), version: version)
        var decoder = MQTTDecoder(role: .server)
        var buffer = ByteBuffer(bytes: wire + wire)
        #expect(try decoder.decode(&buffer) == .connect(connect))
        let fault = #expect(throws: MQTTFault.self) { try decoder.decode(&buffer) }
        #expect(fault?.statement == "MQTT-3.1.0-2")
        #expect(fault?.kind == .protocolError)
        #expect(buffer.readableBytes == wire.count)
    }

    @Test func `Moquette 958, a malformed $share filter is an answer, not an accident`() throws {
        for filter in ["$share", "$share/", "$share//a", "$share/g", "$share/g/", "$share/+/a", "$share/#/a"]
        {
            let packet = MQTTPacket.subscribe(
                MQTTSubscribe(
                    packetID: 1, subscriptions: [MQTTSubscription(filter: filter, qos: .atMostOnce)]))
            let wire = try encode(packet, version: .v5)
            // The packet is sound: SUBACK refuses this one filter.
            #expect(try decode(wire, role: .server, version: .v5) == packet)
            if filter == "$share" {
                #expect(try MQTTTopicFilter(filter).shareName == nil)
            } else {
                #expect(throws: MQTTTopicError.self) { try MQTTTopicFilter(filter) }
            }
        }
    }

    @Test func `codepr/sol 15, an acknowledgement before CONNECT`() {
        for first: UInt8 in [0x40, 0x50, 0x62, 0x70] {
            let fault = #expect(throws: MQTTFault.self) {
                try decode(frame(first, "0001"), role: .server, version: nil)
            }
            #expect(fault?.statement == "MQTT-3.1.0-1")
        }
    }
}
