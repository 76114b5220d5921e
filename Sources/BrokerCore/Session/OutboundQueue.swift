import DequeModule
import MQTTCodec

/// Messages waiting to be sent to one receiver, bounded in number and bytes.
///
/// QoS 0 and QoS 1 wait in lines of their own, so that QoS 0 can pass when the window is full; a common
/// count of arrivals keeps the order between them otherwise.
struct OutboundQueue {
    struct Item {
        let message: BrokerMessage
        let subscriptionIdentifiers: [UInt32]
        let arrival: UInt64
        let retain: Bool
    }

    private var atMostOnce = Deque<Item>()
    private var atLeastOnce = Deque<Item>()
    private var arrivals: UInt64 = 0
    private(set) var byteCount = 0

    var count: Int { atMostOnce.count + atLeastOnce.count }
    var hasAtLeastOnce: Bool { !atLeastOnce.isEmpty }

    /// Puts a message at the end of its line, making room by the policy.
    ///
    /// - Returns: how many messages were displaced; `nil` if the message itself found no room.
    mutating func append(_ message: BrokerMessage, _ terms: DeliveryTerms, _ limits: SessionLimits) -> Int? {
        var displaced = 0
        if !hasRoom(for: message, limits) {
            guard let count = makeRoom(for: message, terms.qos, limits) else { return nil }
            displaced = count
        }
        arrivals += 1
        byteCount += message.byteCount
        let item = Item(
            message: message, subscriptionIdentifiers: terms.subscriptionIdentifiers, arrival: arrivals,
            retain: terms.retain)
        if terms.qos == .atMostOnce { atMostOnce.append(item) } else { atLeastOnce.append(item) }
        return displaced
    }

    /// Takes the message that arrived first; only QoS 0 if the window is closed.
    mutating func next(windowIsOpen: Bool) -> (item: Item, qos: MQTTQoS)? {
        let takesAtLeastOnce =
            windowIsOpen && !atLeastOnce.isEmpty
            && (atMostOnce.isEmpty || atLeastOnce[0].arrival < atMostOnce[0].arrival)
        guard let item = takesAtLeastOnce ? atLeastOnce.popFirst() : atMostOnce.popFirst() else {
            return nil
        }
        byteCount -= item.message.byteCount
        return (item, takesAtLeastOnce ? .atLeastOnce : .atMostOnce)
    }

    /// Drops all QoS 0 messages: their receiver has gone.
    ///
    /// - Returns: how many there were.
    mutating func removeAtMostOnce() -> Int {
        let count = atMostOnce.count
        for item in atMostOnce { byteCount -= item.message.byteCount }
        atMostOnce = Deque()
        return count
    }

    private func hasRoom(for message: BrokerMessage, _ limits: SessionLimits) -> Bool {
        count < limits.maximumQueuedMessages
            && byteCount + message.byteCount <= limits.maximumQueuedBytes
    }

    /// Displaces messages until there is room, or none if that can't succeed.
    private mutating func makeRoom(
        for message: BrokerMessage, _ qos: MQTTQoS, _ limits: SessionLimits
    ) -> Int? {
        let mayDisplaceAtMostOnce = qos > .atMostOnce || limits.overflowPolicy == .dropOldest
        let mayDisplaceAtLeastOnce = qos > .atMostOnce && limits.overflowPolicy == .dropOldest
        guard limits.maximumQueuedMessages > 0, message.byteCount <= limits.maximumQueuedBytes else {
            return nil
        }
        var atMostOnceVictims = 0
        var atLeastOnceVictims = 0
        var freedBytes = 0
        func suffices() -> Bool {
            count - atMostOnceVictims - atLeastOnceVictims < limits.maximumQueuedMessages
                && byteCount - freedBytes + message.byteCount <= limits.maximumQueuedBytes
        }
        while !suffices() {
            if mayDisplaceAtMostOnce, atMostOnceVictims < atMostOnce.count {
                freedBytes += atMostOnce[atMostOnceVictims].message.byteCount
                atMostOnceVictims += 1
            } else if mayDisplaceAtLeastOnce, atLeastOnceVictims < atLeastOnce.count {
                freedBytes += atLeastOnce[atLeastOnceVictims].message.byteCount
                atLeastOnceVictims += 1
            } else {
                return nil
            }
        }
        atMostOnce.removeFirst(atMostOnceVictims)
        atLeastOnce.removeFirst(atLeastOnceVictims)
        byteCount -= freedBytes
        return atMostOnceVictims + atLeastOnceVictims
    }
}
