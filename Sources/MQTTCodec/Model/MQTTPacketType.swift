/// The control packet types (MQTT 5 §2.1.2). ``auth`` exists in MQTT 5 only.
public enum MQTTPacketType: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    /// Connection request.
    case connect = 1
    /// Connect acknowledgement.
    case connack
    /// Application message.
    case publish
    /// QoS 1 acknowledgement.
    case puback
    /// QoS 2, first acknowledgement.
    case pubrec
    /// QoS 2, release.
    case pubrel
    /// QoS 2, complete.
    case pubcomp
    /// Subscribe request.
    case subscribe
    /// Subscribe acknowledgement.
    case suback
    /// Unsubscribe request.
    case unsubscribe
    /// Unsubscribe acknowledgement.
    case unsuback
    /// Ping request.
    case pingreq
    /// Ping response.
    case pingresp
    /// Disconnect notification.
    case disconnect
    /// Authentication exchange.
    case auth
}

extension MQTTPacketType: CustomStringConvertible {
    /// The standard's name, "PUBLISH".
    public var description: String {
        switch self {
        case .connect: "CONNECT"
        case .connack: "CONNACK"
        case .publish: "PUBLISH"
        case .puback: "PUBACK"
        case .pubrec: "PUBREC"
        case .pubrel: "PUBREL"
        case .pubcomp: "PUBCOMP"
        case .subscribe: "SUBSCRIBE"
        case .suback: "SUBACK"
        case .unsubscribe: "UNSUBSCRIBE"
        case .unsuback: "UNSUBACK"
        case .pingreq: "PINGREQ"
        case .pingresp: "PINGRESP"
        case .disconnect: "DISCONNECT"
        case .auth: "AUTH"
        }
    }
}
