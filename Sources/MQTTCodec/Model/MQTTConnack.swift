/// The answer to a CONNECT (§3.2).
public struct MQTTConnack: Hashable, Sendable {
    /// The server already had a session for this client. Always false with an error reason code.
    public var sessionPresent: Bool
    /// The outcome. MQTT 3.1.1 return codes are mapped, see ``MQTTConnectReturnCode``.
    public var reasonCode: MQTTReasonCode
    /// MQTT 5 properties.
    public var properties: MQTTProperties

    /// An answer to a CONNECT.
    public init(
        sessionPresent: Bool = false, reasonCode: MQTTReasonCode = .success,
        properties: MQTTProperties = MQTTProperties()
    ) {
        self.sessionPresent = sessionPresent
        self.reasonCode = reasonCode
        self.properties = properties
    }
}
