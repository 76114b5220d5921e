/// One step of an extended authentication (§3.15). MQTT 5 only.
public struct MQTTAuth: Hashable, Sendable {
    /// ``MQTTReasonCode/success``, ``MQTTReasonCode/continueAuthentication`` or
    /// ``MQTTReasonCode/reauthenticate``.
    public var reasonCode: MQTTReasonCode
    /// The properties; the authentication method is required unless all is empty.
    public var properties: MQTTProperties

    /// An authentication step.
    public init(reasonCode: MQTTReasonCode = .success, properties: MQTTProperties = MQTTProperties()) {
        self.reasonCode = reasonCode
        self.properties = properties
    }
}
