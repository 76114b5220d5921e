extension MQTTConnect {
    func encodeBody(to sink: inout some WireSink) {
        sink.string("MQTT")
        sink.byte(version.rawValue)
        sink.byte(flags.rawValue)
        sink.uint16(keepAlive)
        if version == .v5 { properties.encode(to: &sink) }
        sink.string(clientID)
        if let will {
            if version == .v5 { will.properties.encode(to: &sink) }
            sink.string(will.topic.string)
            sink.data(will.payload)
        }
        if let userName { sink.string(userName) }
        if let password { sink.data(password) }
    }

    private var flags: ConnectFlags {
        var flags: ConnectFlags = []
        if cleanStart { flags.insert(.cleanStart) }
        if let will {
            flags.insert(.will)
            flags.willQoS = will.qos
            if will.retain { flags.insert(.willRetain) }
        }
        if password != nil { flags.insert(.password) }
        if userName != nil { flags.insert(.userName) }
        return flags
    }

    func brokenRule(version: MQTTVersion) -> Rule? {
        if self.version != version { return .versionMismatch }
        if let rule = flags.brokenRule(version: version) { return rule }
        guard version == .v5 else { return nil }
        return properties.brokenRule(.connect) ?? will?.properties.brokenRule(.will)
    }
}

extension MQTTConnack {
    func encodeBody(to sink: inout some WireSink, version: MQTTVersion) {
        sink.byte(sessionPresent ? 1 : 0)
        switch version {
        case .v3_1_1: sink.byte(MQTTConnectReturnCode(reasonCode).rawValue)
        case .v5:
            sink.byte(reasonCode.rawValue)
            properties.encode(to: &sink)
        }
    }

    func brokenRule(version: MQTTVersion) -> Rule? {
        if sessionPresent, reasonCode != .success { return .sessionPresentWithError }
        return version == .v5 ? properties.brokenRule(.connack) : nil
    }
}

extension MQTTDisconnect {
    func encodeBody(to sink: inout some WireSink, version: MQTTVersion) {
        guard version == .v5, reasonCode != .normalDisconnection || !properties.isEmpty else { return }
        sink.byte(reasonCode.rawValue)
        if !properties.isEmpty { properties.encode(to: &sink) }
    }
}

extension MQTTAuth {
    private var isEmpty: Bool { reasonCode == .success && properties.isEmpty }

    func encodeBody(to sink: inout some WireSink) {
        guard !isEmpty else { return }
        sink.byte(reasonCode.rawValue)
        properties.encode(to: &sink)
    }

    func brokenRule(version: MQTTVersion) -> Rule? {
        if version == .v3_1_1 { return .packetNotInVersion3 }
        if let rule = properties.brokenRule(.auth) { return rule }
        return isEmpty || properties.authenticationMethod != nil ? nil : .authenticationMethodMissing
    }
}
