/// A subscribe request (§3.8).
public struct MQTTSubscribe: Hashable, Sendable {
    /// Packet identifier; 1 to 65,535.
    public var packetID: UInt16
    /// The subscriptions wanted, at least one.
    public var subscriptions: [MQTTSubscription]
    /// MQTT 5 properties.
    public var properties: MQTTProperties

    /// A subscribe request.
    public init(
        packetID: UInt16, subscriptions: [MQTTSubscription], properties: MQTTProperties = MQTTProperties()
    ) {
        self.packetID = packetID
        self.subscriptions = subscriptions
        self.properties = properties
    }
}

/// One topic filter of a SUBSCRIBE with its options (§3.8.3.1). MQTT 3.1.1 has only the QoS.
public struct MQTTSubscription: Hashable, Sendable {
    /// The filter as it was sent: well-formed UTF-8, but perhaps not a valid filter, which is answered
    /// for this filter alone (SUBACK 0x8F). See ``topicFilter()``.
    public var filter: String
    /// The highest QoS the client wants.
    public var qos: MQTTQoS
    /// Do not send the client its own messages. Not allowed on a shared subscription.
    public var noLocal: Bool
    /// Forward the RETAIN flag as it was published.
    public var retainAsPublished: Bool
    /// When retained messages are sent.
    public var retainHandling: MQTTRetainHandling

    /// A subscription.
    public init(
        filter: String, qos: MQTTQoS = .atMostOnce, noLocal: Bool = false, retainAsPublished: Bool = false,
        retainHandling: MQTTRetainHandling = .send
    ) {
        self.filter = filter
        self.qos = qos
        self.noLocal = noLocal
        self.retainAsPublished = retainAsPublished
        self.retainHandling = retainHandling
    }

    /// The filter, checked.
    public func topicFilter() throws(MQTTTopicError) -> MQTTTopicFilter { try MQTTTopicFilter(filter) }
}

/// When a subscription is sent the retained messages that match it (§3.8.3.1).
public enum MQTTRetainHandling: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// At every SUBSCRIBE.
    case send = 0
    /// Only if the subscription is new.
    case sendIfNew = 1
    /// Never.
    case doNotSend = 2
}
