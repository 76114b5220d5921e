public import MQTTCodec

/// What follows from a connection attaching to a session.
public struct AttachAction: Hashable, Sendable {
    /// Names this attachment. All later events of the connection carry it; events of earlier ones are
    /// ignored.
    public var epoch: UInt64
    /// The CONNACK's Session Present flag (MQTT-3.2.2-2, -3).
    public var sessionPresent: Bool
    /// The attachment that was taken over, if one was live: its connection is to be closed, in MQTT 5 with
    /// Session Taken Over (0x8E) (MQTT-3.1.4-3).
    public var supersededEpoch: UInt64?
    /// Subscriptions of a discarded session, to be taken out of the trie.
    public var discardedSubscriptions: [MQTTTopicFilter]
    /// Whether messages are waiting: drain the session after CONNACK.
    public var wake: Bool
}

/// What follows from a connection leaving its session.
public enum DetachAction: Hashable, Sendable {
    /// The session is over: take these subscriptions out of the trie and forget the session.
    case end(subscriptions: [MQTTTopicFilter])
    /// The session waits; call ``SessionStateMachine/expire(now:)`` at that time. ``BrokerInstant/never``
    /// means no timer.
    case keepUntil(BrokerInstant)
    /// The connection was taken over before, or the session is over: nothing to do.
    case ignored
}

/// What follows from a message having been put to a session.
public enum EnqueueAction: Hashable, Sendable {
    /// It waits. `wake`: tell the connection's event loop to drain the session; false if it has been told
    /// and has not finished, or if the session is detached or its window is full.
    case queued(wake: Bool)
    /// It waits in place of `count` others.
    case queuedDisplacing(count: Int, wake: Bool)
    /// It is not kept.
    case dropped(DropReason)
    /// The session is over.
    case ignored
}

/// Why a session gave up a message.
public enum DropReason: String, Hashable, Sendable, CaseIterable {
    /// QoS 0 while no connection is attached.
    case notConnected
    /// The queue is full and the policy is ``OverflowPolicy/dropNewest``, or nothing could give way.
    case queueFull
    /// It gave way to a later message in a full queue.
    case displaced
    /// Its expiry interval passed before delivery began (MQTT-3.3.2-5).
    case expired
    /// It exceeds the receiver's Maximum Packet Size (MQTT-3.1.2-25).
    case packetTooLarge
    /// The authorizer refused the delivery.
    case notAuthorized
    /// The host made a message that has no wire form, see ``BrokerMessage/template(for:)``.
    case notEncodable
}

/// What follows from an acknowledgement, or from giving a delivery back.
public enum AcknowledgeAction: Hashable, Sendable {
    /// The packet identifier is free again. `wake`: drain the session, its window has room for waiting
    /// messages.
    case released(wake: Bool)
    /// No delivery with this packet identifier is in flight; harmless.
    case unknown
    /// The connection was taken over before.
    case ignored
}

/// What became of a subscription in its session.
public enum SessionSubscribeAction: Hashable, Sendable {
    /// The session did not have the filter.
    case added
    /// The session had it; the options are replaced.
    case replaced
    /// The session has ``SessionLimits/maximumSubscriptions`` subscriptions.
    case refusedTooMany
    /// The connection was taken over before.
    case ignored
}
