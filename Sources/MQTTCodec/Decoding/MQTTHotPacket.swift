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
public struct MQTTPublishOffsets: BitwiseCopyable, Hashable, Sendable {
    /// First byte of the packet.
    public var packetStart: Int
    /// First byte of the topic name.
    public var topicStart: Int
    /// First byte of the properties, after their length.
    public var propertiesStart: Int
    /// First byte of the payload.
    public var payloadStart: Int
    /// Bytes of the payload.
    public var payloadCount: Int
    /// Bytes of properties; 0 in MQTT 3.1.1.
    public var propertiesCount: Int
    /// Lifetime in seconds, if given.
    public var messageExpiryInterval: UInt32?
    /// Bytes of the topic name; 0 only with a topic alias.
    public var topicCount: UInt16
    /// The packet identifier; 0 at QoS 0.
    public var packetID: UInt16
    /// The topic alias; 0 if there is none.
    public var topicAlias: UInt16
    /// Quality of service.
    public var qos: MQTTQoS
    /// The DUP flag.
    public var dup: Bool
    /// The RETAIN flag.
    public var retain: Bool
    /// Whether the payload is declared to be UTF-8 text (payload format indicator 1). Not checked.
    public var isPayloadUTF8: Bool
    /// Whether there are properties other than topic alias and message expiry interval.
    public var hasOtherProperties: Bool

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
