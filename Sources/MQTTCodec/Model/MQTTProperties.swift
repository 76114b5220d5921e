public import NIOCore

/// The properties of a packet (MQTT 5 §2.2.2), one typed member each. MQTT 3.1.1 packets have none.
///
/// Which properties a packet may carry depends on the packet; encoding checks it. An empty set is one
/// null pointer.
public struct MQTTProperties: Hashable, Sendable {
    /// Immutable and shared between copies; a change makes a new one.
    final class Storage: Sendable {
        let values: Values
        init(_ values: Values) { self.values = values }
    }

    /// The members as plain values, for code that sets many of them before sharing.
    struct Values: Hashable, Sendable {
        var payloadFormatIndicator: UInt8?
        var messageExpiryInterval: UInt32?
        var contentType: String?
        var responseTopic: String?
        var correlationData: ByteBuffer?
        var subscriptionIdentifiers: [UInt32] = []
        var sessionExpiryInterval: UInt32?
        var assignedClientIdentifier: String?
        var serverKeepAlive: UInt16?
        var authenticationMethod: String?
        var authenticationData: ByteBuffer?
        var requestProblemInformation: UInt8?
        var willDelayInterval: UInt32?
        var requestResponseInformation: UInt8?
        var responseInformation: String?
        var serverReference: String?
        var reasonString: String?
        var receiveMaximum: UInt16?
        var topicAliasMaximum: UInt16?
        var topicAlias: UInt16?
        var maximumQoS: MQTTQoS?
        var retainAvailable: Bool?
        var userProperties: [MQTTUserProperty] = []
        var maximumPacketSize: UInt32?
        var wildcardSubscriptionAvailable: Bool?
        var subscriptionIdentifiersAvailable: Bool?
        var sharedSubscriptionAvailable: Bool?
    }

    /// nil if there are no properties.
    private(set) var storage: Storage?

    /// No properties.
    public init() {}

    init(_ values: Values) {
        storage = values == Values() ? nil : Storage(values)
    }

    /// Whether there are none.
    public var isEmpty: Bool { storage == nil }

    /// The members; a copy when there are any.
    var values: Values { storage?.values ?? Values() }

    private mutating func update(_ change: (inout Values) -> Void) {
        var values = self.values
        change(&values)
        self = MQTTProperties(values)
    }

    /// Equal when every member is.
    public static func == (lhs: MQTTProperties, rhs: MQTTProperties) -> Bool {
        lhs.storage === rhs.storage || lhs.values == rhs.values
    }

    /// Hashes every member.
    public func hash(into hasher: inout Hasher) {
        if let storage { hasher.combine(storage.values) }
    }
}

extension MQTTProperties {
    /// 0: unspecified bytes; 1: UTF-8 text. (§3.3.2.3.2)
    public var payloadFormatIndicator: UInt8? {
        get { storage?.values.payloadFormatIndicator }
        set { update { $0.payloadFormatIndicator = newValue } }
    }

    /// Lifetime of the message in seconds. (§3.3.2.3.3)
    public var messageExpiryInterval: UInt32? {
        get { storage?.values.messageExpiryInterval }
        set { update { $0.messageExpiryInterval = newValue } }
    }

    /// What the payload is, as the applications agree. (§3.3.2.3.9)
    public var contentType: String? {
        get { storage?.values.contentType }
        set { update { $0.contentType = newValue } }
    }

    /// Topic name for a response: no wildcards, not empty. (§3.3.2.3.5)
    public var responseTopic: String? {
        get { storage?.values.responseTopic }
        set { update { $0.responseTopic = newValue } }
    }

    /// Tells the requester which request a response answers; at most 65,535 bytes. (§3.3.2.3.6)
    public var correlationData: ByteBuffer? {
        get { storage?.values.correlationData }
        set { update { $0.correlationData = newValue } }
    }

    /// 1 to 268,435,455; at most one in SUBSCRIBE, any number in a PUBLISH to a client. (§3.8.2.1.2)
    public var subscriptionIdentifiers: [UInt32] {
        get { storage?.values.subscriptionIdentifiers ?? [] }
        set { update { $0.subscriptionIdentifiers = newValue } }
    }

    /// Seconds a session outlives its connection; 0xFFFFFFFF: for ever. (§3.1.2.11.2)
    public var sessionExpiryInterval: UInt32? {
        get { storage?.values.sessionExpiryInterval }
        set { update { $0.sessionExpiryInterval = newValue } }
    }

    /// The client identifier the server chose. (§3.2.2.3.7)
    public var assignedClientIdentifier: String? {
        get { storage?.values.assignedClientIdentifier }
        set { update { $0.assignedClientIdentifier = newValue } }
    }

    /// Keep alive in seconds, in place of the client's. (§3.2.2.3.14)
    public var serverKeepAlive: UInt16? {
        get { storage?.values.serverKeepAlive }
        set { update { $0.serverKeepAlive = newValue } }
    }

    /// Name of the extended authentication method. (§3.1.2.11.9)
    public var authenticationMethod: String? {
        get { storage?.values.authenticationMethod }
        set { update { $0.authenticationMethod = newValue } }
    }

    /// Data of the authentication method; never printed. At most 65,535 bytes. (§3.1.2.11.10)
    public var authenticationData: ByteBuffer? {
        get { storage?.values.authenticationData }
        set { update { $0.authenticationData = newValue } }
    }

    /// 0: reason strings and user properties only where the standard insists; 1: wherever allowed. (§3.1.2.11.7)
    public var requestProblemInformation: UInt8? {
        get { storage?.values.requestProblemInformation }
        set { update { $0.requestProblemInformation = newValue } }
    }

    /// Seconds before the will is published. (§3.1.3.2.2)
    public var willDelayInterval: UInt32? {
        get { storage?.values.willDelayInterval }
        set { update { $0.willDelayInterval = newValue } }
    }

    /// 1: the client asks for response information. (§3.1.2.11.6)
    public var requestResponseInformation: UInt8? {
        get { storage?.values.requestResponseInformation }
        set { update { $0.requestResponseInformation = newValue } }
    }

    /// Basis for response topics. (§3.2.2.3.15)
    public var responseInformation: String? {
        get { storage?.values.responseInformation }
        set { update { $0.responseInformation = newValue } }
    }

    /// Another server to use. (§3.2.2.3.16)
    public var serverReference: String? {
        get { storage?.values.serverReference }
        set { update { $0.serverReference = newValue } }
    }

    /// Explanation for people, not for programs. (§3.2.2.3.9)
    public var reasonString: String? {
        get { storage?.values.reasonString }
        set { update { $0.reasonString = newValue } }
    }

    /// QoS 1 and 2 messages the sender of this property accepts concurrently; 1 to 65,535. (§3.1.2.11.3)
    public var receiveMaximum: UInt16? {
        get { storage?.values.receiveMaximum }
        set { update { $0.receiveMaximum = newValue } }
    }

    /// Highest topic alias the sender of this property accepts; 0: none. (§3.1.2.11.5)
    public var topicAliasMaximum: UInt16? {
        get { storage?.values.topicAliasMaximum }
        set { update { $0.topicAliasMaximum = newValue } }
    }

    /// Stands for the topic name; 1 to 65,535. (§3.3.2.3.4)
    public var topicAlias: UInt16? {
        get { storage?.values.topicAlias }
        set { update { $0.topicAlias = newValue } }
    }

    /// The highest QoS the server supports, when below 2. (§3.2.2.3.4)
    public var maximumQoS: MQTTQoS? {
        get { storage?.values.maximumQoS }
        set { update { $0.maximumQoS = newValue } }
    }

    /// Whether the server keeps retained messages. (§3.2.2.3.5)
    public var retainAvailable: Bool? {
        get { storage?.values.retainAvailable }
        set { update { $0.retainAvailable = newValue } }
    }

    /// Name and value pairs, in order, names may repeat. (§3.1.2.11.8)
    public var userProperties: [MQTTUserProperty] {
        get { storage?.values.userProperties ?? [] }
        set { update { $0.userProperties = newValue } }
    }

    /// Largest packet in bytes the sender of this property accepts; 1 and up. (§3.1.2.11.4)
    public var maximumPacketSize: UInt32? {
        get { storage?.values.maximumPacketSize }
        set { update { $0.maximumPacketSize = newValue } }
    }

    /// Whether the server supports wildcard subscriptions. (§3.2.2.3.11)
    public var wildcardSubscriptionAvailable: Bool? {
        get { storage?.values.wildcardSubscriptionAvailable }
        set { update { $0.wildcardSubscriptionAvailable = newValue } }
    }

    /// Whether the server supports subscription identifiers. (§3.2.2.3.12)
    public var subscriptionIdentifiersAvailable: Bool? {
        get { storage?.values.subscriptionIdentifiersAvailable }
        set { update { $0.subscriptionIdentifiersAvailable = newValue } }
    }

    /// Whether the server supports shared subscriptions. (§3.2.2.3.13)
    public var sharedSubscriptionAvailable: Bool? {
        get { storage?.values.sharedSubscriptionAvailable }
        set { update { $0.sharedSubscriptionAvailable = newValue } }
    }
}
