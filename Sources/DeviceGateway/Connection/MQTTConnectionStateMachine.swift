import BrokerCore
import MQTTCodec

/// The rules of one server-side MQTT connection that no single packet shows: what may come when, and by when.
///
/// ```
///                 CONNECT              admitted
/// awaitingConnect ───────▶ admitting ───────────▶ connected
///        │                     │ refused              │ DISCONNECT, fault, take-over, deadline
///        └─────────────────────┴──────────▶ ended ◀───┘
/// ```
/// It knows no socket and no clock: times come in, deadlines go out.
struct MQTTConnectionStateMachine: ~Copyable {
    private enum State: ~Copyable {
        case awaitingConnect
        case admitting(Admitting)
        case connected(Connected)
        case ended
    }

    private struct Admitting {
        var connect: MQTTConnect
        var clientID: String
        var isAssigned: Bool
    }

    private struct Connected {
        var version: MQTTVersion
        /// One and a half keep-alive intervals, in seconds [MQTT-3.1.2-22].
        var silenceLimit: UInt32
        var sessionExpiryInterval: UInt32
        /// Topics by alias minus one; grows to the highest alias in use.
        var aliases: [String?] = []
    }

    private var state: State
    private let limits: GatewayLimits

    init(limits: GatewayLimits) {
        self.init(.awaitingConnect, limits)
    }

    private init(_ state: consuming State, _ limits: GatewayLimits) {
        self.state = state
        self.limits = limits
    }

    /// The least Maximum Packet Size a client may ask for, in bytes: CONNACK and the longest SUBACK fit
    /// [MQTT-3.1.2-24].
    static let smallestPacketSize: UInt32 = 128
    /// Bytes of a SUBACK or UNSUBACK besides a reason code for each filter, at most.
    static let answerHeader = 8

    // MARK: CONNECT

    enum ConnectAction: Equatable {
        /// Stop reading, authenticate and authorise; `clientID` is the assigned one if none was sent.
        case admit(clientID: String, isAssigned: Bool)
        /// Answer CONNACK with this code and close.
        case refuse(MQTTReasonCode, String)
        /// Close: a second CONNECT [MQTT-3.1.0-2].
        case violation(String)
    }

    /// A CONNECT arrived. `assignedClientID` is used when the client sent none.
    mutating func connectReceived(_ connect: MQTTConnect, assignedClientID: @autoclosure () -> String)
        -> ConnectAction
    {
        let limits = limits
        switch consume state {
        case .awaitingConnect:
            if let refusal = Self.refusal(of: connect, limits: limits) {
                self = Self(.ended, limits)
                return refusal
            }
            let isAssigned = connect.clientID.isEmpty
            let clientID = isAssigned ? assignedClientID() : connect.clientID
            self = Self(
                .admitting(Admitting(connect: connect, clientID: clientID, isAssigned: isAssigned)), limits)
            return .admit(clientID: clientID, isAssigned: isAssigned)
        case .admitting:
            self = Self(.ended, limits)
            return .violation("a second CONNECT on one connection [MQTT-3.1.0-2]")
        case .connected:
            self = Self(.ended, limits)
            return .violation("a second CONNECT on one connection [MQTT-3.1.0-2]")
        case .ended:
            self = Self(.ended, limits)
            return .violation("a CONNECT after the end")
        }
    }

    private static func refusal(of connect: MQTTConnect, limits: GatewayLimits) -> ConnectAction? {
        if connect.properties.authenticationMethod != nil {
            return .refuse(
                .badAuthenticationMethod,
                "enhanced authentication is not offered; connect without an Authentication Method")
        }
        if connect.clientID.isEmpty, connect.version == .v3_1_1, !connect.cleanStart {
            return .refuse(
                .clientIdentifierNotValid,
                "an empty client identifier needs CleanSession 1 [MQTT-3.1.3-8]")
        }
        if connect.clientID.utf8.count > limits.maximumClientIDLength {
            return .refuse(
                .clientIdentifierNotValid,
                "the client identifier is longer than \(limits.maximumClientIDLength) bytes")
        }
        if let size = connect.properties.maximumPacketSize, size < smallestPacketSize {
            return .refuse(
                .packetTooLarge,
                "a Maximum Packet Size of \(size); the gateway's answers need \(smallestPacketSize) bytes")
        }
        if let will = connect.will {
            if will.qos == .exactlyOnce {
                return .refuse(.qosNotSupported, "a Will at QoS 2; this gateway offers QoS 0 and 1")
            }
            if will.topic.string.utf8.first == UInt8(ascii: "$") {
                return .refuse(
                    .topicNameInvalid,
                    "a Will on a topic that begins with $, which devices may not publish to")
            }
        }
        return nil
    }

    /// The admitted client's terms, for CONNACK and for the session.
    struct Terms: Equatable {
        var version: MQTTVersion
        var cleanStart: Bool
        /// Granted, in seconds; for MQTT 3.1.1 with CleanSession 0 the longest the gateway grants.
        var sessionExpiryInterval: UInt32
        var requestedSessionExpiryInterval: UInt32
        var keepAlive: UInt16
        var requestedKeepAlive: UInt16
        var receiveMaximum: UInt16
        var maximumPacketSize: UInt32?
        /// Whether reason strings may be sent [MQTT-3.1.2-29].
        var wantsProblemInformation: Bool
    }

    /// Admission succeeded. `nil` when the connection ended meanwhile.
    mutating func admitted() -> Terms? {
        let limits = limits
        switch consume state {
        case .admitting(let admitting):
            let terms = Self.terms(of: admitting.connect, limits: limits)
            self = Self(
                .connected(
                    Connected(
                        version: terms.version, silenceLimit: UInt32(terms.keepAlive) * 3 / 2,
                        sessionExpiryInterval: terms.sessionExpiryInterval)), limits)
            return terms
        case .awaitingConnect:
            self = Self(.awaitingConnect, limits)
            return nil
        case .connected(let connected):
            self = Self(.connected(connected), limits)
            return nil
        case .ended:
            self = Self(.ended, limits)
            return nil
        }
    }

    static func terms(of connect: MQTTConnect, limits: GatewayLimits) -> Terms {
        let requestedExpiry: UInt32 =
            switch connect.version {
            case .v3_1_1: connect.cleanStart ? 0 : limits.maximumSessionExpiryInterval
            case .v5: connect.properties.sessionExpiryInterval ?? 0
            }
        let keepAlive =
            connect.keepAlive == 0
            ? limits.maximumKeepAlive : min(connect.keepAlive, limits.maximumKeepAlive)
        return Terms(
            version: connect.version,
            cleanStart: connect.cleanStart,
            sessionExpiryInterval: min(requestedExpiry, limits.maximumSessionExpiryInterval),
            requestedSessionExpiryInterval: requestedExpiry,
            keepAlive: keepAlive,
            requestedKeepAlive: connect.keepAlive,
            receiveMaximum: min(connect.properties.receiveMaximum ?? .max, limits.maximumInflight),
            maximumPacketSize: connect.properties.maximumPacketSize,
            wantsProblemInformation: connect.properties.requestProblemInformation != 0)
    }

    // MARK: Afterwards

    enum PacketAction: Equatable {
        case proceed
        case violation(String)
    }

    /// Any packet but CONNECT arrived. Before CONNECT it is a violation [MQTT-3.1.0-1].
    func packetReceived() -> PacketAction {
        switch state {
        case .connected: .proceed
        case .awaitingConnect: .violation("the first packet is not CONNECT [MQTT-3.1.0-1]")
        case .admitting: .violation("a packet before CONNACK reached the session")
        case .ended: .violation("a packet after the end")
        }
    }

    enum AliasAction: Equatable {
        case topic(String)
        case violation(MQTTReasonCode, String)
    }

    /// A PUBLISH carried a topic alias; `topic` is empty when it relies on one set before [MQTT-3.3.2-12].
    mutating func aliasReceived(_ alias: UInt16, topic: String) -> AliasAction {
        let limits = limits
        switch consume state {
        case .connected(var connected):
            guard alias > 0, alias <= limits.topicAliasMaximum else {
                self = Self(.connected(connected), limits)
                return .violation(
                    .topicAliasInvalid,
                    "topic alias \(alias); the gateway allows 1 to \(limits.topicAliasMaximum)")
            }
            let index = Int(alias) - 1
            if topic.isEmpty {
                let known = index < connected.aliases.count ? connected.aliases[index] : nil
                self = Self(.connected(connected), limits)
                guard let known else {
                    return .violation(.protocolError, "topic alias \(alias) was never set")
                }
                return .topic(known)
            }
            while connected.aliases.count <= index { connected.aliases.append(nil) }
            connected.aliases[index] = topic
            self = Self(.connected(connected), limits)
            return .topic(topic)
        case .awaitingConnect:
            self = Self(.awaitingConnect, limits)
            return .violation(.protocolError, "a PUBLISH before CONNECT")
        case .admitting(let admitting):
            self = Self(.admitting(admitting), limits)
            return .violation(.protocolError, "a PUBLISH before CONNACK")
        case .ended:
            self = Self(.ended, limits)
            return .violation(.protocolError, "a PUBLISH after the end")
        }
    }

    enum DisconnectAction: Equatable {
        /// End normally; `sessionExpiryInterval` is the one that now holds.
        case end(withholdsWill: Bool, sessionExpiryInterval: UInt32)
        case violation(String)
    }

    /// A DISCONNECT arrived.
    mutating func disconnectReceived(_ disconnect: MQTTDisconnect) -> DisconnectAction {
        let limits = limits
        switch consume state {
        case .connected(let connected):
            self = Self(.ended, limits)
            var expiry = connected.sessionExpiryInterval
            if let asked = disconnect.properties.sessionExpiryInterval {
                guard expiry > 0 || asked == 0 else {
                    return .violation(
                        "DISCONNECT raises a Session Expiry Interval of 0 [MQTT-3.14.2-2]")
                }
                expiry = min(asked, limits.maximumSessionExpiryInterval)
            }
            return .end(
                withholdsWill: disconnect.reasonCode == .success, sessionExpiryInterval: expiry)
        case .awaitingConnect:
            self = Self(.ended, limits)
            return .violation("a DISCONNECT before CONNECT")
        case .admitting:
            self = Self(.ended, limits)
            return .violation("a DISCONNECT before CONNACK")
        case .ended:
            self = Self(.ended, limits)
            return .violation("a DISCONNECT after the end")
        }
    }

    /// When the connection is to be ended for silence, given when the last packet came.
    func keepAliveDeadline(lastReceived: BrokerInstant) -> BrokerInstant? {
        switch state {
        case .connected(let connected): lastReceived.adding(seconds: connected.silenceLimit)
        case .awaitingConnect: nil
        case .admitting: nil
        case .ended: nil
        }
    }

    mutating func ended() {
        self = Self(.ended, limits)
    }

    var isEnded: Bool {
        switch state {
        case .ended: true
        case .awaitingConnect: false
        case .admitting: false
        case .connected: false
        }
    }
}
