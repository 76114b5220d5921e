/// Quality of service of one PUBLISH, with what exists only at that quality: QoS 0 has neither packet
/// identifier nor DUP flag (MQTT-2.2.1-2, MQTT-3.3.1-2).
public enum MQTTDelivery: Hashable, Sendable, BitwiseCopyable {
    /// QoS 0.
    case atMostOnce
    /// QoS 1. `packetID` is 1 to 65,535; `dup` marks a repetition.
    case atLeastOnce(packetID: UInt16, dup: Bool)
    /// QoS 2. `packetID` is 1 to 65,535; `dup` marks a repetition.
    case exactlyOnce(packetID: UInt16, dup: Bool)

    /// The quality of service.
    public var qos: MQTTQoS {
        switch self {
        case .atMostOnce: .atMostOnce
        case .atLeastOnce: .atLeastOnce
        case .exactlyOnce: .exactlyOnce
        }
    }

    /// The packet identifier, for QoS 1 and 2.
    public var packetID: UInt16? {
        switch self {
        case .atMostOnce: nil
        case .atLeastOnce(let packetID, _), .exactlyOnce(let packetID, _): packetID
        }
    }

    /// Whether this repeats an earlier PUBLISH.
    public var dup: Bool {
        switch self {
        case .atMostOnce: false
        case .atLeastOnce(_, let dup), .exactlyOnce(_, let dup): dup
        }
    }
}
