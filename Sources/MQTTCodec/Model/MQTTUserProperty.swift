/// One user property (MQTT 5 §3.1.2.11.8): its meaning is the applications' own.
public struct MQTTUserProperty: Hashable, Sendable {
    /// The name; names may repeat within a packet.
    public var name: String
    /// The value.
    public var value: String

    /// A pair; each at most 65,535 bytes of UTF-8 without U+0000.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
