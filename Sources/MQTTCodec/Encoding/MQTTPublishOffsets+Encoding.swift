public import NIOCore

extension MQTTPublishOffsets {
    /// Appends the PUBLISH these are the offsets of, with another delivery and RETAIN flag, without
    /// making a packet of it: for bridges, echoes and simulators, which pass on what they get.
    ///
    /// Topic, properties and payload are copied as they are. A topic alias means nothing on another
    /// connection, and message expiry interval and subscription identifiers are those of the sender.
    ///
    /// - Parameters:
    ///   - bytes: what was decoded.
    ///   - delivery: the packet identifier must not be 0.
    /// - Returns: the bytes appended; 0 if the offsets are not those of a PUBLISH in `bytes`, or the packet
    ///   would be larger than the protocol can express.
    @discardableResult
    public func encode(
        from bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer, delivery: MQTTDelivery,
        retain: Bool
    ) -> Int {
        let nameStart = topicStart &- 2
        let nameSize = Int(topicCount) &+ 2
        let restStart = nameStart &+ nameSize &+ (qos == .atMostOnce ? 0 : 2)
        let end = payloadStart &+ payloadCount
        guard let base = bytes.baseAddress, nameStart >= 0, payloadCount >= 0, payloadStart >= restStart,
            end >= payloadStart,
            end <= bytes.count
        else { return 0 }
        let packetID = delivery.packetID
        let bodySize = nameSize &+ (packetID == nil ? 0 : 2) &+ (end &- restStart)
        guard bodySize <= Int(VariableInteger.maximum) else { return 0 }
        let size = 1 &+ VariableInteger.size(bodySize) &+ bodySize
        return buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
            var writer = WireWriter(memory)
            let flags = PublishFlags(delivery, retain: retain)
            writer.byte(MQTTPacketType.publish.rawValue << 4 | flags.rawValue)
            writer.variableInteger(bodySize)
            writer.copy(UnsafeRawBufferPointer(start: base + nameStart, count: nameSize))
            if let packetID { writer.uint16(packetID) }
            writer.copy(UnsafeRawBufferPointer(start: base + restStart, count: end &- restStart))
            return writer.count
        }
    }
}
