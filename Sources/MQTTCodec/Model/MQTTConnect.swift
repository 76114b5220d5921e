public import NIOCore

/// A connection request (§3.1). The first packet of a connection.
public struct MQTTConnect: Hashable, Sendable {
    /// The protocol version the client speaks.
    public var version: MQTTVersion
    /// Client identifier; may be empty when the server is to choose one.
    public var clientID: String
    /// Start a new session (MQTT 5 Clean Start, MQTT 3.1.1 Clean Session).
    public var cleanStart: Bool
    /// Longest silence in seconds the client permits itself; 0: unlimited.
    public var keepAlive: UInt16
    /// Published by the server if the connection ends badly.
    public var will: MQTTWill?
    /// User name.
    public var userName: String?
    /// Password, at most 65,535 bytes; never printed. MQTT 3.1.1 requires a user name beside it.
    public var password: ByteBuffer?
    /// MQTT 5 properties.
    public var properties: MQTTProperties

    /// A connection request.
    public init(
        version: MQTTVersion, clientID: String, cleanStart: Bool = true, keepAlive: UInt16 = 0,
        will: MQTTWill? = nil, userName: String? = nil, password: ByteBuffer? = nil,
        properties: MQTTProperties = MQTTProperties()
    ) {
        self.version = version
        self.clientID = clientID
        self.cleanStart = cleanStart
        self.keepAlive = keepAlive
        self.will = will
        self.userName = userName
        self.password = password
        self.properties = properties
    }
}
