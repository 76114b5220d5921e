/// The property identifiers (MQTT 5 §2.2.2.2). All are below 64, so that a set of them is one word.
///
/// A number and not an enumeration: finding the case of a number would cost the parser more than the
/// rest of it. What is allowed in a packet is a set of known ones, so no other gets past that check.
struct PropertyID: RawRepresentable, Hashable, BitwiseCopyable {
    let rawValue: UInt8

    static let payloadFormatIndicator = PropertyID(rawValue: 0x01)
    static let messageExpiryInterval = PropertyID(rawValue: 0x02)
    static let contentType = PropertyID(rawValue: 0x03)
    static let responseTopic = PropertyID(rawValue: 0x08)
    static let correlationData = PropertyID(rawValue: 0x09)
    static let subscriptionIdentifier = PropertyID(rawValue: 0x0B)
    static let sessionExpiryInterval = PropertyID(rawValue: 0x11)
    static let assignedClientIdentifier = PropertyID(rawValue: 0x12)
    static let serverKeepAlive = PropertyID(rawValue: 0x13)
    static let authenticationMethod = PropertyID(rawValue: 0x15)
    static let authenticationData = PropertyID(rawValue: 0x16)
    static let requestProblemInformation = PropertyID(rawValue: 0x17)
    static let willDelayInterval = PropertyID(rawValue: 0x18)
    static let requestResponseInformation = PropertyID(rawValue: 0x19)
    static let responseInformation = PropertyID(rawValue: 0x1A)
    static let serverReference = PropertyID(rawValue: 0x1C)
    static let reasonString = PropertyID(rawValue: 0x1F)
    static let receiveMaximum = PropertyID(rawValue: 0x21)
    static let topicAliasMaximum = PropertyID(rawValue: 0x22)
    static let topicAlias = PropertyID(rawValue: 0x23)
    static let maximumQoS = PropertyID(rawValue: 0x24)
    static let retainAvailable = PropertyID(rawValue: 0x25)
    static let userProperty = PropertyID(rawValue: 0x26)
    static let maximumPacketSize = PropertyID(rawValue: 0x27)
    static let wildcardSubscriptionAvailable = PropertyID(rawValue: 0x28)
    static let subscriptionIdentifiersAvailable = PropertyID(rawValue: 0x29)
    static let sharedSubscriptionAvailable = PropertyID(rawValue: 0x2A)

    /// The set of this one.
    @inline(__always)
    var bit: UInt64 { 1 &<< UInt64(rawValue) }

    /// The standard's name, in lower case.
    var name: String {
        switch self {
        case .payloadFormatIndicator: "payload format indicator"
        case .messageExpiryInterval: "message expiry interval"
        case .contentType: "content type"
        case .responseTopic: "response topic"
        case .correlationData: "correlation data"
        case .subscriptionIdentifier: "subscription identifier"
        case .sessionExpiryInterval: "session expiry interval"
        case .assignedClientIdentifier: "assigned client identifier"
        case .serverKeepAlive: "server keep alive"
        case .authenticationMethod: "authentication method"
        case .authenticationData: "authentication data"
        case .requestProblemInformation: "request problem information"
        case .willDelayInterval: "will delay interval"
        case .requestResponseInformation: "request response information"
        case .responseInformation: "response information"
        case .serverReference: "server reference"
        case .reasonString: "reason string"
        case .receiveMaximum: "receive maximum"
        case .topicAliasMaximum: "topic alias maximum"
        case .topicAlias: "topic alias"
        case .maximumQoS: "maximum QoS"
        case .retainAvailable: "retain available"
        case .userProperty: "user property"
        case .maximumPacketSize: "maximum packet size"
        case .wildcardSubscriptionAvailable: "wildcard subscription available"
        case .subscriptionIdentifiersAvailable: "subscription identifiers available"
        case .sharedSubscriptionAvailable: "shared subscription available"
        default: "unknown"
        }
    }
}
