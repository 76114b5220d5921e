/// The protocol versions this codec speaks, by the protocol level a CONNECT carries (§3.1.2.2).
public enum MQTTVersion: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// MQTT 3.1.1, protocol level 4.
    // The version's own name has dots.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case v3_1_1 = 4
    /// MQTT 5.0, protocol level 5.
    case v5 = 5
}

extension MQTTVersion: CustomStringConvertible {
    /// "3.1.1" or "5".
    public var description: String {
        switch self {
        case .v3_1_1: "3.1.1"
        case .v5: "5"
        }
    }
}
