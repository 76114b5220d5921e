public import NIOCore

/// The will message of a connection (§3.1.2.5).
public struct MQTTWill: Hashable, Sendable {
    /// Where it is published.
    public var topic: MQTTTopicName
    /// What is published; at most 65,535 bytes.
    public var payload: ByteBuffer
    /// Its quality of service.
    public var qos: MQTTQoS
    /// Whether it is retained.
    public var retain: Bool
    /// MQTT 5 will properties.
    public var properties: MQTTProperties

    /// A will message.
    public init(
        topic: MQTTTopicName, payload: ByteBuffer, qos: MQTTQoS = .atMostOnce, retain: Bool = false,
        properties: MQTTProperties = MQTTProperties()
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.properties = properties
    }
}
