import NIOCore

extension MQTTProperties {
    /// Property length and properties, in the order of their identifiers.
    func encode(to sink: inout some WireSink) {
        guard let storage else {
            sink.byte(0)
            return
        }
        var meter = WireMeter()
        storage.values.encode(to: &meter)
        sink.variableInteger(meter.count)
        storage.values.encode(to: &sink)
    }

    /// The rule these properties break in a packet.
    func brokenRule(_ context: PropertyContext) -> Rule? {
        storage?.values.brokenRule(context)
    }
}

extension MQTTProperties.Values {
    /// The properties without their length.
    func encode(to sink: inout some WireSink) {
        func byte(_ id: PropertyID, _ value: UInt8?) {
            guard let value else { return }
            sink.byte(id.rawValue)
            sink.byte(value)
        }
        func flag(_ id: PropertyID, _ value: Bool?) { byte(id, value.map { $0 ? 1 : 0 }) }
        func uint16(_ id: PropertyID, _ value: UInt16?) {
            guard let value else { return }
            sink.byte(id.rawValue)
            sink.uint16(value)
        }
        func uint32(_ id: PropertyID, _ value: UInt32?) {
            guard let value else { return }
            sink.byte(id.rawValue)
            sink.uint32(value)
        }
        func string(_ id: PropertyID, _ value: String?) {
            guard let value else { return }
            sink.byte(id.rawValue)
            sink.string(value)
        }
        func data(_ id: PropertyID, _ value: ByteBuffer?) {
            guard let value else { return }
            sink.byte(id.rawValue)
            sink.data(value)
        }

        byte(.payloadFormatIndicator, payloadFormatIndicator)
        uint32(.messageExpiryInterval, messageExpiryInterval)
        string(.contentType, contentType)
        string(.responseTopic, responseTopic)
        data(.correlationData, correlationData)
        for identifier in subscriptionIdentifiers {
            sink.byte(PropertyID.subscriptionIdentifier.rawValue)
            sink.variableInteger(Int(identifier))
        }
        uint32(.sessionExpiryInterval, sessionExpiryInterval)
        string(.assignedClientIdentifier, assignedClientIdentifier)
        uint16(.serverKeepAlive, serverKeepAlive)
        string(.authenticationMethod, authenticationMethod)
        data(.authenticationData, authenticationData)
        byte(.requestProblemInformation, requestProblemInformation)
        uint32(.willDelayInterval, willDelayInterval)
        byte(.requestResponseInformation, requestResponseInformation)
        string(.responseInformation, responseInformation)
        string(.serverReference, serverReference)
        string(.reasonString, reasonString)
        uint16(.receiveMaximum, receiveMaximum)
        uint16(.topicAliasMaximum, topicAliasMaximum)
        uint16(.topicAlias, topicAlias)
        byte(.maximumQoS, maximumQoS?.rawValue)
        flag(.retainAvailable, retainAvailable)
        for property in userProperties {
            sink.byte(PropertyID.userProperty.rawValue)
            sink.string(property.name)
            sink.string(property.value)
        }
        uint32(.maximumPacketSize, maximumPacketSize)
        flag(.wildcardSubscriptionAvailable, wildcardSubscriptionAvailable)
        flag(.subscriptionIdentifiersAvailable, subscriptionIdentifiersAvailable)
        flag(.sharedSubscriptionAvailable, sharedSubscriptionAvailable)
    }

    /// The properties there are, as ``PropertyID/bit``.
    private var present: UInt64 {
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

    fileprivate func brokenRule(_ context: PropertyContext) -> Rule? {
        let present = present
        let misplaced = present & ~context.allowed
        if misplaced != 0, let id = PropertyID(rawValue: UInt8(misplaced.trailingZeroBitCount)) {
            return context.misplacement(of: id)
        }
        if context.repeatable & PropertyID.subscriptionIdentifier.bit == 0, subscriptionIdentifiers.count > 1
        {
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
        if authenticationData != nil, authenticationMethod == nil { return .authenticationDataWithoutMethod }
        return nil
    }
}
