/// The answer to an UNSUBSCRIBE (§3.11).
public struct MQTTUnsuback: Hashable, Sendable {
    /// Identifier of the UNSUBSCRIBE; 1 to 65,535.
    public var packetID: UInt16
    /// One for each filter, in order. MQTT 3.1.1 has none: they are not written, and empty when read.
    public var reasonCodes: [MQTTReasonCode]
    /// MQTT 5 properties.
    public var properties: MQTTProperties

    /// An answer to an UNSUBSCRIBE.
    public init(
        packetID: UInt16, reasonCodes: [MQTTReasonCode] = [], properties: MQTTProperties = MQTTProperties()
    ) {
        self.packetID = packetID
        self.reasonCodes = reasonCodes
        self.properties = properties
    }
}
