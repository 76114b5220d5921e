/// A packet as the hot path sees it: validated, nothing copied, trivially copyable.
public enum MQTTHotPacket: BitwiseCopyable, Sendable {
    /// A PUBLISH. Everything in it has been validated.
    case publish(MQTTPublishOffsets)
    /// A PUBACK. Its properties have been validated and are not passed on.
    case puback(packetID: UInt16, reasonCode: MQTTReasonCode)
    /// A PINGREQ.
    case pingreq
    /// Any other packet: a whole one, allowed here, its body not yet looked at. Decode it
    /// with ``MQTTDecoder/decodeOwned(_:_:)``.
    case other(type: MQTTPacketType, packetStart: Int, packetEnd: Int)
}

/// Where the parts of a validated PUBLISH lie. Offsets count from the start of the bytes that were
/// decoded, and are good as long as those bytes are.
///
/// Few words, each as wide as it has to be: handing them out is a good part of what decoding costs.
public struct MQTTPublishOffsets: BitwiseCopyable, Hashable, Sendable {
    /// First byte of the packet.
    public let packetStart: Int
    /// First byte of the topic name.
    public let topicStart: Int
    /// First byte of the properties, after their length.
    public let propertiesStart: Int
    /// First byte of the payload.
    public let payloadStart: Int
    /// Bytes of the payload.
    public let payloadCount: Int
    /// Which properties there are, as ``PropertyID/bit``; bit 0 says that the payload is UTF-8.
    let properties: UInt64
    private let lifetime: UInt32
    /// Bytes of the topic name; 0 only with a topic alias.
    public let topicCount: UInt16
    /// The packet identifier; 0 at QoS 0.
    public let packetID: UInt16
    /// The topic alias; 0 if there is none.
    public let topicAlias: UInt16
    private let flags: PublishFlags

    @inline(__always)
    init(
        packetStart: Int, flags: PublishFlags, topic: WireSpan, packetID: UInt16, properties: PropertyScan,
        payload: WireSpan
    ) {
        self.packetStart = packetStart
        self.flags = flags
        topicStart = topic.start
        topicCount = UInt16(truncatingIfNeeded: topic.count)
        self.packetID = packetID
        propertiesStart = properties.span.start
        self.properties = properties.seen
        topicAlias = properties.topicAlias
        lifetime = properties.messageExpiryInterval
        payloadStart = payload.start
        payloadCount = payload.count
    }

    /// Quality of service.
    public var qos: MQTTQoS { flags.qos ?? .atMostOnce }
    /// The DUP flag.
    public var dup: Bool { flags.contains(.dup) }
    /// The RETAIN flag.
    public var retain: Bool { flags.contains(.retain) }
    /// Bytes of properties; 0 in MQTT 3.1.1.
    public var propertiesCount: Int { payloadStart - propertiesStart }
    /// Lifetime in seconds, if given.
    public var messageExpiryInterval: UInt32? {
        properties & PropertyID.messageExpiryInterval.bit != 0 ? lifetime : nil
    }
    /// Whether the payload is declared to be UTF-8 text (payload format indicator 1). Not checked.
    public var isPayloadUTF8: Bool { properties & PropertyScan.utf8Payload != 0 }
    /// Whether there are properties other than topic alias and message expiry interval.
    public var hasOtherProperties: Bool {
        let own = PropertyID.topicAlias.bit | PropertyID.messageExpiryInterval.bit
        return properties & ~own != 0
    }

    /// Bytes of the packet, from ``packetStart``.
    public var packetCount: Int { payloadStart + payloadCount - packetStart }

    /// QoS with packet identifier and DUP flag.
    public var delivery: MQTTDelivery {
        switch qos {
        case .atMostOnce: .atMostOnce
        case .atLeastOnce: .atLeastOnce(packetID: packetID, dup: dup)
        case .exactlyOnce: .exactlyOnce(packetID: packetID, dup: dup)
        }
    }
}
