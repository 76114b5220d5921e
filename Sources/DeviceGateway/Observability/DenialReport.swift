public import IoTPolicy

/// Something an admitted client may not do.
public struct DenialReport: Sendable {
    /// Who asked.
    public var connection: ConnectionSummary
    /// What for.
    public var action: MQTTAction
    /// The topic, filter or client identifier asked for.
    public var name: String
    /// The deciding statement, or the nearest miss.
    public var explanation: PolicyExplanation
}
