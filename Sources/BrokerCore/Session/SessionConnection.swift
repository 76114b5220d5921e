public import MQTTCodec

/// What a session needs to know of the connection that attaches to it: taken from CONNECT.
public struct SessionConnection: Hashable, Sendable {
    /// The protocol version.
    public var version: MQTTVersion
    /// Whether an existing session is discarded (Clean Start; Clean Session in MQTT 3.1.1).
    public var cleanStart: Bool
    /// Seconds the session outlives the connection: 0 ends it with the connection, `UInt32.max` keeps it
    /// for ever (MQTT 5, 3.1.2.11.2). For MQTT 3.1.1 the driver gives 0 with Clean Session and its own
    /// maximum without.
    public var expiryInterval: UInt32
    /// QoS 1 messages the receiver takes without acknowledging, 1...65,535 (MQTT 5, 3.1.2.11.3). 65,535
    /// when absent and in MQTT 3.1.1.
    public var receiveMaximum: UInt16
    /// Bytes of the largest packet the receiver takes (MQTT 5, 3.1.2.11.4); `nil` without a limit.
    public var maximumPacketSize: UInt32?

    /// Describes a connection. A Receive Maximum of 0, which the standard forbids, counts as 1.
    public init(
        version: MQTTVersion, cleanStart: Bool, expiryInterval: UInt32, receiveMaximum: UInt16 = .max,
        maximumPacketSize: UInt32? = nil
    ) {
        self.version = version
        self.cleanStart = cleanStart
        self.expiryInterval = expiryInterval
        self.receiveMaximum = max(1, receiveMaximum)
        self.maximumPacketSize = maximumPacketSize
    }
}
