/// The last packet of a connection (§3.14). In MQTT 3.1.1 only clients send it, and it has no fields.
public struct MQTTDisconnect: Hashable, Sendable {
    /// Why.
    public var reasonCode: MQTTReasonCode
    /// MQTT 5 properties.
    public var properties: MQTTProperties

    /// A disconnect notification.
    public init(
        reasonCode: MQTTReasonCode = .normalDisconnection, properties: MQTTProperties = MQTTProperties()
    ) {
        self.reasonCode = reasonCode
        self.properties = properties
    }
}
