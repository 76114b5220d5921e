public import NIOCore

extension MQTTPublish {
    func encodeBody(to sink: inout some WireSink, version: MQTTVersion) {
        sink.string(topic)
        if let packetID = delivery.packetID { sink.uint16(packetID) }
        if version == .v5 { properties.encode(to: &sink) }
        sink.raw(payload)
    }

    func brokenRule(version: MQTTVersion) -> Rule? {
        if delivery.packetID == 0 { return .packetIdentifierZero }
        if topic.containsTopicWildcard { return .topicNameWildcard }
        switch version {
        case .v3_1_1: return topic.isEmpty ? .topicNameEmpty : nil
        case .v5:
            if topic.isEmpty, properties.topicAlias == nil { return .topicMissing }
            return properties.brokenRule(.publishToClient)
        }
    }
}

extension MQTTAcknowledgement {
    /// Appends the PUBACK that says success and no more: four bytes, the same in both versions. The
    /// server's everyday answer, so without detour through a packet.
    ///
    /// - Parameter packetID: as the PUBLISH had it, not 0.
    @inlinable
    public static func writePuback(packetID: UInt16, into buffer: inout ByteBuffer) {
        buffer.writeInteger(0x4002_0000 | UInt32(packetID))
    }

    func encodeBody(to sink: inout some WireSink, version: MQTTVersion) {
        sink.uint16(packetID)
        guard version == .v5, reasonCode != .success || !properties.isEmpty else { return }
        sink.byte(reasonCode.rawValue)
        if !properties.isEmpty { properties.encode(to: &sink) }
    }

    func brokenRule(version: MQTTVersion) -> Rule? {
        if packetID == 0 { return .packetIdentifierZero }
        switch version {
        case .v3_1_1: return reasonCode.isError ? .reasonCodeNotInVersion3 : nil
        case .v5: return properties.brokenRule(.acknowledgement)
        }
    }
}
