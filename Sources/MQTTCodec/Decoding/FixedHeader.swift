/// A fixed header (§2.1) that has passed all checks that need no more than it.
struct FixedHeader: BitwiseCopyable {
    let type: MQTTPacketType
    let flags: UInt8
    /// First byte of the packet.
    let packetStart: Int
    /// First byte after the fixed header.
    let bodyStart: Int
    let bodyCount: Int
    /// Whether the remaining length has its shortest encoding; a rule of MQTT 5 only.
    let isLengthMinimal: Bool

    var bodyEnd: Int { bodyStart &+ bodyCount }
}

/// What a fixed header is judged by.
struct FixedHeaderRules: BitwiseCopyable {
    /// The decoding side; nil takes packets of both directions.
    var role: MQTTRole?
    /// nil: not known yet.
    var version: MQTTVersion?
    /// Whether CONNECT, and nothing else, may come.
    var awaitsConnect: Bool
    var maximumPacketSize: Int

    /// The type in a packet's first byte, if it and the flags may stand there.
    @inline(never)
    fileprivate func packetType(_ first: UInt8, position: Int) throws(WireFault) -> MQTTPacketType {
        guard let type = MQTTPacketType(rawValue: first >> 4) else {
            throw WireFault(rule: .packetTypeReserved, position: position)
        }
        if awaitsConnect {
            if type != .connect { throw WireFault(rule: .firstPacketNotConnect, position: position) }
        } else if let role, !type.isAllowed(at: role, in: version) {
            throw WireFault(rule: type.refusal(at: role, in: version), position: position)
        }
        if type != .publish, let broken = type.brokenFlagRule(first & 0x0F) {
            throw WireFault(rule: broken, position: position)
        }
        return type
    }
}

extension WireCursor {
    /// The next fixed header; nil if its last byte has not arrived. Refuses as early as it can: the
    /// type and flags by the first byte, the size as soon as it is known.
    @inline(__always)
    mutating func fixedHeader(_ rules: FixedHeaderRules) throws(WireFault) -> FixedHeader? {
        if isAtEnd { return nil }
        let packetStart = position
        let first = try byte("packet type and flags", .packetType)
        let type: MQTTPacketType
        if first >> 4 == MQTTPacketType.publish.rawValue, !rules.awaitsConnect {
            type = .publish
        } else {
            type = try rules.packetType(first, position: packetStart)
        }

        let lengthStart = position
        let bodyCount: Int
        let isMinimal: Bool
        if !isAtEnd, base.load(fromByteOffset: lengthStart, as: UInt8.self) < 0x80 {
            bodyCount = Int(try byte("remaining length", .length))
            isMinimal = true
        } else {
            switch VariableInteger.read(base, position: lengthStart, end: end) {
            case .incomplete: return nil
            case .tooLong: throw WireFault(rule: .remainingLengthTooLong, position: lengthStart)
            case .complete(let value, let count, let minimal):
                trace.field("remaining length", .length, start: lengthStart, count: count)
                bodyCount = Int(value)
                isMinimal = minimal
                skip(count)
            }
        }
        if rules.version == .v5, !isMinimal {
            throw WireFault(rule: .variableIntegerNotMinimal, position: lengthStart)
        }
        if position &- packetStart &+ bodyCount > rules.maximumPacketSize {
            throw WireFault(
                rule: rules.role == .client ? .packetTooLargeForClient : .packetTooLargeForServer,
                position: lengthStart)
        }
        return FixedHeader(
            type: type, flags: first & 0x0F, packetStart: packetStart, bodyStart: position,
            bodyCount: bodyCount,
            isLengthMinimal: isMinimal)
    }
}

extension MQTTPacketType {
    /// Whether the peer of `role` may send this packet. A server has answered `awaitsConnect` before.
    @inline(__always)
    fileprivate func isAllowed(at role: MQTTRole, in version: MQTTVersion?) -> Bool {
        let types: UInt32
        switch role {
        // PUBLISH to SUBSCRIBE, UNSUBSCRIBE, PINGREQ, DISCONNECT, AUTH.
        case .server: types = 0b1101_0101_1111_1000
        // CONNACK to PUBCOMP, SUBACK, UNSUBACK, PINGRESP, DISCONNECT, AUTH.
        case .client: types = 0b1110_1010_1111_1100
        }
        if types & (1 << UInt32(rawValue)) == 0 { return false }
        return version != .v3_1_1 || self != .auth && !(self == .disconnect && role == .client)
    }

    fileprivate func refusal(at role: MQTTRole, in version: MQTTVersion?) -> Rule {
        if self == .auth, version == .v3_1_1 { return .authInVersion3 }
        if self == .connect, role == .server { return .secondConnect }
        return role == .server ? .packetNotForServer : .packetNotForClient
    }

    /// The rule that fixed header flags break in any packet but PUBLISH.
    @inline(__always)
    fileprivate func brokenFlagRule(_ flags: UInt8) -> Rule? {
        let expected: UInt8
        switch self {
        case .pubrel, .subscribe, .unsubscribe: expected = 0b0010
        default: expected = 0
        }
        if flags == expected { return nil }
        switch self {
        case .pubrel: return .pubrelFlags
        case .subscribe: return .subscribeFlags
        case .unsubscribe: return .unsubscribeFlags
        case .disconnect: return .disconnectFlags
        case .auth: return .authFlags
        default: return .fixedHeaderFlags
        }
    }
}
