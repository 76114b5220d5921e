public import MQTTCodec

/// On what terms one receiver gets one message, whatever number of its subscriptions match.
public struct DeliveryTerms: Hashable, Sendable {
    /// The quality of service of the delivery. Never ``MQTTQoS/exactlyOnce``, which this broker does not
    /// grant.
    public var qos: MQTTQoS
    /// The RETAIN flag of the delivery.
    public var retain: Bool
    /// The identifiers of all matching subscriptions that have one (MQTT-3.3.4-3).
    public var subscriptionIdentifiers: [UInt32]

    /// Terms as given; QoS 2 becomes QoS 1.
    public init(qos: MQTTQoS, retain: Bool, subscriptionIdentifiers: [UInt32] = []) {
        self.qos = min(qos, .atLeastOnce)
        self.retain = retain
        self.subscriptionIdentifiers = subscriptionIdentifiers
    }

    /// The terms of a live message for a receiver with these matching subscriptions: one delivery at the
    /// highest granted QoS (MQTT-3.3.4-2), at most the publisher's (MQTT 5, 3.8.4), RETAIN kept if any of
    /// them asks for it (MQTT-3.3.1-13), all identifiers.
    ///
    /// - Parameters:
    ///   - message: the message.
    ///   - matches: one session's matches, as ``Swift/Array/forEachSession(_:_:)`` groups them.
    /// - Returns: `nil` if nothing is to be delivered: there is no match, or No Local withholds the
    ///   session's own message from all of them (MQTT-3.8.3-3).
    public init?(_ message: BrokerMessage, matches: Span<SubscriptionMatch>) {
        var qos: MQTTQoS?
        var keepsRetain = false
        var identifiers: [UInt32] = []
        for index in matches.indices {
            let match = matches[index]
            if match.noLocal, message.publisher == match.session { continue }
            qos = max(qos ?? .atMostOnce, match.qos)
            keepsRetain = keepsRetain || match.retainAsPublished
            if let identifier = match.subscriptionIdentifier { identifiers.append(identifier) }
        }
        guard let qos else { return nil }
        self.init(
            qos: min(qos, message.qos), retain: keepsRetain && message.retain,
            subscriptionIdentifiers: identifiers)
    }

    /// The terms of a retained message sent in answer to a subscription: RETAIN set (MQTT-3.3.1-8), with
    /// that subscription's identifier. No Local is about live messages and does not apply.
    public init(retained message: BrokerMessage, options: SubscriptionOptions) {
        self.init(
            qos: min(options.qos, message.qos), retain: true,
            subscriptionIdentifiers: options.subscriptionIdentifier.map { [$0] } ?? [])
    }
}
