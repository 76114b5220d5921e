/// PUBACK, PUBREC, PUBREL or PUBCOMP (§3.4 to §3.7).
public struct MQTTAcknowledgement: Hashable, Sendable {
    /// Identifier of the PUBLISH; 1 to 65,535.
    public var packetID: UInt16
    /// The outcome; MQTT 3.1.1 has only success.
    public var reasonCode: MQTTReasonCode
    /// MQTT 5 properties.
    public var properties: MQTTProperties

    /// An acknowledgement.
    public init(
        packetID: UInt16, reasonCode: MQTTReasonCode = .success,
        properties: MQTTProperties = MQTTProperties()
    ) {
        self.packetID = packetID
        self.reasonCode = reasonCode
        self.properties = properties
    }
}
