public import MQTTCodec

/// One session (MQTT 5, 4.1): its subscriptions, the messages waiting for its receiver, and those in flight.
///
/// ```
///            attach                    detach, interval > 0
///   new ───────────────▶ attached ───────────────────────▶ detached
///                         │  ▲ │                            │   │
///                         │  └─┘ attach: taken over, or     │   │ attach: resumed
///                         │      resumed ◀──────────────────┼───┘
///                         │ detach, interval 0              │ expire
///                         ▼                                 ▼
///                       ended ◀─────────────────────────────┘
/// ```
///
/// Each attachment has an epoch, and every event of a connection carries the epoch it was given: what a
/// superseded connection still has to say can't touch the session of its successor.
///
/// The driver pulls: ``enqueue(_:terms:now:)`` says when its event loop is to be woken, and
/// ``nextDelivery(epoch:now:)`` hands out deliveries until it returns `nil`. A driver that stops earlier,
/// because its channel is not writable, continues by itself when it is.
///
/// QoS 2 is refused before it gets here; a message or subscription at QoS 2 is treated as QoS 1.
public struct SessionStateMachine: ~Copyable {
    private enum State {
        case new
        case attached(Attached)
        case detached(Detached)
        case ended
    }

    private struct Attached {
        var epoch: UInt64
        var version: MQTTVersion
        var expiryInterval: UInt32
        var window: Int
        var maximumPacketSize: Int
        /// The driver has been told to drain and has not yet drained to the end.
        var isWakePending: Bool

        func obstacle(to delivery: Delivery) -> DropReason? {
            delivery.obstacle(version, maximumPacketSize: maximumPacketSize)
        }
    }

    private struct Detached {
        var version: MQTTVersion
        var expiry: BrokerInstant
    }

    /// The client identifier the session belongs to.
    public let clientID: String
    /// Its bounds.
    public let limits: SessionLimits
    /// The filters it is subscribed to. Kept in step with the trie by the driver.
    public private(set) var subscriptions: [MQTTTopicFilter: SubscriptionOptions] = [:]
    /// The latest attachment; 0 before the first.
    public private(set) var epoch: UInt64 = 0
    /// Messages given up since the session began.
    public private(set) var drops = DropCounts()

    private var state = State.new
    private var queue = OutboundQueue()
    private var inflight = InflightWindow()

    /// A session without a connection; ``attach(_:now:)`` begins it.
    public init(clientID: String, limits: SessionLimits = SessionLimits()) {
        self.clientID = clientID
        self.limits = limits
    }

    // MARK: State

    /// Messages waiting, without those in flight.
    public var queuedCount: Int { queue.count }
    /// Bytes waiting, by ``BrokerMessage/byteCount``.
    public var queuedByteCount: Int { queue.byteCount }
    /// QoS 1 messages not acknowledged, over all connections.
    public var inflightCount: Int { inflight.count }

    /// Whether a connection is attached.
    public var isAttached: Bool {
        if case .attached = state { true } else { false }
    }

    /// Whether the session is over. It ignores all events but ``attach(_:now:)``, which begins a new one.
    public var isEnded: Bool {
        if case .ended = state { true } else { false }
    }

    /// Whether `epoch` names the live attachment. Ask before changing anything else on behalf of a
    /// connection, the trie for instance.
    public func isCurrent(_ epoch: UInt64) -> Bool {
        if case .attached(let attached) = state { attached.epoch == epoch } else { false }
    }

    // MARK: Connections

    /// A connection with this session's client identifier was accepted.
    ///
    /// Takes over from a live connection, resumes the session, or, after expiry, with Clean Start or where
    /// versions may not be mixed, discards it and starts anew (MQTT 5, 3.1.2.4, 3.1.4, 4.1).
    public mutating func attach(_ connection: SessionConnection, now: BrokerInstant) -> AttachAction {
        let isResumable: Bool
        var supersededEpoch: UInt64?
        switch state {
        case .new, .ended:
            isResumable = false
        case .attached(let attached):
            supersededEpoch = attached.epoch
            // A session whose interval is 0 ends when its connection is closed, which taking over does.
            isResumable = attached.expiryInterval > 0 && accepts(connection, after: attached.version)
        case .detached(let detached):
            isResumable = detached.expiry > now && accepts(connection, after: detached.version)
        }
        let discarded = isResumable ? [] : discard()
        if isResumable {
            // The live messages of QoS 0 were for the connection that is gone.
            drops[.notConnected] += UInt64(queue.removeAtMostOnce())
        }
        inflight.beginConnection()
        epoch += 1
        let wake = inflight.hasResend || queue.count > 0
        state = .attached(
            Attached(
                epoch: epoch, version: connection.version, expiryInterval: connection.expiryInterval,
                window: min(Int(connection.receiveMaximum), limits.maximumInflight),
                maximumPacketSize: Int(connection.maximumPacketSize ?? .max), isWakePending: wake))
        return AttachAction(
            epoch: epoch, sessionPresent: isResumable, supersededEpoch: supersededEpoch,
            discardedSubscriptions: discarded, wake: wake)
    }

    /// A connection was closed.
    ///
    /// - Parameters:
    ///   - epoch: the connection's attachment.
    ///   - expiryInterval: the Session Expiry Interval of an MQTT 5 DISCONNECT, if it had one. It can't
    ///     revive an interval of 0, which is a protocol error the connection has to answer
    ///     (MQTT 5, 3.14.2.2.2); see ``acceptsExpiryInterval(_:epoch:)``.
    ///   - now: the time, from which the interval counts.
    public mutating func detach(
        epoch: UInt64, expiryInterval: UInt32? = nil, now: BrokerInstant
    ) -> DetachAction {
        guard case .attached(let attached) = state, attached.epoch == epoch else { return .ignored }
        let interval = attached.expiryInterval == 0 ? 0 : expiryInterval ?? attached.expiryInterval
        if interval == 0 { return .end(subscriptions: end()) }
        let expiry = interval == .max ? BrokerInstant.never : now.adding(seconds: interval)
        drops[.notConnected] += UInt64(queue.removeAtMostOnce())
        state = .detached(Detached(version: attached.version, expiry: expiry))
        return .keepUntil(expiry)
    }

    /// Whether a DISCONNECT may carry this Session Expiry Interval: not above 0 if CONNECT's was 0
    /// (MQTT 5, 3.14.2.2.2).
    public func acceptsExpiryInterval(_ expiryInterval: UInt32, epoch: UInt64) -> Bool {
        guard case .attached(let attached) = state, attached.epoch == epoch else { return true }
        return attached.expiryInterval > 0 || expiryInterval == 0
    }

    /// The time set by ``DetachAction/keepUntil(_:)`` has come. Harmless when it comes too early or twice.
    public mutating func expire(now: BrokerInstant) -> DetachAction {
        guard case .detached(let detached) = state else { return .ignored }
        if detached.expiry > now { return .keepUntil(detached.expiry) }
        return .end(subscriptions: end())
    }

    /// Ends the session, whatever its state: an administrator's decision.
    ///
    /// - Returns: its subscriptions, to be taken out of the trie.
    public mutating func end() -> [MQTTTopicFilter] {
        let discarded = discard()
        state = .ended
        return discarded
    }

    private func accepts(_ connection: SessionConnection, after version: MQTTVersion) -> Bool {
        !connection.cleanStart && (limits.resumesAcrossVersions || connection.version == version)
    }

    private mutating func discard() -> [MQTTTopicFilter] {
        let filters = Array(subscriptions.keys)
        subscriptions = [:]
        queue = OutboundQueue()
        inflight = InflightWindow()
        return filters
    }

    // MARK: Subscriptions

    /// The connection subscribed to a filter.
    public mutating func subscribed(
        _ filter: MQTTTopicFilter, options: SubscriptionOptions, epoch: UInt64
    ) -> SessionSubscribeAction {
        guard isCurrent(epoch) else { return .ignored }
        if subscriptions[filter] != nil {
            subscriptions[filter] = options
            return .replaced
        }
        guard subscriptions.count < limits.maximumSubscriptions else { return .refusedTooMany }
        subscriptions[filter] = options
        return .added
    }

    /// The connection unsubscribed from a filter. Messages that wait already are still delivered
    /// (MQTT-3.10.4-3).
    ///
    /// - Returns: whether the session had it.
    public mutating func unsubscribed(_ filter: MQTTTopicFilter, epoch: UInt64) -> Bool {
        guard isCurrent(epoch) else { return false }
        return subscriptions.removeValue(forKey: filter) != nil
    }

    // MARK: Messages

    /// A message is to be delivered to the session.
    public mutating func enqueue(
        _ message: BrokerMessage, terms: DeliveryTerms, now: BrokerInstant
    ) -> EnqueueAction {
        switch state {
        case .new, .ended:
            return .ignored
        case .detached where terms.qos == .atMostOnce:
            return dropping(.notConnected)
        case .detached, .attached:
            break
        }
        if message.isExpired(at: now) { return dropping(.expired) }
        guard let displaced = queue.append(message, terms, limits) else { return dropping(.queueFull) }
        drops[.displaced] += UInt64(displaced)
        let wake = wakeIfIdle(hasDeliverable: terms.qos == .atMostOnce || windowIsOpen)
        return displaced == 0 ? .queued(wake: wake) : .queuedDisplacing(count: displaced, wake: wake)
    }

    /// The next PUBLISH to send, or `nil` when there is none or the window is full.
    ///
    /// First come the messages in flight from an earlier connection, with DUP, in their order; then new
    /// ones in the order they came, except that QoS 0 passes QoS 1 while the window is full. Messages that
    /// expired or that the receiver has no room for are dropped on the way and counted in ``drops``.
    public mutating func nextDelivery(epoch: UInt64, now: BrokerInstant) -> Delivery? {
        guard case .attached(var attached) = state, attached.epoch == epoch else { return nil }
        while inflight.hasResend, inflight.outstanding < attached.window {
            guard let (packetID, slot) = inflight.nextResend() else { break }
            // Expiry no longer matters: delivery had begun (MQTT-3.3.2-5).
            let delivery = Delivery(
                message: slot.message, delivery: .atLeastOnce(packetID: packetID, dup: true),
                retain: slot.retain, subscriptionIdentifiers: slot.subscriptionIdentifiers, now: now)
            guard let obstacle = attached.obstacle(to: delivery) else { return delivery }
            _ = inflight.close(packetID)
            drops[obstacle] += 1
        }
        // Either nothing is left to be repeated, or the window is full and leaves only QoS 0.
        while let (item, qos) = queue.next(windowIsOpen: inflight.outstanding < attached.window) {
            if item.message.isExpired(at: now) {
                drops[.expired] += 1
                continue
            }
            if let delivery = begin(item, qos, attached, now) { return delivery }
        }
        attached.isWakePending = false
        state = .attached(attached)
        return nil
    }

    /// A PUBACK arrived, with whatever reason code: each ends the delivery (MQTT 5, 4.3.2).
    public mutating func acknowledged(packetID: UInt16, epoch: UInt64) -> AcknowledgeAction {
        guard isCurrent(epoch) else { return .ignored }
        guard inflight.close(packetID) else { return .unknown }
        return .released(
            wake: wakeIfIdle(hasDeliverable: windowIsOpen && (queue.hasAtLeastOnce || inflight.hasResend)))
    }

    /// The authorizer refused a delivery that ``nextDelivery(epoch:now:)`` had handed out: it is dropped and
    /// its packet identifier given back, as if it had never been.
    ///
    /// - Parameters:
    ///   - packetID: the delivery's; `nil` for QoS 0.
    ///   - epoch: the connection's attachment.
    public mutating func refusedDelivery(packetID: UInt16?, epoch: UInt64) -> AcknowledgeAction {
        guard isCurrent(epoch) else { return .ignored }
        drops[.notAuthorized] += 1
        guard let packetID else { return .released(wake: false) }
        return acknowledged(packetID: packetID, epoch: epoch)
    }

    private var windowIsOpen: Bool {
        if case .attached(let attached) = state { inflight.outstanding < attached.window } else { false }
    }

    private mutating func wakeIfIdle(hasDeliverable: Bool) -> Bool {
        guard hasDeliverable, case .attached(var attached) = state, !attached.isWakePending else {
            return false
        }
        attached.isWakePending = true
        state = .attached(attached)
        return true
    }

    private mutating func begin(
        _ item: OutboundQueue.Item, _ qos: MQTTQoS, _ attached: Attached, _ now: BrokerInstant
    ) -> Delivery? {
        var mode = MQTTDelivery.atMostOnce
        if qos == .atLeastOnce {
            let packetID = inflight.open(item.message, item.subscriptionIdentifiers, retain: item.retain)
            mode = .atLeastOnce(packetID: packetID, dup: false)
        }
        let delivery = Delivery(
            message: item.message, delivery: mode, retain: item.retain,
            subscriptionIdentifiers: item.subscriptionIdentifiers, now: now)
        guard let obstacle = attached.obstacle(to: delivery) else { return delivery }
        if let packetID = mode.packetID { _ = inflight.close(packetID) }
        drops[obstacle] += 1
        return nil
    }

    private mutating func dropping(_ reason: DropReason) -> EnqueueAction {
        drops[reason] += 1
        return .dropped(reason)
    }
}
