/// What a session may hold while its receiver is away or slow.
public struct SessionLimits: Hashable, Sendable {
    /// The most messages waiting, QoS 0 and 1 together, without those in flight. Default 1,000.
    public let maximumQueuedMessages: Int
    /// The most bytes waiting, by ``BrokerMessage/byteCount``. A message counts in full for each session that
    /// waits for it, though they share it. Default 8 MiB.
    public let maximumQueuedBytes: Int
    /// What gives way when the queue is full.
    public let overflowPolicy: OverflowPolicy
    /// The most QoS 1 messages sent and not yet acknowledged; a receiver's Receive Maximum lowers it.
    /// 1...65,535, default 100 (AWS IoT Core's "outbound unacknowledged QoS 1 publish requests").
    public let maximumInflight: Int
    /// The most subscriptions. Default 1,000.
    public let maximumSubscriptions: Int
    /// Whether a session begun with one MQTT version may be resumed with the other. AWS IoT Core starts a
    /// new session instead (Developer Guide, "MQTT persistent sessions").
    public let resumesAcrossVersions: Bool

    /// Makes limits; values out of range are brought into it.
    public init(
        maximumQueuedMessages: Int = 1_000, maximumQueuedBytes: Int = 8 << 20,
        overflowPolicy: OverflowPolicy = .dropNewest, maximumInflight: Int = 100,
        maximumSubscriptions: Int = 1_000, resumesAcrossVersions: Bool = true
    ) {
        self.maximumQueuedMessages = max(0, maximumQueuedMessages)
        self.maximumQueuedBytes = max(0, maximumQueuedBytes)
        self.overflowPolicy = overflowPolicy
        self.maximumInflight = min(max(1, maximumInflight), 65_535)
        self.maximumSubscriptions = max(0, maximumSubscriptions)
        self.resumesAcrossVersions = resumesAcrossVersions
    }
}

/// What gives way when a session's queue is full.
///
/// Under either policy QoS 0 gives way to QoS 1, never the reverse: an arriving QoS 1 message displaces the
/// oldest waiting QoS 0 messages before the policy is asked.
public enum OverflowPolicy: String, Hashable, Sendable, CaseIterable {
    /// The arriving message is dropped, as AWS IoT Core does.
    case dropNewest
    /// The oldest waiting messages are dropped, which suits receivers that want the present state.
    case dropOldest
}
