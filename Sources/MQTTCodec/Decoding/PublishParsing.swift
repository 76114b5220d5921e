extension WireCursor {
    /// The body of a PUBLISH (§3.3); `role` nil takes either direction.
    @inline(__always)
    mutating func publish(
        _ header: FixedHeader, version: MQTTVersion, role: MQTTRole?
    ) throws(WireFault) -> MQTTPublishOffsets {
        let dup = header.flags & 0b1000 != 0
        guard let qos = MQTTQoS(rawValue: header.flags >> 1 & 0b11) else {
            throw WireFault(rule: .publishQoS3, position: header.packetStart)
        }
        if dup, qos == .atMostOnce { throw WireFault(rule: .dupAtQoS0, position: header.packetStart) }
        let topicStart = position
        let topic = try topicName("topic name", wildcard: .topicNameWildcard)
        let packetID = qos == .atMostOnce ? 0 : try packetIdentifier()
        var scan = PropertyScan(span: WireSpan(start: position, count: 0))
        if version == .v5 {
            scan = try properties(role == .server ? .publishToServer : .publishToClient)
        }
        if topic.count == 0, scan.topicAlias == 0 {
            throw WireFault(rule: version == .v5 ? .topicMissing : .topicNameEmpty, position: topicStart)
        }
        let payload = rest("payload")
        let ownFields = PropertyID.topicAlias.bit | PropertyID.messageExpiryInterval.bit
        return MQTTPublishOffsets(
            packetStart: header.packetStart, topicStart: topic.start, propertiesStart: scan.span.start,
            payloadStart: payload.start, payloadCount: payload.count, propertiesCount: scan.span.count,
            messageExpiryInterval: scan.contains(.messageExpiryInterval) ? scan.messageExpiryInterval : nil,
            topicCount: UInt16(truncatingIfNeeded: topic.count), packetID: packetID,
            topicAlias: scan.topicAlias, qos: qos, dup: dup, retain: header.flags & 0b0001 != 0,
            isPayloadUTF8: scan.isPayloadUTF8, hasOtherProperties: scan.seen & ~ownFields != 0)
    }

    /// The body of PUBACK, PUBREC, PUBREL and PUBCOMP (§3.4 to §3.7).
    @inline(__always)
    mutating func acknowledgement(version: MQTTVersion) throws(WireFault) -> AcknowledgementOffsets {
        let packetID = try packetIdentifier()
        let (reasonCode, scan) = try optionalReasonAndProperties(
            version: version, .acknowledgement, reasonMayStandAlone: true)
        return AcknowledgementOffsets(packetID: packetID, reasonCode: reasonCode, properties: scan)
    }

    /// Reason code and properties at the end of an MQTT 5 packet, either of which may be left out when
    /// it says nothing; MQTT 3.1.1 packets have neither.
    @inline(__always)
    mutating func optionalReasonAndProperties(
        version: MQTTVersion, _ context: PropertyContext, reasonMayStandAlone: Bool
    ) throws(WireFault) -> (MQTTReasonCode, PropertyScan) {
        var reasonCode = MQTTReasonCode.success
        var scan = PropertyScan()
        if version == .v5, !isAtEnd {
            reasonCode = MQTTReasonCode(rawValue: try byte("reason code", .reasonCode))
            if !isAtEnd || !reasonMayStandAlone { scan = try properties(context) }
        }
        try finish()
        return (reasonCode, scan)
    }
}
