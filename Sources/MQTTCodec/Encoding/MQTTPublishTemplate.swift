public import NIOCore

/// A PUBLISH encoded once for many receivers. What differs between them, DUP, QoS, RETAIN, packet
/// identifier, topic alias, subscription identifiers and the remaining lifetime, is added while the rest
/// is copied.
public struct MQTTPublishTemplate: Sendable {
    /// The version it is encoded for.
    public let version: MQTTVersion
    /// Topic with its length, then the shared properties, then the payload.
    private let shared: ByteBuffer
    /// Bytes of ``shared`` before the properties.
    private let topicSize: Int
    /// Bytes of shared properties.
    private let propertiesSize: Int

    /// Encodes what all receivers share.
    ///
    /// - Parameter properties: what is the sender's own or differs by receiver is left out: topic alias,
    ///   subscription identifiers, message expiry interval. All are in MQTT 3.1.1.
    /// - Throws: the rule the PUBLISH would break.
    public init(
        topic: String, payload: ByteBuffer, properties: MQTTProperties, version: MQTTVersion
    ) throws(MQTTFault) {
        let properties = version == .v5 ? properties.shared : MQTTProperties()
        let publish = MQTTPublish(topic: topic, payload: payload, properties: properties)
        if let rule = publish.brokenRule(version: version) {
            throw MQTTFault(encoding: rule, version: version)
        }

        var meter = WireMeter()
        meter.string(topic)
        topicSize = meter.count
        properties.encodeWithoutLength(to: &meter)
        propertiesSize = meter.count - topicSize
        if let rule = meter.broken { throw MQTTFault(encoding: rule, version: version) }
        let size = meter.count + payload.readableBytes
        guard size + 4 <= Int(VariableInteger.maximum) else {
            throw MQTTFault(encoding: .packetUnrepresentable, version: version)
        }

        var buffer = ByteBuffer()
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
            var writer = WireWriter(memory)
            writer.string(topic)
            properties.encodeWithoutLength(to: &writer)
            writer.raw(payload)
            return writer.count
        }
        shared = buffer
        self.version = version
    }

    /// Exact size in bytes of what
    /// ``write(into:delivery:retain:subscriptionIdentifiers:messageExpiryInterval:topic:)`` appends. Compare it with the receiver's maximum packet size first.
    public func encodedSize(
        delivery: MQTTDelivery, subscriptionIdentifiers: [UInt32] = [], messageExpiryInterval: UInt32? = nil,
        topic: MQTTTopicForm = .name
    ) -> Int {
        let bodySize = sizes(delivery, subscriptionIdentifiers, messageExpiryInterval, topic).body
        return 1 + VariableInteger.size(bodySize) + bodySize
    }

    /// Appends the PUBLISH for one receiver.
    ///
    /// - Parameters:
    ///   - delivery: the packet identifier must not be 0.
    ///   - subscriptionIdentifiers: each 1 to 268,435,455; others are left out. None in MQTT 3.1.1.
    ///   - messageExpiryInterval: seconds the message has left. None in MQTT 3.1.1.
    ///   - topic: by name, by alias or both; an alias must not be 0. Always by name in MQTT 3.1.1.
    /// - Returns: the bytes appended; 0 if the packet would be larger than the protocol can express.
    @discardableResult
    public func write(
        into buffer: inout ByteBuffer, delivery: MQTTDelivery, retain: Bool,
        subscriptionIdentifiers: [UInt32] = [], messageExpiryInterval: UInt32? = nil,
        topic: MQTTTopicForm = .name
    ) -> Int {
        let sizes = sizes(delivery, subscriptionIdentifiers, messageExpiryInterval, topic)
        guard sizes.body <= Int(VariableInteger.maximum) else { return 0 }
        let size = 1 + VariableInteger.size(sizes.body) + sizes.body
        return buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
            var writer = WireWriter(memory)
            let flags = PublishFlags(delivery, retain: retain)
            writer.byte(MQTTPacketType.publish.rawValue << 4 | flags.rawValue)
            writer.variableInteger(sizes.body)
            shared.withUnsafeReadableBytes { shared in
                // Never empty: a topic has its length.
                guard let base = shared.baseAddress else { return }
                if case .alias = topic, version == .v5 {
                    writer.uint16(0)
                } else {
                    writer.copy(UnsafeRawBufferPointer(start: base, count: topicSize))
                }
                if let packetID = delivery.packetID { writer.uint16(packetID) }
                if version == .v5 {
                    writer.variableInteger(sizes.properties)
                    if let messageExpiryInterval {
                        writer.byte(PropertyID.messageExpiryInterval.rawValue)
                        writer.uint32(messageExpiryInterval)
                    }
                    if let alias = topic.alias {
                        writer.byte(PropertyID.topicAlias.rawValue)
                        writer.uint16(alias)
                    }
                    for identifier in subscriptionIdentifiers where Self.isValid(identifier) {
                        writer.byte(PropertyID.subscriptionIdentifier.rawValue)
                        writer.variableInteger(Int(identifier))
                    }
                }
                writer.copy(
                    UnsafeRawBufferPointer(start: base + topicSize, count: shared.count &- topicSize))
            }
            return writer.count
        }
    }

    @inline(__always)
    private static func isValid(_ identifier: UInt32) -> Bool {
        identifier > 0 && identifier <= VariableInteger.maximum
    }

    /// Bytes of all properties, and of the body with them.
    @inline(__always)
    private func sizes(
        _ delivery: MQTTDelivery, _ subscriptionIdentifiers: [UInt32], _ messageExpiryInterval: UInt32?,
        _ topic: MQTTTopicForm
    ) -> (properties: Int, body: Int) {
        let fixed = shared.readableBytes + (delivery.qos == .atMostOnce ? 0 : 2)
        guard version == .v5 else { return (0, fixed) }
        var added = (messageExpiryInterval == nil ? 0 : 5) + (topic.alias == nil ? 0 : 3)
        for identifier in subscriptionIdentifiers where Self.isValid(identifier) {
            added += 1 + VariableInteger.size(Int(identifier))
        }
        let properties = propertiesSize + added
        let body = fixed + added + VariableInteger.size(properties)
        if case .alias = topic { return (properties, body - topicSize + 2) }
        return (properties, body)
    }
}
