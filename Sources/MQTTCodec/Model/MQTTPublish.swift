public import NIOCore

/// An application message (§3.3).
public struct MQTTPublish: Hashable, Sendable {
    /// Topic name, without wildcards. Empty only in MQTT 5 with a topic alias.
    public var topic: String
    /// The message.
    public var payload: ByteBuffer
    /// Quality of service with packet identifier and DUP flag.
    public var delivery: MQTTDelivery
    /// Store the message for later subscribers, or: this is a stored message.
    public var retain: Bool
    /// MQTT 5 properties.
    public var properties: MQTTProperties

    /// An application message.
    public init(
        topic: String, payload: ByteBuffer, delivery: MQTTDelivery = .atMostOnce, retain: Bool = false,
        properties: MQTTProperties = MQTTProperties()
    ) {
        self.topic = topic
        self.payload = payload
        self.delivery = delivery
        self.retain = retain
        self.properties = properties
    }
}
