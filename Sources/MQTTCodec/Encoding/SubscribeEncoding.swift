extension MQTTSubscribe {
    func encodeBody(to sink: inout some WireSink, version: MQTTVersion) {
        sink.uint16(packetID)
        if version == .v5 { properties.encode(to: &sink) }
        for subscription in subscriptions {
            sink.string(subscription.filter)
            sink.byte(subscription.options.rawValue)
        }
    }

    func brokenRule(version: MQTTVersion) -> Rule? {
        if packetID == 0 { return .packetIdentifierZero }
        if subscriptions.isEmpty { return .subscribeEmpty }
        for subscription in subscriptions {
            let options = subscription.options
            if version == .v3_1_1, options.rawValue > 0b11 { return .optionNotInVersion3 }
            let isShared = subscription.filter.utf8.withBytes(TopicSyntax.isShared)
            if let rule = options.brokenRule(version: version, isShared: isShared) { return rule }
        }
        return version == .v5 ? properties.brokenRule(.subscribe) : nil
    }
}

extension MQTTSubscription {
    fileprivate var options: SubscriptionOptions {
        SubscriptionOptions(
            rawValue: qos.rawValue | (noLocal ? 0b100 : 0) | (retainAsPublished ? 0b1000 : 0)
                | retainHandling.rawValue << 4)
    }
}

extension MQTTSuback {
    func encodeBody(to sink: inout some WireSink, version: MQTTVersion) {
        sink.uint16(packetID)
        if version == .v5 { properties.encode(to: &sink) }
        for code in reasonCodes {
            sink.byte(version == .v3_1_1 && code.isError ? 0x80 : code.rawValue)
        }
    }

    func brokenRule(version: MQTTVersion) -> Rule? {
        if packetID == 0 { return .packetIdentifierZero }
        if reasonCodes.isEmpty { return .subackEmpty }
        switch version {
        case .v3_1_1: return reasonCodes.contains { !$0.isError && $0.rawValue > 2 } ? .subackReturnCode : nil
        case .v5: return properties.brokenRule(.acknowledgement)
        }
    }
}

extension MQTTUnsubscribe {
    func encodeBody(to sink: inout some WireSink, version: MQTTVersion) {
        sink.uint16(packetID)
        if version == .v5 { properties.encode(to: &sink) }
        for filter in filters { sink.string(filter) }
    }

    func brokenRule(version: MQTTVersion) -> Rule? {
        if packetID == 0 { return .packetIdentifierZero }
        if filters.isEmpty { return .unsubscribeEmpty }
        return version == .v5 ? properties.brokenRule(.unsubscribe) : nil
    }
}

extension MQTTUnsuback {
    func encodeBody(to sink: inout some WireSink, version: MQTTVersion) {
        sink.uint16(packetID)
        guard version == .v5 else { return }
        properties.encode(to: &sink)
        for code in reasonCodes { sink.byte(code.rawValue) }
    }

    func brokenRule(version: MQTTVersion) -> Rule? {
        if packetID == 0 { return .packetIdentifierZero }
        guard version == .v5 else { return nil }
        return reasonCodes.isEmpty ? .unsubackEmpty : properties.brokenRule(.acknowledgement)
    }
}
