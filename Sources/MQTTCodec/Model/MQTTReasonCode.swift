/// A reason code (MQTT 5 §2.4). Open: a code the standard does not define survives a round trip.
public struct MQTTReasonCode: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    /// The byte on the wire.
    public var rawValue: UInt8

    /// Any byte is a reason code.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// 0x80 and above: the operation failed.
    public var isError: Bool { rawValue >= 0x80 }

    /// 0x00 Success. Also Normal disconnection and Granted QoS 0.
    public static let success = MQTTReasonCode(rawValue: 0x00)
    /// 0x00 Normal disconnection, in a DISCONNECT.
    public static let normalDisconnection = MQTTReasonCode(rawValue: 0x00)
    /// 0x00 Granted QoS 0, in a SUBACK.
    public static let grantedQoS0 = MQTTReasonCode(rawValue: 0x00)
    /// 0x01 Granted QoS 1.
    public static let grantedQoS1 = MQTTReasonCode(rawValue: 0x01)
    /// 0x02 Granted QoS 2.
    public static let grantedQoS2 = MQTTReasonCode(rawValue: 0x02)
    /// 0x04 Disconnect with Will Message.
    public static let disconnectWithWill = MQTTReasonCode(rawValue: 0x04)
    /// 0x10 No matching subscribers.
    public static let noMatchingSubscribers = MQTTReasonCode(rawValue: 0x10)
    /// 0x11 No subscription existed.
    public static let noSubscriptionExisted = MQTTReasonCode(rawValue: 0x11)
    /// 0x18 Continue authentication.
    public static let continueAuthentication = MQTTReasonCode(rawValue: 0x18)
    /// 0x19 Re-authenticate.
    public static let reauthenticate = MQTTReasonCode(rawValue: 0x19)
    /// 0x80 Unspecified error.
    public static let unspecifiedError = MQTTReasonCode(rawValue: 0x80)
    /// 0x81 Malformed Packet.
    public static let malformedPacket = MQTTReasonCode(rawValue: 0x81)
    /// 0x82 Protocol Error.
    public static let protocolError = MQTTReasonCode(rawValue: 0x82)
    /// 0x83 Implementation specific error.
    public static let implementationSpecificError = MQTTReasonCode(rawValue: 0x83)
    /// 0x84 Unsupported Protocol Version.
    public static let unsupportedProtocolVersion = MQTTReasonCode(rawValue: 0x84)
    /// 0x85 Client Identifier not valid.
    public static let clientIdentifierNotValid = MQTTReasonCode(rawValue: 0x85)
    /// 0x86 Bad User Name or Password.
    public static let badUserNameOrPassword = MQTTReasonCode(rawValue: 0x86)
    /// 0x87 Not authorized.
    public static let notAuthorized = MQTTReasonCode(rawValue: 0x87)
    /// 0x88 Server unavailable.
    public static let serverUnavailable = MQTTReasonCode(rawValue: 0x88)
    /// 0x89 Server busy.
    public static let serverBusy = MQTTReasonCode(rawValue: 0x89)
    /// 0x8A Banned.
    public static let banned = MQTTReasonCode(rawValue: 0x8A)
    /// 0x8B Server shutting down.
    public static let serverShuttingDown = MQTTReasonCode(rawValue: 0x8B)
    /// 0x8C Bad authentication method.
    public static let badAuthenticationMethod = MQTTReasonCode(rawValue: 0x8C)
    /// 0x8D Keep Alive timeout.
    public static let keepAliveTimeout = MQTTReasonCode(rawValue: 0x8D)
    /// 0x8E Session taken over.
    public static let sessionTakenOver = MQTTReasonCode(rawValue: 0x8E)
    /// 0x8F Topic Filter invalid.
    public static let topicFilterInvalid = MQTTReasonCode(rawValue: 0x8F)
    /// 0x90 Topic Name invalid.
    public static let topicNameInvalid = MQTTReasonCode(rawValue: 0x90)
    /// 0x91 Packet Identifier in use.
    public static let packetIdentifierInUse = MQTTReasonCode(rawValue: 0x91)
    /// 0x92 Packet Identifier not found.
    public static let packetIdentifierNotFound = MQTTReasonCode(rawValue: 0x92)
    /// 0x93 Receive Maximum exceeded.
    public static let receiveMaximumExceeded = MQTTReasonCode(rawValue: 0x93)
    /// 0x94 Topic Alias invalid.
    public static let topicAliasInvalid = MQTTReasonCode(rawValue: 0x94)
    /// 0x95 Packet too large.
    public static let packetTooLarge = MQTTReasonCode(rawValue: 0x95)
    /// 0x96 Message rate too high.
    public static let messageRateTooHigh = MQTTReasonCode(rawValue: 0x96)
    /// 0x97 Quota exceeded.
    public static let quotaExceeded = MQTTReasonCode(rawValue: 0x97)
    /// 0x98 Administrative action.
    public static let administrativeAction = MQTTReasonCode(rawValue: 0x98)
    /// 0x99 Payload format invalid.
    public static let payloadFormatInvalid = MQTTReasonCode(rawValue: 0x99)
    /// 0x9A Retain not supported.
    public static let retainNotSupported = MQTTReasonCode(rawValue: 0x9A)
    /// 0x9B QoS not supported.
    public static let qosNotSupported = MQTTReasonCode(rawValue: 0x9B)
    /// 0x9C Use another server.
    public static let useAnotherServer = MQTTReasonCode(rawValue: 0x9C)
    /// 0x9D Server moved.
    public static let serverMoved = MQTTReasonCode(rawValue: 0x9D)
    /// 0x9E Shared Subscriptions not supported.
    public static let sharedSubscriptionsNotSupported = MQTTReasonCode(rawValue: 0x9E)
    /// 0x9F Connection rate exceeded.
    public static let connectionRateExceeded = MQTTReasonCode(rawValue: 0x9F)
    /// 0xA0 Maximum connect time.
    public static let maximumConnectTime = MQTTReasonCode(rawValue: 0xA0)
    /// 0xA1 Subscription Identifiers not supported.
    public static let subscriptionIdentifiersNotSupported = MQTTReasonCode(rawValue: 0xA1)
    /// 0xA2 Wildcard Subscriptions not supported.
    public static let wildcardSubscriptionsNotSupported = MQTTReasonCode(rawValue: 0xA2)

    /// The SUBACK code that grants a quality of service.
    public static func granted(_ qos: MQTTQoS) -> MQTTReasonCode { MQTTReasonCode(rawValue: qos.rawValue) }
}

extension MQTTReasonCode: CustomStringConvertible {
    /// The standard's name; "Reason code 0xNN" for a code it does not define.
    public var description: String {
        switch self {
        case .success: "Success"
        case .grantedQoS1: "Granted QoS 1"
        case .grantedQoS2: "Granted QoS 2"
        case .disconnectWithWill: "Disconnect with Will Message"
        case .noMatchingSubscribers: "No matching subscribers"
        case .noSubscriptionExisted: "No subscription existed"
        case .continueAuthentication: "Continue authentication"
        case .reauthenticate: "Re-authenticate"
        case .unspecifiedError: "Unspecified error"
        case .malformedPacket: "Malformed Packet"
        case .protocolError: "Protocol Error"
        case .implementationSpecificError: "Implementation specific error"
        case .unsupportedProtocolVersion: "Unsupported Protocol Version"
        case .clientIdentifierNotValid: "Client Identifier not valid"
        case .badUserNameOrPassword: "Bad User Name or Password"
        case .notAuthorized: "Not authorized"
        case .serverUnavailable: "Server unavailable"
        case .serverBusy: "Server busy"
        case .banned: "Banned"
        case .serverShuttingDown: "Server shutting down"
        case .badAuthenticationMethod: "Bad authentication method"
        case .keepAliveTimeout: "Keep Alive timeout"
        case .sessionTakenOver: "Session taken over"
        case .topicFilterInvalid: "Topic Filter invalid"
        case .topicNameInvalid: "Topic Name invalid"
        case .packetIdentifierInUse: "Packet Identifier in use"
        case .packetIdentifierNotFound: "Packet Identifier not found"
        case .receiveMaximumExceeded: "Receive Maximum exceeded"
        case .topicAliasInvalid: "Topic Alias invalid"
        case .packetTooLarge: "Packet too large"
        case .messageRateTooHigh: "Message rate too high"
        case .quotaExceeded: "Quota exceeded"
        case .administrativeAction: "Administrative action"
        case .payloadFormatInvalid: "Payload format invalid"
        case .retainNotSupported: "Retain not supported"
        case .qosNotSupported: "QoS not supported"
        case .useAnotherServer: "Use another server"
        case .serverMoved: "Server moved"
        case .sharedSubscriptionsNotSupported: "Shared Subscriptions not supported"
        case .connectionRateExceeded: "Connection rate exceeded"
        case .maximumConnectTime: "Maximum connect time"
        case .subscriptionIdentifiersNotSupported: "Subscription Identifiers not supported"
        case .wildcardSubscriptionsNotSupported: "Wildcard Subscriptions not supported"
        default: "Reason code " + hexadecimal(rawValue)
        }
    }
}
