/// How a PUBLISH names its topic to one receiver (MQTT 5 §3.3.2.3.4). MQTT 3.1.1 knows the name only.
///
/// Aliases are 1 to the receiver's topic alias maximum; which one stands for what is its connection's to
/// remember.
public enum MQTTTopicForm: Hashable, Sendable, BitwiseCopyable {
    /// By its name.
    case name
    /// By its name, which the alias is to stand for from now on.
    case nameWithAlias(UInt16)
    /// By the alias alone.
    case alias(UInt16)

    /// The alias, if one is sent.
    @inline(__always)
    var alias: UInt16? {
        switch self {
        case .name: nil
        case .nameWithAlias(let alias), .alias(let alias): alias
        }
    }
}
