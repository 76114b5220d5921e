public import MQTTCodec
public import NIOCore

/// One PUBLISH to be sent to a session's receiver.
public struct Delivery: Sendable {
    /// The message.
    public let message: BrokerMessage
    /// Quality of service, packet identifier, DUP.
    public let delivery: MQTTDelivery
    /// The RETAIN flag.
    public let retain: Bool
    /// The identifiers of the matching subscriptions.
    public let subscriptionIdentifiers: [UInt32]
    /// Seconds left before the message expires; `nil` for messages that don't. A delivery that was begun
    /// in time and is repeated after expiry has 0.
    public let messageExpiryInterval: UInt32?

    /// The packet identifier, for QoS 1.
    public var packetID: UInt16? { delivery.packetID }

    init(
        message: BrokerMessage, delivery: MQTTDelivery, retain: Bool, subscriptionIdentifiers: [UInt32],
        now: BrokerInstant
    ) {
        self.message = message
        self.delivery = delivery
        self.retain = retain
        self.subscriptionIdentifiers = subscriptionIdentifiers
        self.messageExpiryInterval = message.expiry == .never ? nil : now.seconds(until: message.expiry)
    }

    /// Appends the PUBLISH's wire form for the session's protocol version.
    ///
    /// ``SessionStateMachine/nextDelivery(epoch:now:)`` hands out only what can be encoded for its
    /// connection's version; for any other, nothing may be appended.
    public func write(into buffer: inout ByteBuffer, version: MQTTVersion) {
        guard case .success(let template) = message.wireForm(for: version).template else { return }
        template.write(
            into: &buffer, delivery: delivery, retain: retain,
            subscriptionIdentifiers: subscriptionIdentifiers,
            messageExpiryInterval: messageExpiryInterval)
    }

    /// Why this can't be sent to a receiver, if it can't.
    func obstacle(_ version: MQTTVersion, maximumPacketSize: Int) -> DropReason? {
        let wireForm = message.wireForm(for: version)
        if wireForm.exists, maximumPacketSize >= UInt32.max { return nil }
        guard case .success(let template) = wireForm.template else { return .notEncodable }
        let size = template.encodedSize(
            delivery: delivery, subscriptionIdentifiers: subscriptionIdentifiers,
            messageExpiryInterval: messageExpiryInterval)
        return size > maximumPacketSize ? .packetTooLarge : nil
    }
}
