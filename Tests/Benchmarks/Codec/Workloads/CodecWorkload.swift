import MQTTCodec
import NIOCore

/// The loops that are measured. 64 bytes of payload, 29 of topic; MQTT 5 with four properties, 93 bytes
/// of them. One unit of work is one packet or one match.
public enum CodecWorkload: String, CaseIterable, Sendable {
    case hot3 = "decode-hot-3.1.1"
    case hot5 = "decode-hot-5"
    case owned3 = "decode-owned-3.1.1"
    case owned5 = "decode-owned-5"
    case ownedTopics5 = "decode-owned-5-changing-topics"
    case forward5 = "decode-hot-and-encode-5"
    case encode3 = "encode-3.1.1"
    case encode5 = "encode-5"
    case template5 = "encode-template-5"
    case small = "decode-hot-small-packets"
    case match = "match-5-levels"

    /// Does `count` units of work. Returns a figure that depends on all of them.
    public func run(_ count: Int) -> Int {
        switch self {
        case .hot3: decodeHot(Self.stream(.v3_1_1), .v3_1_1, count)
        case .hot5: decodeHot(Self.stream(.v5), .v5, count)
        case .owned3: decodeOwned(Self.stream(.v3_1_1), .v3_1_1, count)
        case .owned5: decodeOwned(Self.stream(.v5), .v5, count)
        case .ownedTopics5: decodeOwned(Self.stream(.v5, topics: 2), .v5, count)
        case .forward5: forward(Self.stream(.v5), .v5, count)
        case .encode3: encode(.v3_1_1, count)
        case .encode5: encode(.v5, count)
        case .template5: template(.v5, count)
        case .small: decodeHot(Self.smallPackets, .v5, count)
        case .match: match(count)
        }
    }
}

extension CodecWorkload {
    static func publish(_ version: MQTTVersion, topic index: Int = 0) -> MQTTPublish {
        var properties = MQTTProperties()
        if version == .v5 {
            properties.payloadFormatIndicator = 1
            properties.messageExpiryInterval = 3600
            properties.contentType = "application/json"
            properties.userProperties = [MQTTUserProperty(name: "trace", value: "0123456789abcdef")]
        }
        return MQTTPublish(
            topic: "devices/device000\(index)/telemetry1", payload: ByteBuffer(repeating: 0x41, count: 64),
            delivery: version == .v5 ? .atLeastOnce(packetID: 7, dup: false) : .atMostOnce,
            properties: properties)
    }

    /// As many PUBLISH packets as fill 64 KiB, their topics taking turns.
    static func stream(_ version: MQTTVersion, topics: Int = 1) -> ByteBuffer {
        fill { index, buffer in
            try? MQTTPacket.publish(publish(version, topic: index % topics)).encode(
                into: &buffer, version: version)
        }
    }

    /// 64 KiB of what a gateway gets when nobody says much: short PUBLISHes and PUBACKs.
    static let smallPackets = fill { index, buffer in
        let packet: MQTTPacket =
            index % 4 == 3
            ? .puback(MQTTAcknowledgement(packetID: UInt16(index % 65_535) + 1))
            : .publish(MQTTPublish(topic: "d/0001/t", payload: ByteBuffer(string: "23.5")))
        try? packet.encode(into: &buffer, version: .v5)
    }

    private static func fill(_ append: (Int, inout ByteBuffer) -> Void) -> ByteBuffer {
        var stream = ByteBuffer()
        var index = 0
        while true {
            var packet = ByteBuffer()
            append(index, &packet)
            guard packet.readableBytes > 0, stream.readableBytes + packet.readableBytes <= 65_536 else {
                return stream
            }
            stream.writeBuffer(&packet)
            index += 1
        }
    }

    private func decodeHot(_ stream: ByteBuffer, _ version: MQTTVersion, _ count: Int) -> Int {
        stream.withUnsafeReadableBytes { bytes in
            var decoder = MQTTDecoder(role: .server, version: version)
            var offset = 0
            var sum = 0
            for _ in 0..<count {
                if offset == bytes.count { offset = 0 }
                guard let packet = try? decoder.decodeHot(bytes, &offset) else { return -1 }
                switch packet {
                case .publish(let publish): sum &+= publish.payloadStart &+ Int(publish.topicCount)
                case .puback(let packetID, _): sum &+= Int(packetID)
                default: return -1
                }
            }
            return sum
        }
    }

    private func decodeOwned(_ stream: ByteBuffer, _ version: MQTTVersion, _ count: Int) -> Int {
        var decoder = MQTTDecoder(role: .server, version: version)
        var buffer = stream
        var sum = 0
        for _ in 0..<count {
            if buffer.readableBytes == 0 { buffer = stream }
            guard let packet = try? decoder.decode(&buffer), case .publish(let publish) = packet else {
                return -1
            }
            sum &+= publish.payload.readableBytes &+ publish.topic.utf8.count
        }
        return sum
    }

    private func forward(_ stream: ByteBuffer, _ version: MQTTVersion, _ count: Int) -> Int {
        var output = ByteBuffer()
        output.reserveCapacity(4096)
        return stream.withUnsafeReadableBytes { bytes in
            var decoder = MQTTDecoder(role: .server, version: version)
            var offset = 0
            var sum = 0
            for _ in 0..<count {
                if offset == bytes.count { offset = 0 }
                guard let packet = try? decoder.decodeHot(bytes, &offset), case .publish(let publish) = packet
                else { return -1 }
                output.moveWriterIndex(to: 0)
                sum &+= publish.encode(
                    from: bytes, into: &output, delivery: publish.delivery, retain: publish.retain)
            }
            return sum
        }
    }

    private func encode(_ version: MQTTVersion, _ count: Int) -> Int {
        let packet = MQTTPacket.publish(Self.publish(version))
        var output = ByteBuffer()
        output.reserveCapacity(4096)
        var sum = 0
        for _ in 0..<count {
            output.moveWriterIndex(to: 0)
            guard (try? packet.encode(into: &output, version: version)) != nil else { return -1 }
            sum &+= output.readableBytes
        }
        return sum
    }

    private func template(_ version: MQTTVersion, _ count: Int) -> Int {
        let publish = Self.publish(version)
        guard
            let template = try? MQTTPublishTemplate(
                topic: publish.topic, payload: publish.payload, properties: publish.properties,
                version: version)
        else { return -1 }
        var output = ByteBuffer()
        output.reserveCapacity(4096)
        var sum = 0
        for _ in 0..<count {
            output.moveWriterIndex(to: 0)
            sum &+= template.write(into: &output, delivery: publish.delivery, retain: false)
        }
        return sum
    }

    private func match(_ count: Int) -> Int {
        guard let filter = try? MQTTTopicFilter("devices/+/telemetry1/+/#"),
            let topic = try? MQTTTopicName("devices/device0001/telemetry1/line7/state")
        else { return -1 }
        var sum = 0
        for _ in 0..<count { sum &+= filter.matches(topic) ? 1 : 0 }
        return sum
    }
}
