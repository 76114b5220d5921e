/// One property as it stands in the packet.
struct PropertyEntry: BitwiseCopyable {
    let id: PropertyID
    /// The value of a numeric property.
    var number: UInt32 = 0
    /// The value of a string or binary property, the name of a user property.
    var value = WireSpan(start: 0, count: 0)
    /// The value of a user property.
    var second = WireSpan(start: 0, count: 0)
}

/// What is known of validated properties without looking again.
struct PropertyScan: BitwiseCopyable {
    /// Where they lie, their length left out.
    var span = WireSpan(start: 0, count: 0)
    /// Which there are, as ``PropertyID/bit``, and ``utf8Payload``.
    var seen: UInt64 = 0
    /// 0: none.
    var topicAlias: UInt16 = 0
    var messageExpiryInterval: UInt32 = 0

    /// Added to ``seen`` when the payload format indicator is 1. No property has the identifier 0.
    static let utf8Payload: UInt64 = 1

    @inline(__always)
    func contains(_ property: PropertyID) -> Bool { seen & property.bit != 0 }
}

extension WireCursor {
    /// Property length and properties (§2.2.2), completely validated.
    @inline(__always)
    mutating func properties(_ context: PropertyContext) throws(WireFault) -> PropertyScan {
        let count = Int(try variableInteger("property length", .length))
        var scan = PropertyScan(span: WireSpan(start: position, count: count))
        if count > 0 { try scanProperties(&scan, context) }
        return scan
    }

    /// Validates the properties of `scan.span`, at whose start the cursor stands.
    mutating func scanProperties(
        _ scan: inout PropertyScan, _ context: PropertyContext
    ) throws(WireFault) {
        let start = position
        guard end &- start >= scan.span.count else {
            throw WireFault(rule: .propertyLengthBeyondPacket, position: start)
        }
        let allowed = context.allowed
        let single = ~context.repeatable
        let noted =
            PropertyID.topicAlias.bit | PropertyID.messageExpiryInterval.bit
            | PropertyID.payloadFormatIndicator.bit
        var seen: UInt64 = 0
        // The properties are read as if nothing followed them.
        var cursor = WireCursor(base, position: start, end: start &+ scan.span.count, trace: trace)
        defer { self = WireCursor(base, position: cursor.position, end: end, trace: cursor.trace) }
        while !cursor.isAtEnd {
            let start = cursor.position
            let id = try cursor.propertyIdentifier()
            let bit = id.rawValue < 64 ? id.bit : 0
            if allowed & bit == 0 { throw WireFault(rule: context.refusal(of: id), position: start) }
            if seen & bit & single != 0 { throw WireFault(rule: .propertyRepeated, position: start) }
            seen |= bit
            let entry = try cursor.propertyValue(id)
            if bit & noted != 0 {
                switch id {
                case .topicAlias: scan.topicAlias = UInt16(truncatingIfNeeded: entry.number)
                case .messageExpiryInterval: scan.messageExpiryInterval = entry.number
                default: if entry.number == 1 { seen |= PropertyScan.utf8Payload }
                }
            }
        }
        scan.seen = seen
        if scan.contains(.authenticationData), !scan.contains(.authenticationMethod) {
            throw WireFault(rule: .authenticationDataWithoutMethod, position: start)
        }
    }

    // A variable byte integer, but all the identifiers there are take one byte.
    @inline(__always)
    private mutating func propertyIdentifier() throws(WireFault) -> PropertyID {
        PropertyID(rawValue: try byte("property identifier", .propertyIdentifier))
    }

    /// One property, its value in range.
    mutating func property() throws(WireFault) -> PropertyEntry {
        try propertyValue(try propertyIdentifier())
    }

    /// The value of a property, in range.
    @inline(__always)
    private mutating func propertyValue(_ id: PropertyID) throws(WireFault) -> PropertyEntry {
        let start = position &- 1
        var entry = PropertyEntry(id: id)
        switch id {
        case .payloadFormatIndicator, .requestProblemInformation, .requestResponseInformation, .maximumQoS,
            .retainAvailable, .wildcardSubscriptionAvailable, .subscriptionIdentifiersAvailable,
            .sharedSubscriptionAvailable:
            let value = try byte(id.name)
            if value > 1 { throw WireFault(rule: .propertyNotBoolean, position: start + 1) }
            entry.number = UInt32(value)
        case .serverKeepAlive, .topicAliasMaximum, .receiveMaximum, .topicAlias:
            let value = try uint16(id.name)
            if value == 0 {
                if id == .receiveMaximum { throw WireFault(rule: .receiveMaximumZero, position: start + 1) }
                if id == .topicAlias { throw WireFault(rule: .topicAliasZero, position: start + 1) }
            }
            entry.number = UInt32(value)
        case .messageExpiryInterval, .sessionExpiryInterval, .willDelayInterval, .maximumPacketSize:
            entry.number = try uint32(id.name)
            if entry.number == 0, id == .maximumPacketSize {
                throw WireFault(rule: .maximumPacketSizeZero, position: start + 1)
            }
        case .subscriptionIdentifier:
            entry.number = try variableInteger(id.name)
            if entry.number == 0 { throw WireFault(rule: .subscriptionIdentifierZero, position: start + 1) }
        case .contentType, .assignedClientIdentifier, .authenticationMethod, .responseInformation,
            .serverReference, .reasonString:
            entry.value = try string(id.name)
        case .responseTopic:
            entry.value = try topicName(id.name, empty: .responseTopicEmpty, wildcard: .responseTopicWildcard)
        case .correlationData:
            entry.value = try data(id.name)
        case .authenticationData:
            entry.value = try data(id.name, .secret)
        case .userProperty:
            entry.value = try string("user property name")
            entry.second = try string("user property value")
        default: throw WireFault(rule: .propertyUnknown, position: start)
        }
        return entry
    }
}
