import NIOCore

/// Makes owned packets from validated offsets. It reads lists and properties a second time with the
/// same cursor, so its errors don't occur on what the parser has passed.
struct PacketBuilder {
    let bytes: UnsafeRawBufferPointer
    /// The buffer whose readable bytes `bytes` are, if payloads are to be slices of it.
    let source: ByteBuffer?

    private func cursor(_ base: UnsafeRawPointer, _ span: WireSpan) -> WireCursor<NoTrace> {
        WireCursor(base, position: span.start, end: span.start + span.count, trace: NoTrace())
    }

    /// The bytes of a span; none if it isn't inside of ``bytes``.
    private func slice(_ span: WireSpan) -> UnsafeRawBufferPointer {
        guard span.start >= 0, span.count > 0, span.start <= bytes.count - span.count else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return UnsafeRawBufferPointer(rebasing: bytes[span.start..<span.start + span.count])
    }

    func string(_ span: WireSpan) -> String {
        String(decoding: slice(span), as: UTF8.self)
    }

    func buffer(_ span: WireSpan) -> ByteBuffer {
        if let source, let slice = source.getSlice(at: source.readerIndex + span.start, length: span.count) {
            return slice
        }
        return ByteBuffer(bytes: slice(span))
    }

    func packet(_ offsets: PacketOffsets, version: MQTTVersion) throws(WireFault) -> MQTTPacket {
        switch offsets {
        case .connect(let connect): .connect(try self.connect(connect))
        case .connack(let sessionPresent, let reasonCode, let scan):
            .connack(
                MQTTConnack(
                    sessionPresent: sessionPresent, reasonCode: reasonCode, properties: try properties(scan)))
        case .publish(let publish): .publish(try self.publish(publish))
        case .acknowledgement(let type, let acknowledgement):
            try self.acknowledgement(type, acknowledgement)
        case .subscribe(let list): .subscribe(try subscribe(list, version: version))
        case .suback(let list):
            .suback(
                MQTTSuback(
                    packetID: list.packetID, reasonCodes: reasonCodes(list.list),
                    properties: try properties(list.properties)))
        case .unsubscribe(let list): .unsubscribe(try unsubscribe(list))
        case .unsuback(let list):
            .unsuback(
                MQTTUnsuback(
                    packetID: list.packetID, reasonCodes: reasonCodes(list.list),
                    properties: try properties(list.properties)))
        case .pingreq: .pingreq
        case .pingresp: .pingresp
        case .disconnect(let reasonCode, let scan):
            .disconnect(MQTTDisconnect(reasonCode: reasonCode, properties: try properties(scan)))
        case .auth(let reasonCode, let scan):
            .auth(MQTTAuth(reasonCode: reasonCode, properties: try properties(scan)))
        }
    }

    func publish(_ offsets: MQTTPublishOffsets) throws(WireFault) -> MQTTPublish {
        let propertySpan = WireSpan(start: offsets.propertiesStart, count: offsets.propertiesCount)
        return MQTTPublish(
            topic: string(WireSpan(start: offsets.topicStart, count: Int(offsets.topicCount))),
            payload: buffer(WireSpan(start: offsets.payloadStart, count: offsets.payloadCount)),
            delivery: offsets.delivery, retain: offsets.retain, properties: try properties(propertySpan))
    }

    private func connect(_ offsets: ConnectOffsets) throws(WireFault) -> MQTTConnect {
        var will: MQTTWill?
        if let offsets = offsets.will {
            will = MQTTWill(
                topic: MQTTTopicName(unchecked: string(offsets.topic)), payload: buffer(offsets.payload),
                qos: offsets.qos, retain: offsets.retain, properties: try properties(offsets.properties))
        }
        return MQTTConnect(
            version: offsets.version, clientID: string(offsets.clientID), cleanStart: offsets.cleanStart,
            keepAlive: offsets.keepAlive, will: will, userName: offsets.userName.map(string),
            password: offsets.password.map(buffer), properties: try properties(offsets.properties))
    }

    private func acknowledgement(
        _ type: MQTTPacketType, _ offsets: AcknowledgementOffsets
    ) throws(WireFault) -> MQTTPacket {
        let acknowledgement = MQTTAcknowledgement(
            packetID: offsets.packetID, reasonCode: offsets.reasonCode,
            properties: try properties(offsets.properties))
        return switch type {
        case .pubrec: .pubrec(acknowledgement)
        case .pubrel: .pubrel(acknowledgement)
        case .pubcomp: .pubcomp(acknowledgement)
        default: .puback(acknowledgement)
        }
    }

    private func subscribe(_ offsets: ListOffsets, version: MQTTVersion) throws(WireFault) -> MQTTSubscribe {
        var subscriptions: [MQTTSubscription] = []
        if let base = bytes.baseAddress {
            var cursor = cursor(base, offsets.list)
            while !cursor.isAtEnd {
                let (filter, options) = try cursor.subscription(version: version)
                subscriptions.append(
                    MQTTSubscription(
                        filter: string(filter), qos: options.qos ?? .atMostOnce, noLocal: options.noLocal,
                        retainAsPublished: options.retainAsPublished,
                        retainHandling: options.retainHandling ?? .send))
            }
        }
        return MQTTSubscribe(
            packetID: offsets.packetID, subscriptions: subscriptions,
            properties: try properties(offsets.properties))
    }

    private func unsubscribe(_ offsets: ListOffsets) throws(WireFault) -> MQTTUnsubscribe {
        var filters: [String] = []
        if let base = bytes.baseAddress {
            var cursor = cursor(base, offsets.list)
            while !cursor.isAtEnd { filters.append(string(try cursor.string("topic filter"))) }
        }
        return MQTTUnsubscribe(
            packetID: offsets.packetID, filters: filters, properties: try properties(offsets.properties))
    }

    private func reasonCodes(_ span: WireSpan) -> [MQTTReasonCode] {
        slice(span).map(MQTTReasonCode.init(rawValue:))
    }

    private func properties(_ scan: PropertyScan) throws(WireFault) -> MQTTProperties {
        try properties(scan.span)
    }

    private func properties(_ span: WireSpan) throws(WireFault) -> MQTTProperties {
        guard span.count > 0, let base = bytes.baseAddress else { return MQTTProperties() }
        guard span.start >= 0, span.start <= bytes.count - span.count else {
            throw WireFault(rule: .propertyLengthBeyondPacket, position: span.start)
        }
        var values = MQTTProperties.Values()
        var cursor = cursor(base, span)
        while !cursor.isAtEnd { add(try cursor.property(), to: &values) }
        return MQTTProperties(values)
    }

    private func add(_ entry: PropertyEntry, to values: inout MQTTProperties.Values) {
        let number = entry.number
        switch entry.id {
        case .payloadFormatIndicator: values.payloadFormatIndicator = UInt8(truncatingIfNeeded: number)
        case .messageExpiryInterval: values.messageExpiryInterval = number
        case .contentType: values.contentType = string(entry.value)
        case .responseTopic: values.responseTopic = string(entry.value)
        case .correlationData: values.correlationData = buffer(entry.value)
        case .subscriptionIdentifier: values.subscriptionIdentifiers.append(number)
        case .sessionExpiryInterval: values.sessionExpiryInterval = number
        case .assignedClientIdentifier: values.assignedClientIdentifier = string(entry.value)
        case .serverKeepAlive: values.serverKeepAlive = UInt16(truncatingIfNeeded: number)
        case .authenticationMethod: values.authenticationMethod = string(entry.value)
        case .authenticationData: values.authenticationData = buffer(entry.value)
        case .requestProblemInformation: values.requestProblemInformation = UInt8(truncatingIfNeeded: number)
        case .willDelayInterval: values.willDelayInterval = number
        case .requestResponseInformation:
            values.requestResponseInformation = UInt8(truncatingIfNeeded: number)
        case .responseInformation: values.responseInformation = string(entry.value)
        case .serverReference: values.serverReference = string(entry.value)
        case .reasonString: values.reasonString = string(entry.value)
        case .receiveMaximum: values.receiveMaximum = UInt16(truncatingIfNeeded: number)
        case .topicAliasMaximum: values.topicAliasMaximum = UInt16(truncatingIfNeeded: number)
        case .topicAlias: values.topicAlias = UInt16(truncatingIfNeeded: number)
        case .maximumQoS: values.maximumQoS = number == 0 ? .atMostOnce : .atLeastOnce
        case .retainAvailable: values.retainAvailable = number == 1
        case .userProperty:
            values.userProperties.append(
                MQTTUserProperty(name: string(entry.value), value: string(entry.second)))
        case .maximumPacketSize: values.maximumPacketSize = number
        case .wildcardSubscriptionAvailable: values.wildcardSubscriptionAvailable = number == 1
        case .subscriptionIdentifiersAvailable: values.subscriptionIdentifiersAvailable = number == 1
        case .sharedSubscriptionAvailable: values.sharedSubscriptionAvailable = number == 1
        }
    }
}
