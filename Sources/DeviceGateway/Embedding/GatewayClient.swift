import BrokerCore
import IoTPolicy
public import MQTTCodec
public import NIOCore

/// The host's own way in and out: no socket and no encoding, but the same queues and, when it is given
/// policies, the same authorizer as a device's connection.
public struct GatewayClient: Sendable {
    /// The client identifier policies see.
    public let name: String
    let core: GatewayCore
    let policy: ConnectionPolicy?
    let eventLoop: any EventLoop

    /// Publishes a message; when this returns, every matching queue has it.
    ///
    /// The host may also publish to topics that begin with `$`, which devices may not.
    ///
    /// - Throws: ``GatewayError/Code/invalidRequest`` for a topic with wildcards or of no length,
    ///   ``GatewayError/Code/notAuthorized`` with the explanation when the client was given policies,
    ///   ``GatewayError/Code/limitExceeded`` when it cannot be retained.
    public func publish(
        _ payload: ByteBuffer, to topic: String, qos: MQTTQoS = .atLeastOnce, retain: Bool = false,
        properties: MQTTProperties = MQTTProperties()
    ) throws(GatewayError) {
        do {
            _ = try MQTTTopicName(topic)
        } catch {
            throw GatewayError(.invalidRequest, "'\(topic)' is no topic name: \(error)")
        }
        guard qos != .exactlyOnce else {
            throw GatewayError(.invalidRequest, "QoS 2 is not offered; publish at QoS 0 or 1")
        }
        if let policy {
            let verdict = policy.authorize(
                .publish(topic: topic, retain: retain), at: core.clock.now().unixSeconds)
            guard verdict.decision.isAllowed else {
                throw GatewayError(
                    .notAuthorized,
                    policy.explain(verdict.deniedAction ?? .publish, verdict.deniedName ?? topic).summary)
            }
        }
        let now = core.clock.now().instant
        let message = BrokerMessage(
            topic: topic, payload: payload, qos: qos, retain: retain, properties: properties,
            expiry: properties.messageExpiryInterval.map { now.adding(seconds: $0) } ?? .never)
        var routes: [Route] = []
        var wakes = WakeList()
        let outcome = core.broker.publish(message, now: now, routes: &routes, wakes: &wakes)
        guard !outcome.isRetainRefused else {
            throw GatewayError(
                .limitExceeded, "the broker has as many retained messages as its limits allow")
        }
        wakes.flush(current: nil)
    }

    /// Publishes text as UTF-8. See ``publish(_:to:qos:retain:properties:)-(ByteBuffer,_,_,_,_)``.
    public func publish(
        _ text: String, to topic: String, qos: MQTTQoS = .atLeastOnce, retain: Bool = false
    ) throws(GatewayError) {
        try publish(ByteBuffer(string: text), to: topic, qos: qos, retain: retain)
    }

    /// Subscribes; when this returns, the subscription is in force. It ends when the sequence is let go.
    ///
    /// - Throws: ``GatewayError/Code/invalidRequest`` for a malformed filter,
    ///   ``GatewayError/Code/notAuthorized`` when the client was given policies that refuse it,
    ///   ``GatewayError/Code/limitExceeded`` when the broker is full.
    public func subscribe(to filter: String, qos: MQTTQoS = .atLeastOnce) throws(GatewayError)
        -> GatewaySubscription
    {
        let topicFilter: MQTTTopicFilter
        do {
            topicFilter = try MQTTTopicFilter(filter)
        } catch {
            throw GatewayError(.invalidRequest, "'\(filter)' is no topic filter: \(error)")
        }
        guard topicFilter.shareName == nil else {
            throw GatewayError(.invalidRequest, "shared subscriptions are not offered")
        }
        if let policy {
            let verdict = policy.authorize(
                .subscribe(filter: filter), at: core.clock.now().unixSeconds)
            guard verdict.decision.isAllowed else {
                throw GatewayError(.notAuthorized, policy.explain(.subscribe, filter).summary)
            }
        }
        return try HostSubscription.open(self, filter: topicFilter, qos: qos)
    }
}

/// A message as the host receives it.
public struct GatewayMessage: Sendable {
    /// The topic it was published to.
    public var topic: String
    /// The payload.
    public var payload: ByteBuffer
    /// The quality of service it was delivered at.
    public var qos: MQTTQoS
    /// Whether it is a retained message sent because of the subscription.
    public var retain: Bool
    /// MQTT 5 properties of the publisher.
    public var properties: MQTTProperties

    /// The payload as text; bytes that are no UTF-8 are replaced.
    public var text: String { String(buffer: payload) }
}

/// Messages of one subscription of the host, in order. When the host reads too slowly, the oldest are
/// dropped past ``GatewayLimits/maximumHostQueuedMessages``.
public struct GatewaySubscription: AsyncSequence, Sendable {
    /// The element of the sequence.
    public typealias Element = GatewayMessage

    let stream: AsyncStream<GatewayMessage>
    private let subscription: HostSubscription

    init(stream: AsyncStream<GatewayMessage>, subscription: HostSubscription) {
        self.stream = stream
        self.subscription = subscription
    }

    /// Iterates over the messages.
    public func makeAsyncIterator() -> AsyncStream<GatewayMessage>.Iterator {
        stream.makeAsyncIterator()
    }

    /// Ends the subscription.
    public func cancel() {
        subscription.cancel()
    }
}
