import BrokerCore
import IoTPolicy
import MQTTCodec
import NIOCore
import Synchronization

/// One subscription of the host: a session of its own whose receiver is an async stream.
final class HostSubscription: DeliveryTarget {
    let eventLoop: any EventLoop
    private let core: GatewayCore
    private let client: GatewayClient
    private let continuation: AsyncStream<GatewayMessage>.Continuation
    private let attachment = Mutex<(session: BrokerSession, epoch: UInt64)?>(nil)

    private init(client: GatewayClient, continuation: AsyncStream<GatewayMessage>.Continuation) {
        self.client = client
        core = client.core
        eventLoop = client.eventLoop
        self.continuation = continuation
    }

    static func open(_ client: GatewayClient, filter: MQTTTopicFilter, qos: MQTTQoS) throws(GatewayError)
        -> GatewaySubscription
    {
        let core = client.core
        let (stream, continuation) = AsyncStream.makeStream(
            of: GatewayMessage.self,
            bufferingPolicy: .bufferingNewest(core.configuration.limits.maximumHostQueuedMessages))
        let subscription = HostSubscription(client: client, continuation: continuation)
        let now = core.clock.now().instant
        guard let (session, epoch) = core.broker.openHost(target: subscription, now: now) else {
            throw GatewayError(.limitExceeded, "the broker has as many sessions as its limits allow")
        }
        subscription.attachment.withLock { $0 = (session, epoch) }
        var retained: [Broker.RetainedDelivery] = []
        var visits = Int.max
        let outcome = core.broker.subscribe(
            session, epoch: epoch, filter: filter,
            options: SubscriptionOptions(qos: min(qos, .atLeastOnce)), now: now, retained: &retained,
            visits: &visits)
        guard case .granted = outcome else {
            subscription.cancel()
            throw GatewayError(.limitExceeded, "the broker has as many subscriptions as its limits allow")
        }
        // The stream holds the subscription, and ends it when the host lets the stream go.
        continuation.onTermination = { _ in subscription.cancel() }
        if core.broker.enqueue(retained, for: session, now: now) {
            client.eventLoop.execute { subscription.drain() }
        }
        return GatewaySubscription(stream: stream, subscription: subscription)
    }

    func drain() {
        guard let (session, epoch) = attachment.withLock({ $0 }) else { return }
        let now = core.clock.now().instant
        var batch: [Delivery] = []
        var isDry = false
        while !isDry {
            batch.removeAll(keepingCapacity: true)
            isDry = session.nextDeliveries(into: &batch, limit: 256, bytes: .max, epoch: epoch, now: now)
            // Each is done with as soon as it is in the stream, which makes room for the next.
            for delivery in batch where deliver(delivery, session, epoch) { isDry = false }
        }
    }

    /// - Returns: whether there is room again for messages that wait.
    private func deliver(_ delivery: Delivery, _ session: BrokerSession, _ epoch: UInt64) -> Bool {
        if let policy = client.policy,
            !policy.decide(.receive, delivery.message.topic, at: core.clock.now().unixSeconds).isAllowed
        {
            return session.refused(delivery, epoch: epoch)
        }
        continuation.yield(
            GatewayMessage(
                topic: delivery.message.topic, payload: delivery.message.payload,
                qos: delivery.delivery.qos, retain: delivery.retain,
                properties: delivery.message.properties))
        return delivery.packetID.map { session.acknowledged($0, epoch: epoch) } ?? false
    }

    func supersede() {}

    func cancel() {
        guard
            let (session, epoch) = attachment.withLock({ attachment in
                defer { attachment = nil }
                return attachment
            })
        else { return }
        core.broker.closeHost(session, epoch: epoch, now: core.clock.now().instant)
        continuation.finish()
    }
}
