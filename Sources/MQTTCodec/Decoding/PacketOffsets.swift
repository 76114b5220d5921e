/// A validated packet as positions and numbers: what both forms of packets are made from.
enum PacketOffsets: BitwiseCopyable {
    case connect(ConnectOffsets)
    case connack(sessionPresent: Bool, MQTTReasonCode, PropertyScan)
    case publish(MQTTPublishOffsets)
    case acknowledgement(MQTTPacketType, AcknowledgementOffsets)
    case subscribe(ListOffsets)
    case suback(ListOffsets)
    case unsubscribe(ListOffsets)
    case unsuback(ListOffsets)
    case pingreq
    case pingresp
    case disconnect(MQTTReasonCode, PropertyScan)
    case auth(MQTTReasonCode, PropertyScan)
}

struct ConnectOffsets: BitwiseCopyable {
    var version: MQTTVersion
    var cleanStart: Bool
    var keepAlive: UInt16
    var properties: PropertyScan
    var clientID: WireSpan
    var will: WillOffsets?
    var userName: WireSpan?
    var password: WireSpan?
}

struct WillOffsets: BitwiseCopyable {
    var qos: MQTTQoS
    var retain: Bool
    var properties: PropertyScan
    var topic: WireSpan
    var payload: WireSpan
}

struct AcknowledgementOffsets: BitwiseCopyable {
    var packetID: UInt16
    var reasonCode: MQTTReasonCode
    var properties: PropertyScan
}

/// A packet that ends in a list.
struct ListOffsets: BitwiseCopyable {
    var packetID: UInt16
    var properties: PropertyScan
    /// The validated list.
    var list: WireSpan
}
