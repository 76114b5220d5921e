/// Quality of service (MQTT 5 §4.3).
public enum MQTTQoS: UInt8, Hashable, Sendable, CaseIterable, Comparable, BitwiseCopyable {
    /// Delivered once or not at all.
    case atMostOnce = 0
    /// Delivered once or more.
    case atLeastOnce = 1
    /// Delivered exactly once.
    case exactlyOnce = 2

    /// Orders by strength.
    public static func < (lhs: MQTTQoS, rhs: MQTTQoS) -> Bool { lhs.rawValue < rhs.rawValue }
}
