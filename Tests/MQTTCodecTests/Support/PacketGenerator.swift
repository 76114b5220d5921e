import MQTTCodec
import NIOCore

/// Random packets that a peer may send: every one can be encoded.
struct PacketGenerator {
    var random: SeededGenerator
    let version: MQTTVersion

    init(seed: UInt64, version: MQTTVersion) {
        random = SeededGenerator(seed: seed)
        self.version = version
    }

    mutating func bool() -> Bool { Bool.random(using: &random) }
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    mutating func packetID() -> UInt16 { UInt16.random(in: 1...UInt16.max, using: &random) }
    mutating func maybe<Value>(_ value: (inout PacketGenerator) -> Value) -> Value? {
        bool() ? value(&self) : nil
    }

    mutating func string(_ count: ClosedRange<Int> = 0...20, topic: Bool = false) -> String {
        // Pieces of one to four bytes, with the edges of each length.
        let pieces = [
            "a", "b", "/", "$", "\u{1}", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{FEFF}", "\u{FFFF}",
            "\u{D7FF}", "\u{E000}", "\u{10000}", "\u{10FFFF}", "ü", "e\u{301}",
        ]
        let plain = number(0...3) > 0
        var text = ""
        for _ in 0..<number(count) {
            text += plain ? ["a", "b", "/", "x"][number(0...3)] : pieces[number(0...pieces.count - 1)]
            if !topic, number(0...20) == 0 { text += ["+", "#"][number(0...1)] }
        }
        return text
    }

    mutating func topic() -> String { string(1...30, topic: true) }

    mutating func buffer(_ count: ClosedRange<Int> = 0...40) -> ByteBuffer {
        ByteBuffer(bytes: (0..<number(count)).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    mutating func qos() -> MQTTQoS { MQTTQoS.allCases[number(0...2)] }

    mutating func reasonCode() -> MQTTReasonCode {
        MQTTReasonCode(rawValue: bool() ? 0 : UInt8.random(in: 0...255, using: &random))
    }

    /// Properties; `fill` sets those that may stand where these will.
    mutating func properties(_ fill: (inout PacketGenerator, inout MQTTProperties) -> Void) -> MQTTProperties
    {
        var properties = MQTTProperties()
        guard version == .v5, bool() else { return properties }
        fill(&self, &properties)
        for _ in 0..<number(0...3) where bool() {
            properties.userProperties.append(MQTTUserProperty(name: string(), value: string()))
        }
        return properties
    }

    mutating func acknowledgementProperties() -> MQTTProperties {
        properties { $1.reasonString = $0.maybe { $0.string() } }
    }

    mutating func message(_ properties: inout MQTTProperties) {
        properties.payloadFormatIndicator = maybe { $0.bool() ? 1 : 0 }
        properties.messageExpiryInterval = maybe { UInt32.random(in: 0...UInt32.max, using: &$0.random) }
        properties.contentType = maybe { $0.string() }
        properties.responseTopic = maybe { $0.topic() }
        properties.correlationData = maybe { $0.buffer() }
    }

    mutating func authentication(_ properties: inout MQTTProperties) {
        properties.authenticationMethod = maybe { $0.string() }
        if properties.authenticationMethod != nil { properties.authenticationData = maybe { $0.buffer() } }
    }

    mutating func subscriptionIdentifier() -> UInt32 {
        UInt32([1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455][number(0...7)])
    }

    mutating func publish(fromServer: Bool) -> MQTTPublish {
        let delivery: MQTTDelivery =
            switch qos() {
            case .atMostOnce: .atMostOnce
            case .atLeastOnce: .atLeastOnce(packetID: packetID(), dup: bool())
            case .exactlyOnce: .exactlyOnce(packetID: packetID(), dup: bool())
            }
        let properties = properties {
            $0.message(&$1)
            $1.topicAlias = $0.maybe { UInt16.random(in: 1...UInt16.max, using: &$0.random) }
            if fromServer { $1.subscriptionIdentifiers = (0..<$0.number(0...3)).map { _ in 1 } }
        }
        let topic = properties.topicAlias != nil && bool() ? "" : topic()
        return MQTTPublish(
            topic: topic, payload: buffer(0...200), delivery: delivery, retain: bool(), properties: properties
        )
    }

    mutating func connect() throws -> MQTTConnect {
        let will: MQTTWill? =
            bool()
            ? nil
            : MQTTWill(
                topic: try MQTTTopicName(topic()), payload: buffer(), qos: qos(), retain: bool(),
                properties: properties {
                    $0.message(&$1)
                    $1.willDelayInterval = $0.maybe { UInt32.random(in: 0...UInt32.max, using: &$0.random) }
                })
        let userName = maybe { $0.string() }
        let password = userName != nil || version == .v5 ? maybe { $0.buffer() } : nil
        return MQTTConnect(
            version: version, clientID: string(), cleanStart: bool(), keepAlive: UInt16(number(0...65_535)),
            will: will, userName: userName, password: password,
            properties: properties {
                $0.authentication(&$1)
                $1.sessionExpiryInterval = $0.maybe { UInt32.random(in: 0...UInt32.max, using: &$0.random) }
                $1.receiveMaximum = $0.maybe { $0.packetID() }
                $1.maximumPacketSize = $0.maybe { UInt32.random(in: 1...UInt32.max, using: &$0.random) }
                $1.topicAliasMaximum = $0.maybe { UInt16($0.number(0...65_535)) }
                $1.requestProblemInformation = $0.maybe { $0.bool() ? 1 : 0 }
                $1.requestResponseInformation = $0.maybe { $0.bool() ? 1 : 0 }
            })
    }

    mutating func connack() -> MQTTConnack {
        let reasonCode =
            version == .v5 ? self.reasonCode() : MQTTConnectReturnCode.allCases[number(0...5)].reasonCode
        return MQTTConnack(
            sessionPresent: reasonCode == .success && bool(), reasonCode: reasonCode,
            properties: properties {
                $0.authentication(&$1)
                $1.sessionExpiryInterval = $0.maybe { UInt32.random(in: 0...UInt32.max, using: &$0.random) }
                $1.receiveMaximum = $0.maybe { $0.packetID() }
                $1.maximumQoS = $0.maybe { $0.bool() ? .atMostOnce : .atLeastOnce }
                $1.retainAvailable = $0.maybe { $0.bool() }
                $1.maximumPacketSize = $0.maybe { UInt32.random(in: 1...UInt32.max, using: &$0.random) }
                $1.assignedClientIdentifier = $0.maybe { $0.string() }
                $1.topicAliasMaximum = $0.maybe { UInt16($0.number(0...65_535)) }
                $1.reasonString = $0.maybe { $0.string() }
                $1.wildcardSubscriptionAvailable = $0.maybe { $0.bool() }
                $1.subscriptionIdentifiersAvailable = $0.maybe { $0.bool() }
                $1.sharedSubscriptionAvailable = $0.maybe { $0.bool() }
                $1.serverKeepAlive = $0.maybe { UInt16($0.number(0...65_535)) }
                $1.responseInformation = $0.maybe { $0.string() }
                $1.serverReference = $0.maybe { $0.string() }
            })
    }

    mutating func acknowledgement() -> MQTTAcknowledgement {
        MQTTAcknowledgement(
            packetID: packetID(), reasonCode: version == .v5 ? reasonCode() : .success,
            properties: acknowledgementProperties())
    }

    mutating func subscription() -> MQTTSubscription {
        let filter = bool() ? "$share/g/" + string() : string()
        guard version == .v5 else { return MQTTSubscription(filter: filter, qos: qos()) }
        return MQTTSubscription(
            filter: filter, qos: qos(), noLocal: !filter.hasPrefix("$share/") && bool(),
            retainAsPublished: bool(), retainHandling: MQTTRetainHandling.allCases[number(0...2)])
    }

    mutating func subackCodes() -> [MQTTReasonCode] {
        (0...number(0...4)).map { _ in
            version == .v5 ? reasonCode() : MQTTReasonCode(rawValue: [0, 1, 2, 0x80][number(0...3)])
        }
    }

    /// A packet for the given side.
    mutating func packet(for role: MQTTRole) throws -> MQTTPacket {
        switch number(0...(role == .server ? 9 : 10)) {
        case 0: .puback(acknowledgement())
        case 1: .pubrec(acknowledgement())
        case 2: .pubrel(acknowledgement())
        case 3: .pubcomp(acknowledgement())
        case 4, 5: .publish(publish(fromServer: role == .client))
        case 6:
            role == .server
                ? .subscribe(
                    MQTTSubscribe(
                        packetID: packetID(), subscriptions: (0...number(0...3)).map { _ in subscription() },
                        properties: properties {
                            $1.subscriptionIdentifiers = $0.bool() ? [] : [$0.subscriptionIdentifier()]
                        }))
                : .suback(
                    MQTTSuback(
                        packetID: packetID(), reasonCodes: subackCodes(),
                        properties: acknowledgementProperties()))
        case 7:
            role == .server
                ? .unsubscribe(
                    MQTTUnsubscribe(
                        packetID: packetID(), filters: (0...number(0...3)).map { _ in string() },
                        properties: properties { _, _ in }))
                : .unsuback(
                    MQTTUnsuback(
                        packetID: packetID(), reasonCodes: version == .v5 ? subackCodes() : [],
                        properties: acknowledgementProperties()))
        case 8: role == .server ? .pingreq : .pingresp
        case 9: try lastPackets(role)
        default: .connack(connack())
        }
    }

    private mutating func lastPackets(_ role: MQTTRole) throws -> MQTTPacket {
        guard version == .v5 else {
            return role == .server ? .disconnect(MQTTDisconnect()) : .connack(connack())
        }
        if bool() {
            var properties = properties { $1.reasonString = $0.maybe { $0.string() } }
            properties.authenticationMethod = string()
            properties.authenticationData = maybe { $0.buffer() }
            return .auth(MQTTAuth(reasonCode: .continueAuthentication, properties: properties))
        }
        return .disconnect(
            MQTTDisconnect(
                reasonCode: reasonCode(),
                properties: properties {
                    $1.reasonString = $0.maybe { $0.string() }
                    $1.serverReference = $0.maybe { $0.string() }
                    if role == .server {
                        $1.sessionExpiryInterval = $0.maybe {
                            UInt32.random(in: 0...UInt32.max, using: &$0.random)
                        }
                    }
                }))
    }
}
