extension WireCursor {
    /// Protocol name and level (§3.1.2.1, §3.1.2.2): all that is needed to know how to read the rest.
    mutating func protocolVersion() throws(WireFault) -> MQTTVersion {
        let start = position
        let name = try data("protocol name", .string)
        let isMQTT = matches(name, "MQTT")
        // MQTT 3.1 called itself so, at level 3: another version, not another protocol.
        guard isMQTT || matches(name, "MQIsdp") else { throw WireFault(rule: .protocolName, position: start) }
        let levelStart = position
        let level = try byte("protocol version", .protocolVersion)
        guard isMQTT, let version = MQTTVersion(rawValue: level) else {
            throw WireFault(rule: .protocolVersion, position: levelStart)
        }
        return version
    }

    private func matches(_ span: WireSpan, _ text: StaticString) -> Bool {
        guard span.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<span.count {
            let byte = base.load(fromByteOffset: span.start + index, as: UInt8.self)
            if byte != text.utf8Start[index] { return false }
        }
        return true
    }

    /// The body of a CONNECT (§3.1).
    mutating func connect(_ header: FixedHeader) throws(WireFault) -> ConnectOffsets {
        let version = try protocolVersion()
        if version == .v5, !header.isLengthMinimal {
            throw WireFault(rule: .variableIntegerNotMinimal, position: header.packetStart + 1)
        }
        let flagsPosition = position
        let flags = ConnectFlags(rawValue: try byte("connect flags", .flags))
        if let broken = flags.brokenRule(version: version) {
            throw WireFault(rule: broken, position: flagsPosition)
        }
        let keepAlive = try uint16("keep alive")
        let scan = version == .v5 ? try properties(.connect) : PropertyScan()
        let clientID = try string("client identifier")
        var will: WillOffsets?
        if let qos = flags.willQoS, flags.contains(.will) {
            let willProperties = version == .v5 ? try properties(.will) : PropertyScan()
            let topic = try topicName("will topic", empty: .willTopicEmpty, wildcard: .willTopicWildcard)
            let payload = try data("will payload")
            will = WillOffsets(
                qos: qos, retain: flags.contains(.willRetain), properties: willProperties, topic: topic,
                payload: payload)
        }
        let userName = flags.contains(.userName) ? try string("user name") : nil
        let password = flags.contains(.password) ? try data("password", .secret) : nil
        try finish()
        return ConnectOffsets(
            version: version, cleanStart: flags.contains(.cleanStart), keepAlive: keepAlive,
            properties: scan, clientID: clientID, will: will, userName: userName, password: password)
    }
}

/// The connect flags (§3.1.2.3).
struct ConnectFlags: OptionSet {
    var rawValue: UInt8

    static let reserved = ConnectFlags(rawValue: 1 << 0)
    static let cleanStart = ConnectFlags(rawValue: 1 << 1)
    static let will = ConnectFlags(rawValue: 1 << 2)
    static let willRetain = ConnectFlags(rawValue: 1 << 5)
    static let password = ConnectFlags(rawValue: 1 << 6)
    static let userName = ConnectFlags(rawValue: 1 << 7)

    /// nil: 3, which there is not.
    var willQoS: MQTTQoS? {
        get { MQTTQoS(rawValue: rawValue >> 3 & 0b11) }
        set { rawValue = rawValue & 0b1110_0111 | (newValue?.rawValue ?? 0) << 3 }
    }

    /// The rule these flags break.
    func brokenRule(version: MQTTVersion) -> Rule? {
        if contains(.reserved) { return .connectReservedFlag }
        if !contains(.will) {
            if willQoS != .atMostOnce { return .willQoSWithoutWill }
            if contains(.willRetain) { return .willRetainWithoutWill }
        } else if willQoS == nil {
            return .willQoS3
        }
        if version == .v3_1_1, contains(.password), !contains(.userName) { return .passwordWithoutUserName }
        return nil
    }
}
