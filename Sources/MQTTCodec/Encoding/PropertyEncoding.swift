import NIOCore

extension MQTTProperties {
    /// Property length and properties: decoded ones as they came, others in the order of their identifiers.
    func encode(to sink: inout some WireSink) {
        switch form {
        case .none: sink.byte(0)
        case .wire(let wire):
            sink.variableInteger(wire.bytes.readableBytes)
            sink.raw(wire.bytes)
        case .values(let storage): sink.counted { storage.encode(to: &$0) }
        }
    }

    func encodeWithoutLength(to sink: inout some WireSink) {
        switch form {
        case .none: break
        case .wire(let wire): sink.raw(wire.bytes)
        case .values(let storage): storage.encode(to: &sink)
        }
    }

    /// The rule these properties break in a packet.
    func brokenRule(_ context: PropertyContext) -> Rule? {
        switch form {
        case .none: nil
        case .wire(let wire): wire.brokenRule(context)
        case .values(let storage): storage.values.brokenRule(context, present: storage.present)
        }
    }
}

extension PropertyContext {
    /// The rule properties break by being there, given as a set.
    fileprivate func brokenRule(byPresenceOf present: UInt64) -> Rule? {
        let misplaced = present & ~allowed
        if misplaced != 0 {
            return misplacement(of: PropertyID(rawValue: UInt8(misplaced.trailingZeroBitCount)))
        }
        let data = PropertyID.authenticationData.bit
        if present & (data | PropertyID.authenticationMethod.bit) == data {
            return .authenticationDataWithoutMethod
        }
        return nil
    }

    /// Whether there may be more than one subscription identifier.
    fileprivate var repeatsSubscriptionIdentifier: Bool {
        repeatable & PropertyID.subscriptionIdentifier.bit != 0
    }
}

extension WireProperties {
    /// What the parser could not judge: whether they may stand in this packet too.
    fileprivate func brokenRule(_ context: PropertyContext) -> Rule? {
        if let rule = context.brokenRule(byPresenceOf: present) { return rule }
        if contains(.subscriptionIdentifier), !context.repeatsSubscriptionIdentifier,
            values(PropertyID.subscriptionIdentifier.bit).subscriptionIdentifiers.count > 1
        {
            return .propertyRepeated
        }
        return nil
    }
}

// Of the storage, not of its values, so that each member is read where it lies.
extension MQTTProperties.Storage {
    /// The properties without their length.
    func encode(to sink: inout some WireSink) {
        var rest = present
        while rest != 0 {
            encode(PropertyID(rawValue: UInt8(truncatingIfNeeded: rest.trailingZeroBitCount)), to: &sink)
            rest &= rest &- 1
        }
    }

    private func encode(_ id: PropertyID, to sink: inout some WireSink) {
        func byte(_ value: UInt8?) {
            sink.byte(id.rawValue)
            sink.byte(value ?? 0)
        }
        func flag(_ value: Bool?) { byte(value == true ? 1 : 0) }
        func uint16(_ value: UInt16?) {
            sink.byte(id.rawValue)
            sink.uint16(value ?? 0)
        }
        func uint32(_ value: UInt32?) {
            sink.byte(id.rawValue)
            sink.uint32(value ?? 0)
        }
        func string(_ value: String?) {
            sink.byte(id.rawValue)
            sink.string(value ?? "")
        }
        func data(_ value: ByteBuffer?) {
            sink.byte(id.rawValue)
            sink.data(value ?? ByteBuffer())
        }

        switch id {
        case .payloadFormatIndicator: byte(values.payloadFormatIndicator)
        case .messageExpiryInterval: uint32(values.messageExpiryInterval)
        case .contentType: string(values.contentType)
        case .responseTopic: string(values.responseTopic)
        case .correlationData: data(values.correlationData)
        case .subscriptionIdentifier:
            for identifier in values.subscriptionIdentifiers {
                sink.byte(id.rawValue)
                sink.variableInteger(Int(identifier))
            }
        case .sessionExpiryInterval: uint32(values.sessionExpiryInterval)
        case .assignedClientIdentifier: string(values.assignedClientIdentifier)
        case .serverKeepAlive: uint16(values.serverKeepAlive)
        case .authenticationMethod: string(values.authenticationMethod)
        case .authenticationData: data(values.authenticationData)
        case .requestProblemInformation: byte(values.requestProblemInformation)
        case .willDelayInterval: uint32(values.willDelayInterval)
        case .requestResponseInformation: byte(values.requestResponseInformation)
        case .responseInformation: string(values.responseInformation)
        case .serverReference: string(values.serverReference)
        case .reasonString: string(values.reasonString)
        case .receiveMaximum: uint16(values.receiveMaximum)
        case .topicAliasMaximum: uint16(values.topicAliasMaximum)
        case .topicAlias: uint16(values.topicAlias)
        case .maximumQoS: byte(values.maximumQoS?.rawValue)
        case .retainAvailable: flag(values.retainAvailable)
        case .userProperty:
            for property in values.userProperties {
                sink.byte(id.rawValue)
                sink.string(property.name)
                sink.string(property.value)
            }
        case .maximumPacketSize: uint32(values.maximumPacketSize)
        case .wildcardSubscriptionAvailable: flag(values.wildcardSubscriptionAvailable)
        case .subscriptionIdentifiersAvailable: flag(values.subscriptionIdentifiersAvailable)
        case .sharedSubscriptionAvailable: flag(values.sharedSubscriptionAvailable)
        default: break
        }
    }
}

extension MQTTProperties.Values {
    /// The properties there are, as ``PropertyID/bit``.
    var present: UInt64 {
        var bits: UInt64 = 0
        func note(_ id: PropertyID, _ isPresent: Bool) { if isPresent { bits |= id.bit } }
        note(.payloadFormatIndicator, payloadFormatIndicator != nil)
        note(.messageExpiryInterval, messageExpiryInterval != nil)
        note(.contentType, contentType != nil)
        note(.responseTopic, responseTopic != nil)
        note(.correlationData, correlationData != nil)
        note(.subscriptionIdentifier, !subscriptionIdentifiers.isEmpty)
        note(.sessionExpiryInterval, sessionExpiryInterval != nil)
        note(.assignedClientIdentifier, assignedClientIdentifier != nil)
        note(.serverKeepAlive, serverKeepAlive != nil)
        note(.authenticationMethod, authenticationMethod != nil)
        note(.authenticationData, authenticationData != nil)
        note(.requestProblemInformation, requestProblemInformation != nil)
        note(.willDelayInterval, willDelayInterval != nil)
        note(.requestResponseInformation, requestResponseInformation != nil)
        note(.responseInformation, responseInformation != nil)
        note(.serverReference, serverReference != nil)
        note(.reasonString, reasonString != nil)
        note(.receiveMaximum, receiveMaximum != nil)
        note(.topicAliasMaximum, topicAliasMaximum != nil)
        note(.topicAlias, topicAlias != nil)
        note(.maximumQoS, maximumQoS != nil)
        note(.retainAvailable, retainAvailable != nil)
        note(.userProperty, !userProperties.isEmpty)
        note(.maximumPacketSize, maximumPacketSize != nil)
        note(.wildcardSubscriptionAvailable, wildcardSubscriptionAvailable != nil)
        note(.subscriptionIdentifiersAvailable, subscriptionIdentifiersAvailable != nil)
        note(.sharedSubscriptionAvailable, sharedSubscriptionAvailable != nil)
        return bits
    }

    fileprivate func brokenRule(_ context: PropertyContext, present: UInt64) -> Rule? {
        if let rule = context.brokenRule(byPresenceOf: present) { return rule }
        if subscriptionIdentifiers.count > 1, !context.repeatsSubscriptionIdentifier {
            return .propertyRepeated
        }
        if subscriptionIdentifiers.contains(0) { return .subscriptionIdentifierZero }
        if subscriptionIdentifiers.contains(where: { $0 > VariableInteger.maximum }) {
            return .subscriptionIdentifierTooLarge
        }
        let booleans = [payloadFormatIndicator, requestProblemInformation, requestResponseInformation]
        if booleans.contains(where: { ($0 ?? 0) > 1 }) || maximumQoS == .exactlyOnce {
            return .propertyNotBoolean
        }
        if receiveMaximum == 0 { return .receiveMaximumZero }
        if maximumPacketSize == 0 { return .maximumPacketSizeZero }
        if topicAlias == 0 { return .topicAliasZero }
        if let responseTopic {
            if responseTopic.isEmpty { return .responseTopicEmpty }
            if responseTopic.containsTopicWildcard { return .responseTopicWildcard }
        }
        return nil
    }
}
