public import MQTTCodec

/// One subscription's options (MQTT 5, 3.8.3.1) and identifier (3.8.2.1.2).
public struct SubscriptionOptions: Hashable, Sendable {
    /// The granted quality of service: the most the subscriber is sent.
    public var qos: MQTTQoS
    /// Whether the subscriber's own messages are withheld from it.
    public var noLocal: Bool
    /// Whether live messages keep the RETAIN flag they were published with.
    public var retainAsPublished: Bool
    /// When retained messages are sent.
    public var retainHandling: MQTTRetainHandling
    /// The identifier returned with matching messages, 1...268,435,455; `nil` for none.
    public var subscriptionIdentifier: UInt32?

    /// Makes options; the defaults are MQTT 3.1.1's behaviour.
    public init(
        qos: MQTTQoS, noLocal: Bool = false, retainAsPublished: Bool = false,
        retainHandling: MQTTRetainHandling = .send, subscriptionIdentifier: UInt32? = nil
    ) {
        self.qos = qos
        self.noLocal = noLocal
        self.retainAsPublished = retainAsPublished
        self.retainHandling = retainHandling
        self.subscriptionIdentifier = subscriptionIdentifier
    }
}
