import NIOCore

/// Properties as they came, validated, without their length.
struct WireProperties: Sendable {
    /// The whole of them and nothing else.
    let bytes: ByteBuffer
    /// Which there are, as ``PropertyID/bit``.
    let present: UInt64

    init(bytes: ByteBuffer, present: UInt64) {
        self.bytes = bytes
        self.present = present & ~PropertyScan.utf8Payload
    }

    func contains(_ id: PropertyID) -> Bool { present & id.bit != 0 }

    /// The members of a set; the others are not looked at.
    func values(_ wanted: UInt64) -> MQTTProperties.Values {
        var values = MQTTProperties.Values()
        bytes.withUnsafeReadableBytes { memory in
            forEach(memory) { entry, _ in
                if entry.id.bit & wanted != 0 { add(entry, memory, to: &values) }
            }
        }
        return values
    }

    /// The same without those of a set.
    func removing(_ removed: UInt64) -> WireProperties {
        guard present & removed != 0 else { return self }
        var kept = ByteBuffer()
        kept.reserveCapacity(bytes.readableBytes)
        bytes.withUnsafeReadableBytes { memory in
            forEach(memory) { entry, range in
                if entry.id.bit & removed == 0 {
                    kept.writeBytes(UnsafeRawBufferPointer(rebasing: memory[range]))
                }
            }
        }
        return WireProperties(bytes: kept, present: present & ~removed)
    }

    private func forEach(_ memory: UnsafeRawBufferPointer, _ body: (PropertyEntry, Range<Int>) -> Void) {
        guard let base = memory.baseAddress else { return }
        var cursor = WireCursor(base, position: 0, end: memory.count, trace: NoTrace())
        while !cursor.isAtEnd {
            let start = cursor.position
            // The parser has passed them, so this is always an entry.
            guard let entry = try? cursor.property() else { return }
            body(entry, start..<cursor.position)
        }
    }

    private func add(
        _ entry: PropertyEntry, _ memory: UnsafeRawBufferPointer, to values: inout MQTTProperties.Values
    ) {
        func string(_ span: WireSpan) -> String {
            String(
                decoding: UnsafeRawBufferPointer(rebasing: memory[span.start..<span.start + span.count]),
                as: UTF8.self)
        }
        func data(_ span: WireSpan) -> ByteBuffer? {
            bytes.getSlice(at: bytes.readerIndex + span.start, length: span.count)
        }
        let number = entry.number
        switch entry.id {
        case .payloadFormatIndicator: values.payloadFormatIndicator = UInt8(truncatingIfNeeded: number)
        case .messageExpiryInterval: values.messageExpiryInterval = number
        case .contentType: values.contentType = string(entry.value)
        case .responseTopic: values.responseTopic = string(entry.value)
        case .correlationData: values.correlationData = data(entry.value)
        case .subscriptionIdentifier: values.subscriptionIdentifiers.append(number)
        case .sessionExpiryInterval: values.sessionExpiryInterval = number
        case .assignedClientIdentifier: values.assignedClientIdentifier = string(entry.value)
        case .serverKeepAlive: values.serverKeepAlive = UInt16(truncatingIfNeeded: number)
        case .authenticationMethod: values.authenticationMethod = string(entry.value)
        case .authenticationData: values.authenticationData = data(entry.value)
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
        default: break
        }
    }
}
