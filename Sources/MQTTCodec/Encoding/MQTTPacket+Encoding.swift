public import NIOCore

extension MQTTPacket {
    /// Exact size of the encoded packet in bytes, fixed header included.
    public func encodedSize(version: MQTTVersion) -> Int {
        let bodySize = measure(version: version).count
        return 1 + VariableInteger.size(bodySize) + bodySize
    }

    /// Appends the encoded packet to `buffer`: measured first, reserved once, written straight there.
    ///
    /// MQTT 3.1.1 has no properties and few reason codes; they are left out, but an error in an
    /// acknowledgement is refused, since without its reason code it would read as success. Topic filters
    /// are written as they are: a server answers an invalid one.
    ///
    /// - Throws: the rule the packet would break; `buffer` is unchanged.
    public func encode(into buffer: inout ByteBuffer, version: MQTTVersion) throws(MQTTFault) {
        if let rule = brokenRule(version: version) { throw MQTTFault(encoding: rule, version: version) }
        let meter = measure(version: version)
        if let rule = meter.broken { throw MQTTFault(encoding: rule, version: version) }
        guard meter.count <= Int(VariableInteger.maximum) else {
            throw MQTTFault(encoding: .packetUnrepresentable, version: version)
        }
        let size = 1 + VariableInteger.size(meter.count) + meter.count
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
            var writer = WireWriter(memory)
            writer.byte(firstByte)
            writer.variableInteger(meter.count)
            encodeBody(to: &writer, version: version)
            return writer.count
        }
    }

    private func measure(version: MQTTVersion) -> WireMeter {
        var meter = WireMeter()
        encodeBody(to: &meter, version: version)
        return meter
    }

    /// Packet type and flags.
    private var firstByte: UInt8 {
        let flags: UInt8 =
            switch self {
            case .publish(let publish): PublishFlags(publish.delivery, retain: publish.retain).rawValue
            case .pubrel, .subscribe, .unsubscribe: 0b0010
            default: 0
            }
        return type.rawValue << 4 | flags
    }

    private func encodeBody(to sink: inout some WireSink, version: MQTTVersion) {
        switch self {
        case .connect(let connect): connect.encodeBody(to: &sink)
        case .connack(let connack): connack.encodeBody(to: &sink, version: version)
        case .publish(let publish): publish.encodeBody(to: &sink, version: version)
        case .puback(let acknowledgement), .pubrec(let acknowledgement), .pubrel(let acknowledgement),
            .pubcomp(let acknowledgement):
            acknowledgement.encodeBody(to: &sink, version: version)
        case .subscribe(let subscribe): subscribe.encodeBody(to: &sink, version: version)
        case .suback(let suback): suback.encodeBody(to: &sink, version: version)
        case .unsubscribe(let unsubscribe): unsubscribe.encodeBody(to: &sink, version: version)
        case .unsuback(let unsuback): unsuback.encodeBody(to: &sink, version: version)
        case .pingreq, .pingresp: break
        case .disconnect(let disconnect): disconnect.encodeBody(to: &sink, version: version)
        case .auth(let auth): auth.encodeBody(to: &sink)
        }
    }

    /// The rule the packet would break on the wire, the fields' own sizes aside.
    private func brokenRule(version: MQTTVersion) -> Rule? {
        switch self {
        case .connect(let connect): connect.brokenRule(version: version)
        case .connack(let connack): connack.brokenRule(version: version)
        case .publish(let publish): publish.brokenRule(version: version)
        case .puback(let acknowledgement), .pubrec(let acknowledgement), .pubrel(let acknowledgement),
            .pubcomp(let acknowledgement):
            acknowledgement.brokenRule(version: version)
        case .subscribe(let subscribe): subscribe.brokenRule(version: version)
        case .suback(let suback): suback.brokenRule(version: version)
        case .unsubscribe(let unsubscribe): unsubscribe.brokenRule(version: version)
        case .unsuback(let unsuback): unsuback.brokenRule(version: version)
        case .pingreq, .pingresp: nil
        case .disconnect(let disconnect):
            version == .v5 ? disconnect.properties.brokenRule(.disconnectToServer) : nil
        case .auth(let auth): auth.brokenRule(version: version)
        }
    }
}

extension MQTTFault {
    /// A packet that can't be written: whatever the rule, it was not the peer.
    init(encoding rule: Rule, version: MQTTVersion) {
        self.init(rule, version: version)
        kind = .unencodable
    }
}
