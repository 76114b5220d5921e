/// The answer to a SUBSCRIBE (§3.9).
public struct MQTTSuback: Hashable, Sendable {
    /// Identifier of the SUBSCRIBE; 1 to 65,535.
    public var packetID: UInt16
    /// One for each filter, in order. In MQTT 3.1.1 every error is written as 0x80.
    public var reasonCodes: [MQTTReasonCode]
    /// MQTT 5 properties.
    public var properties: MQTTProperties

    /// An answer to a SUBSCRIBE.
    public init(
        packetID: UInt16, reasonCodes: [MQTTReasonCode], properties: MQTTProperties = MQTTProperties()
    ) {
        self.packetID = packetID
        self.reasonCodes = reasonCodes
        self.properties = properties
    }
}
