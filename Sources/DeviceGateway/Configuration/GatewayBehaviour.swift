/// Choices where the MQTT standard and AWS IoT Core differ or leave room.
public struct GatewayBehaviour: Sendable, Hashable {
    /// What an MQTT 3.1.1 client gets for a filter its policies refuse.
    public enum RefusedSubscription: Sendable, Hashable {
        /// SUBACK 0x80 for that filter, as the standard has it [MQTT-3.9.3].
        case failureCode
        /// The connection is closed, as AWS IoT Core was observed to do.
        case disconnect
    }

    /// What a client whose CONNECT is refused gets over MQTT 3.1.1.
    public enum RefusedConnection: Sendable, Hashable {
        /// CONNACK with return code 5, then the connection is closed [MQTT-3.2.2-5].
        case returnCode
        /// The connection is closed without CONNACK, as AWS IoT Core was observed to do.
        case disconnect
    }

    /// See ``RefusedSubscription``; the default is the standard's.
    public var refusedSubscription: RefusedSubscription = .failureCode
    /// See ``RefusedConnection``; the default is the standard's.
    public var refusedConnection: RefusedConnection = .returnCode
    /// Whether `a/#` also matches `a` [MQTT-4.7.1-2]. AWS IoT Core: `false`.
    public var multiLevelWildcardMatchesParent: Bool = true
    /// Puts the explanation of a refusal into MQTT 5 reason strings. Off by default: it tells a thief
    /// which policy stands in the way. Turn it on while developing.
    public var explainsRefusalsToDevices: Bool = false

    /// The defaults.
    public init() {}
}
