/// A control packet of MQTT 3.1.1 or MQTT 5, in one model.
public enum MQTTPacket: Hashable, Sendable {
    // Indirect, so that the largest and rarest packet doesn't make all others as large.
    /// Connection request.
    indirect case connect(MQTTConnect)
    /// Connect acknowledgement.
    case connack(MQTTConnack)
    /// Application message.
    case publish(MQTTPublish)
    /// QoS 1 acknowledgement.
    case puback(MQTTAcknowledgement)
    /// QoS 2, first acknowledgement.
    case pubrec(MQTTAcknowledgement)
    /// QoS 2, release.
    case pubrel(MQTTAcknowledgement)
    /// QoS 2, complete.
    case pubcomp(MQTTAcknowledgement)
    /// Subscribe request.
    case subscribe(MQTTSubscribe)
    /// Subscribe acknowledgement.
    case suback(MQTTSuback)
    /// Unsubscribe request.
    case unsubscribe(MQTTUnsubscribe)
    /// Unsubscribe acknowledgement.
    case unsuback(MQTTUnsuback)
    /// Ping request.
    case pingreq
    /// Ping response.
    case pingresp
    /// Disconnect notification.
    case disconnect(MQTTDisconnect)
    /// Authentication exchange.
    case auth(MQTTAuth)

    /// The packet's type.
    public var type: MQTTPacketType {
        switch self {
        case .connect: .connect
        case .connack: .connack
        case .publish: .publish
        case .puback: .puback
        case .pubrec: .pubrec
        case .pubrel: .pubrel
        case .pubcomp: .pubcomp
        case .subscribe: .subscribe
        case .suback: .suback
        case .unsubscribe: .unsubscribe
        case .unsuback: .unsuback
        case .pingreq: .pingreq
        case .pingresp: .pingresp
        case .disconnect: .disconnect
        case .auth: .auth
        }
    }
}
