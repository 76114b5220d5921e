import NIOCore

/// Makes owned packets from validated offsets. It reads lists a second time with the
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
                    sessionPresent: sessionPresent, reasonCode: reasonCode, properties: properties(scan)))
        case .publish(let publish): .publish(try self.publish(publish))
        case .acknowledgement(let type, let acknowledgement):
            try self.acknowledgement(type, acknowledgement)
        case .subscribe(let list): .subscribe(try subscribe(list, version: version))
        case .suback(let list):
            .suback(
                MQTTSuback(
                    packetID: list.packetID, reasonCodes: reasonCodes(list.list),
                    properties: properties(list.properties)))
        case .unsubscribe(let list): .unsubscribe(try unsubscribe(list))
        case .unsuback(let list):
            .unsuback(
                MQTTUnsuback(
                    packetID: list.packetID, reasonCodes: reasonCodes(list.list),
                    properties: properties(list.properties)))
        case .pingreq: .pingreq
        case .pingresp: .pingresp
        case .disconnect(let reasonCode, let scan):
            .disconnect(MQTTDisconnect(reasonCode: reasonCode, properties: properties(scan)))
        case .auth(let reasonCode, let scan):
            .auth(MQTTAuth(reasonCode: reasonCode, properties: properties(scan)))
        }
    }

    /// The PUBLISH at offsets found earlier, in bytes that may be others by now: the properties, which
    /// are kept as bytes, are gone through again.
    func publish(_ offsets: MQTTPublishOffsets) throws(WireFault) -> MQTTPublish {
        let payload = WireSpan(start: offsets.payloadStart, count: offsets.payloadCount)
        guard let base = bytes.baseAddress, payload.start <= bytes.count - payload.count else {
            throw WireFault(rule: .truncated, position: bytes.count)
        }
        var scan = PropertyScan(
            span: WireSpan(start: offsets.propertiesStart, count: offsets.propertiesCount))
        var tail = buffer(WireSpan(start: scan.span.start, count: scan.span.count + payload.count))
        var properties = MQTTProperties()
        if scan.span.count > 0 {
            var cursor = cursor(base, scan.span)
            try cursor.scanProperties(&scan, .publishToClient)
            // Properties and payload lie side by side: one copy serves both.
            if let bytes = tail.readSlice(length: scan.span.count) {
                properties = MQTTProperties(WireProperties(bytes: bytes, present: scan.seen))
            }
        }
        return MQTTPublish(
            topic: string(WireSpan(start: offsets.topicStart, count: Int(offsets.topicCount))),
            payload: tail.slice(), delivery: offsets.delivery, retain: offsets.retain, properties: properties)
    }

    private func connect(_ offsets: ConnectOffsets) throws(WireFault) -> MQTTConnect {
        var will: MQTTWill?
        if let offsets = offsets.will {
            will = MQTTWill(
                topic: MQTTTopicName(unchecked: string(offsets.topic)), payload: buffer(offsets.payload),
                qos: offsets.qos, retain: offsets.retain, properties: properties(offsets.properties))
        }
        return MQTTConnect(
            version: offsets.version, clientID: string(offsets.clientID), cleanStart: offsets.cleanStart,
            keepAlive: offsets.keepAlive, will: will, userName: offsets.userName.map(string),
            password: offsets.password.map(buffer), properties: properties(offsets.properties))
    }

    private func acknowledgement(
        _ type: MQTTPacketType, _ offsets: AcknowledgementOffsets
    ) throws(WireFault) -> MQTTPacket {
        let acknowledgement = MQTTAcknowledgement(
            packetID: offsets.packetID, reasonCode: offsets.reasonCode,
            properties: properties(offsets.properties))
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
            properties: properties(offsets.properties))
    }

    private func unsubscribe(_ offsets: ListOffsets) throws(WireFault) -> MQTTUnsubscribe {
        var filters: [String] = []
        if let base = bytes.baseAddress {
            var cursor = cursor(base, offsets.list)
            while !cursor.isAtEnd { filters.append(string(try cursor.string("topic filter"))) }
        }
        return MQTTUnsubscribe(
            packetID: offsets.packetID, filters: filters, properties: properties(offsets.properties))
    }

    private func reasonCodes(_ span: WireSpan) -> [MQTTReasonCode] {
        slice(span).map(MQTTReasonCode.init(rawValue:))
    }

    private func properties(_ scan: PropertyScan) -> MQTTProperties {
        scan.seen == 0
            ? MQTTProperties()
            : MQTTProperties(WireProperties(bytes: buffer(scan.span), present: scan.seen))
    }
}
