extension WireCursor {
    /// The body of any packet, to its last byte. `role` nil takes either direction.
    mutating func body(
        _ header: FixedHeader, version: MQTTVersion, role: MQTTRole?
    ) throws(WireFault) -> PacketOffsets {
        switch header.type {
        case .connect: return .connect(try connect(header))
        case .connack: return try connack(version: version)
        case .publish: return .publish(try publish(header, version: version, role: role))
        case .puback, .pubrec, .pubrel, .pubcomp:
            return .acknowledgement(header.type, try acknowledgement(version: version))
        case .subscribe: return .subscribe(try subscribe(version: version))
        case .suback: return .suback(try suback(version: version))
        case .unsubscribe: return .unsubscribe(try unsubscribe(version: version))
        case .unsuback: return .unsuback(try unsuback(version: version))
        case .pingreq:
            try finish()
            return .pingreq
        case .pingresp:
            try finish()
            return .pingresp
        case .disconnect:
            let (reasonCode, scan) = try optionalReasonAndProperties(
                version: version, role == .client ? .disconnectToClient : .disconnectToServer,
                reasonMayStandAlone: true)
            return .disconnect(reasonCode, scan)
        case .auth:
            let start = position
            let (reasonCode, scan) = try optionalReasonAndProperties(
                version: version, .auth, reasonMayStandAlone: false)
            let isEmpty = reasonCode == .success && scan.span.count == 0
            if !isEmpty, !scan.contains(.authenticationMethod) {
                throw WireFault(rule: .authenticationMethodMissing, position: start)
            }
            return .auth(reasonCode, scan)
        }
    }

    private mutating func connack(version: MQTTVersion) throws(WireFault) -> PacketOffsets {
        let flagsPosition = position
        let flags = try byte("acknowledge flags", .flags)
        if flags & 0xFE != 0 { throw WireFault(rule: .connackReservedFlags, position: flagsPosition) }
        let codePosition = position
        let reasonCode: MQTTReasonCode
        switch version {
        case .v5: reasonCode = MQTTReasonCode(rawValue: try byte("reason code", .reasonCode))
        case .v3_1_1:
            guard let code = MQTTConnectReturnCode(rawValue: try byte("return code", .returnCode)) else {
                throw WireFault(rule: .connectReturnCode, position: codePosition)
            }
            reasonCode = code.reasonCode
        }
        if flags != 0, reasonCode != .success {
            throw WireFault(rule: .sessionPresentWithError, position: flagsPosition)
        }
        let scan = version == .v5 ? try properties(.connack) : PropertyScan()
        try finish()
        return .connack(sessionPresent: flags != 0, reasonCode, scan)
    }

    private mutating func subscribe(version: MQTTVersion) throws(WireFault) -> ListOffsets {
        let offsets = try listHeader(version: version, .subscribe)
        if isAtEnd { throw WireFault(rule: .subscribeEmpty, position: position) }
        while !isAtEnd { _ = try subscription(version: version) }
        return offsets
    }

    /// One filter of a SUBSCRIBE with its options (§3.8.3).
    mutating func subscription(
        version: MQTTVersion
    ) throws(WireFault) -> (filter: WireSpan, options: SubscriptionOptions) {
        let filter = try string("topic filter")
        let optionsPosition = position
        let options = SubscriptionOptions(
            rawValue: try byte(
                version == .v5 ? "subscription options" : "requested QoS", .subscriptionOptions))
        let isShared = TopicSyntax.isShared(
            UnsafeRawBufferPointer(start: base + filter.start, count: filter.count))
        if let broken = options.brokenRule(version: version, isShared: isShared) {
            throw WireFault(rule: broken, position: optionsPosition)
        }
        return (filter, options)
    }

    private mutating func suback(version: MQTTVersion) throws(WireFault) -> ListOffsets {
        let offsets = try listHeader(version: version, .acknowledgement)
        if isAtEnd { throw WireFault(rule: .subackEmpty, position: position) }
        while !isAtEnd {
            let start = position
            let code = try byte(version == .v5 ? "reason code" : "return code", .reasonCode)
            if version == .v3_1_1, code > 2, code != 0x80 {
                throw WireFault(rule: .subackReturnCode, position: start)
            }
        }
        return offsets
    }

    private mutating func unsubscribe(version: MQTTVersion) throws(WireFault) -> ListOffsets {
        let offsets = try listHeader(version: version, .unsubscribe)
        if isAtEnd { throw WireFault(rule: .unsubscribeEmpty, position: position) }
        while !isAtEnd { _ = try string("topic filter") }
        return offsets
    }

    private mutating func unsuback(version: MQTTVersion) throws(WireFault) -> ListOffsets {
        let offsets = try listHeader(version: version, .acknowledgement)
        if version == .v3_1_1 {
            try finish()
            return offsets
        }
        if isAtEnd { throw WireFault(rule: .unsubackEmpty, position: position) }
        while !isAtEnd { _ = try byte("reason code", .reasonCode) }
        return offsets
    }

    /// Packet identifier and properties, with all that follows as the list.
    private mutating func listHeader(
        version: MQTTVersion, _ context: PropertyContext
    ) throws(WireFault) -> ListOffsets {
        let packetID = try packetIdentifier()
        let scan = version == .v5 ? try properties(context) : PropertyScan()
        return ListOffsets(
            packetID: packetID, properties: scan, list: WireSpan(start: position, count: end - position))
    }
}

/// The options byte of a subscription (§3.8.3.1); in MQTT 3.1.1 the QoS alone.
struct SubscriptionOptions: BitwiseCopyable {
    var rawValue: UInt8

    var qos: MQTTQoS? { MQTTQoS(rawValue: rawValue & 0b11) }
    var noLocal: Bool { rawValue & 0b100 != 0 }
    var retainAsPublished: Bool { rawValue & 0b1000 != 0 }
    var retainHandling: MQTTRetainHandling? { MQTTRetainHandling(rawValue: rawValue >> 4 & 0b11) }

    /// The rule these options break.
    func brokenRule(version: MQTTVersion, isShared: Bool) -> Rule? {
        let reserved: UInt8 = version == .v5 ? 0b1100_0000 : 0b1111_1100
        if rawValue & reserved != 0 { return .subscriptionReservedBits }
        if qos == nil { return .subscriptionQoS3 }
        if retainHandling == nil { return .retainHandling3 }
        if noLocal, isShared { return .noLocalOnSharedSubscription }
        return nil
    }
}
