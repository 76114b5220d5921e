import NIOCore

// One tidy line for each packet: `PUBLISH "a/b" qos=1 id=7 payload=64B`. Strings are quoted and escaped,
// so that a peer can't forge log lines; passwords, authentication data and payloads show only their size.

extension MQTTPacket: CustomStringConvertible {
    /// One line without secrets.
    public var description: String {
        switch self {
        case .connect(let packet): packet.description
        case .connack(let packet): packet.description
        case .publish(let packet): packet.description
        case .puback(let packet), .pubrec(let packet), .pubrel(let packet), .pubcomp(let packet):
            "\(type) \(packet)"
        case .subscribe(let packet): packet.description
        case .suback(let packet): packet.description
        case .unsubscribe(let packet): packet.description
        case .unsuback(let packet): packet.description
        case .pingreq, .pingresp: type.description
        case .disconnect(let packet): packet.description
        case .auth(let packet): packet.description
        }
    }
}

extension MQTTConnect: CustomStringConvertible {
    /// One line without secrets.
    public var description: String {
        var line = Line("CONNECT")
        line.add("v\(version)")
        line.add("client", quoted: clientID)
        line.add("cleanStart", if: cleanStart)
        line.add("keepAlive=\(keepAlive)s")
        if let will { line.add("will=(\(will))") }
        line.add("user", quoted: userName)
        if let password { line.add("password=(\(password.readableBytes)B)") }
        line.add(properties)
        return line.text
    }
}

extension MQTTWill: CustomStringConvertible {
    /// One line without the payload.
    public var description: String {
        var line = Line(escaped(topic.string))
        line.add("qos=\(qos.rawValue)")
        line.add("retain", if: retain)
        line.add("payload=\(payload.readableBytes)B")
        line.add(properties)
        return line.text
    }
}

extension MQTTConnack: CustomStringConvertible {
    /// One line.
    public var description: String {
        var line = Line("CONNACK")
        line.add(reason: reasonCode)
        line.add("sessionPresent", if: sessionPresent)
        line.add(properties)
        return line.text
    }
}

extension MQTTPublish: CustomStringConvertible {
    /// One line without the payload.
    public var description: String {
        var line = Line("PUBLISH")
        line.add(escaped(topic))
        line.add("qos=\(delivery.qos.rawValue)")
        if let packetID = delivery.packetID { line.add("id=\(packetID)") }
        line.add("dup", if: delivery.dup)
        line.add("retain", if: retain)
        line.add("payload=\(payload.readableBytes)B")
        line.add(properties)
        return line.text
    }
}

extension MQTTAcknowledgement: CustomStringConvertible {
    /// One line; the packet it is in adds its name.
    public var description: String {
        var line = Line("id=\(packetID)")
        line.add(reason: reasonCode)
        line.add(properties)
        return line.text
    }
}

extension MQTTSubscribe: CustomStringConvertible {
    /// One line.
    public var description: String {
        var line = Line("SUBSCRIBE")
        line.add("id=\(packetID)")
        line.add("[" + subscriptions.map(\.description).joined(separator: ", ") + "]")
        line.add(properties)
        return line.text
    }
}

extension MQTTSubscription: CustomStringConvertible {
    /// Filter and options on one line.
    public var description: String {
        var line = Line(escaped(filter))
        line.add("qos=\(qos.rawValue)")
        line.add("noLocal", if: noLocal)
        line.add("retainAsPublished", if: retainAsPublished)
        if retainHandling != .send { line.add("retainHandling=\(retainHandling.rawValue)") }
        return line.text
    }
}

extension MQTTSuback: CustomStringConvertible {
    /// One line.
    public var description: String {
        var line = Line("SUBACK")
        line.add("id=\(packetID)")
        line.add("[" + reasonCodes.map(\.subackDescription).joined(separator: ", ") + "]")
        line.add(properties)
        return line.text
    }
}

extension MQTTUnsubscribe: CustomStringConvertible {
    /// One line.
    public var description: String {
        var line = Line("UNSUBSCRIBE")
        line.add("id=\(packetID)")
        line.add("[" + filters.map(escaped).joined(separator: ", ") + "]")
        line.add(properties)
        return line.text
    }
}

extension MQTTUnsuback: CustomStringConvertible {
    /// One line.
    public var description: String {
        var line = Line("UNSUBACK")
        line.add("id=\(packetID)")
        if !reasonCodes.isEmpty {
            line.add("[" + reasonCodes.map(\.description).joined(separator: ", ") + "]")
        }
        line.add(properties)
        return line.text
    }
}

extension MQTTDisconnect: CustomStringConvertible {
    /// One line.
    public var description: String {
        var line = Line("DISCONNECT")
        line.add(reasonCode == .normalDisconnection ? "(Normal disconnection)" : "(\(reasonCode))")
        line.add(properties)
        return line.text
    }
}

extension MQTTAuth: CustomStringConvertible {
    /// One line without secrets.
    public var description: String {
        var line = Line("AUTH")
        line.add(reason: reasonCode)
        line.add(properties)
        return line.text
    }
}

extension MQTTProperties: CustomStringConvertible {
    /// `{topicAlias=3 contentType="text"}`, without secrets; `{}` if there are none.
    public var description: String {
        let values = values
        var line = Line("")
        func add(_ name: String, _ value: (some CustomStringConvertible)?) {
            if let value { line.add("\(name)=\(value)") }
        }
        func size(_ name: String, _ value: ByteBuffer?) {
            if let value { line.add("\(name)=(\(value.readableBytes)B)") }
        }
        add("payloadFormatIndicator", values.payloadFormatIndicator)
        add("messageExpiryInterval", values.messageExpiryInterval)
        line.add("contentType", quoted: values.contentType)
        line.add("responseTopic", quoted: values.responseTopic)
        size("correlationData", values.correlationData)
        for identifier in values.subscriptionIdentifiers { add("subscriptionIdentifier", identifier) }
        add("sessionExpiryInterval", values.sessionExpiryInterval)
        line.add("assignedClientIdentifier", quoted: values.assignedClientIdentifier)
        add("serverKeepAlive", values.serverKeepAlive)
        line.add("authenticationMethod", quoted: values.authenticationMethod)
        size("authenticationData", values.authenticationData)
        add("requestProblemInformation", values.requestProblemInformation)
        add("willDelayInterval", values.willDelayInterval)
        add("requestResponseInformation", values.requestResponseInformation)
        line.add("responseInformation", quoted: values.responseInformation)
        line.add("serverReference", quoted: values.serverReference)
        line.add("reasonString", quoted: values.reasonString)
        add("receiveMaximum", values.receiveMaximum)
        add("topicAliasMaximum", values.topicAliasMaximum)
        add("topicAlias", values.topicAlias)
        add("maximumQoS", values.maximumQoS?.rawValue)
        add("retainAvailable", values.retainAvailable)
        for property in values.userProperties {
            line.add(escaped(property.name) + ":" + escaped(property.value))
        }
        add("maximumPacketSize", values.maximumPacketSize)
        add("wildcardSubscriptionAvailable", values.wildcardSubscriptionAvailable)
        add("subscriptionIdentifiersAvailable", values.subscriptionIdentifiersAvailable)
        add("sharedSubscriptionAvailable", values.sharedSubscriptionAvailable)
        return "{" + line.text + "}"
    }
}

extension MQTTReasonCode {
    /// A SUBACK's 0 is a grant, not "Success".
    fileprivate var subackDescription: String { self == .grantedQoS0 ? "Granted QoS 0" : description }
}

/// Words with spaces between them.
private struct Line {
    private(set) var text: String

    init(_ text: String) { self.text = text }

    mutating func add(_ word: String) {
        if !text.isEmpty { text += " " }
        text += word
    }

    mutating func add(_ word: String, if condition: Bool) { if condition { add(word) } }

    mutating func add(_ name: String, quoted value: String?) {
        if let value { add(name + "=" + escaped(value)) }
    }

    mutating func add(reason: MQTTReasonCode) { add("(\(reason))") }

    mutating func add(_ properties: MQTTProperties) {
        if !properties.isEmpty { add(properties.description) }
    }
}
