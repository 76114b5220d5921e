/// An unsubscribe request (§3.10).
public struct MQTTUnsubscribe: Hashable, Sendable {
    /// Packet identifier; 1 to 65,535.
    public var packetID: UInt16
    /// The filters to give up, as sent; at least one.
    public var filters: [String]
    /// MQTT 5 properties.
    public var properties: MQTTProperties

    /// An unsubscribe request.
    public init(packetID: UInt16, filters: [String], properties: MQTTProperties = MQTTProperties()) {
        self.packetID = packetID
        self.filters = filters
        self.properties = properties
    }
}
