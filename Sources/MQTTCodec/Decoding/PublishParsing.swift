extension WireCursor {
    /// The body of a PUBLISH (§3.3); `role` nil takes either direction.
    @inline(__always)
    mutating func publish(
        _ header: FixedHeader, version: MQTTVersion, role: MQTTRole?
    ) throws(WireFault) -> MQTTPublishOffsets {
        let flags = PublishFlags(rawValue: header.flags)
        if let broken = flags.brokenRule { throw WireFault(rule: broken, position: header.packetStart) }
        let topicStart = position
        let topic = try topicName("topic name", wildcard: .topicNameWildcard)
        let packetID = flags.isQoS0 ? 0 : try packetIdentifier()
        var scan = PropertyScan(span: WireSpan(start: position, count: 0))
        if version == .v5 {
            scan = try properties(role == .server ? .publishToServer : .publishToClient)
        }
        if topic.count == 0, scan.topicAlias == 0 {
            throw WireFault(rule: version == .v5 ? .topicMissing : .topicNameEmpty, position: topicStart)
        }
        return MQTTPublishOffsets(
            packetStart: header.packetStart, flags: flags, topic: topic, packetID: packetID, properties: scan,
            payload: rest("payload"))
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

/// The flags of a PUBLISH (§3.3.1).
struct PublishFlags: OptionSet, BitwiseCopyable, Hashable {
    let rawValue: UInt8

    static let retain = PublishFlags(rawValue: 0b0001)
    static let dup = PublishFlags(rawValue: 0b1000)

    @inline(__always)
    init(rawValue: UInt8) { self.rawValue = rawValue }

    @inline(__always)
    init(_ delivery: MQTTDelivery, retain: Bool) {
        rawValue = (delivery.dup ? 0b1000 : 0) | delivery.qos.rawValue << 1 | (retain ? 1 : 0)
    }

    /// nil: 3, which there is not.
    var qos: MQTTQoS? { MQTTQoS(rawValue: rawValue >> 1 & 0b11) }

    @inline(__always)
    var isQoS0: Bool { rawValue & 0b0110 == 0 }

    /// The rule these flags break.
    @inline(__always)
    var brokenRule: Rule? {
        if rawValue & 0b0110 == 0b0110 { return .publishQoS3 }
        return rawValue & 0b1110 == 0b1000 ? .dupAtQoS0 : nil
    }
}
