public import NIOCore

/// The properties of a packet (MQTT 5 §2.2.2), one typed member each. MQTT 3.1.1 packets have none.
///
/// Which properties a packet may carry depends on the packet; encoding checks it. Decoded properties
/// stay the validated bytes they came as, and each member is read from them when it is asked for: who
/// only forwards a message never pays for its properties.
public struct MQTTProperties: Hashable, Sendable {
    /// What is behind the members.
    enum Form: Sendable {
        case none
        /// As decoded. Never empty.
        case wire(WireProperties)
        /// As set by the program. Never empty.
        case values(Storage)
    }

    /// Immutable and shared between copies; a change makes a new one.
    final class Storage: Sendable {
        let values: Values
        /// Which there are, as ``PropertyID/bit``.
        let present: UInt64

        init(_ values: Values, present: UInt64) {
            self.values = values
            self.present = present
        }
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

    private(set) var form: Form

    /// No properties.
    public init() { form = .none }

    /// What a program has set.
    init(_ values: Values) {
        let present = values.present
        form = present == 0 ? .none : .values(Storage(values, present: present))
    }

    /// What the parser has passed.
    init(_ wire: WireProperties) { form = wire.present == 0 ? .none : .wire(wire) }

    /// Whether there are none.
    public var isEmpty: Bool { if case .none = form { true } else { false } }

    /// All members.
    var values: Values {
        switch form {
        case .none: Values()
        case .wire(let wire): wire.values(~0)
        case .values(let storage): storage.values
        }
    }

    /// What every receiver of a message gets: without topic alias, subscription identifiers and message
    /// expiry interval, which are the sender's own or differ by receiver.
    var shared: MQTTProperties {
        let own =
            PropertyID.topicAlias.bit | PropertyID.subscriptionIdentifier.bit
            | PropertyID.messageExpiryInterval.bit
        switch form {
        case .none: return self
        case .wire(let wire): return MQTTProperties(wire.removing(own))
        case .values(let storage):
            guard storage.present & own != 0 else { return self }
            var values = storage.values
            values.topicAlias = nil
            values.subscriptionIdentifiers = []
            values.messageExpiryInterval = nil
            return MQTTProperties(values)
        }
    }

    /// One member.
    private func member<Value>(_ id: PropertyID, _ value: (Values) -> Value?) -> Value? {
        switch form {
        case .none: nil
        case .wire(let wire): wire.contains(id) ? value(wire.values(id.bit)) : nil
        case .values(let storage): value(storage.values)
        }
    }

    private mutating func update(_ change: (inout Values) -> Void) {
        var values = self.values
        change(&values)
        self = MQTTProperties(values)
    }

    /// Equal when every member is.
    public static func == (lhs: MQTTProperties, rhs: MQTTProperties) -> Bool {
        switch (lhs.form, rhs.form) {
        case (.none, .none): true
        case (.none, _), (_, .none): false
        case (.values(let lhs), .values(let rhs)): lhs === rhs || lhs.values == rhs.values
        default: lhs.values == rhs.values
        }
    }

    /// Hashes every member.
    public func hash(into hasher: inout Hasher) {
        if !isEmpty { hasher.combine(values) }
    }
}

extension MQTTProperties {
    /// 0: unspecified bytes; 1: UTF-8 text. (§3.3.2.3.2)
    public var payloadFormatIndicator: UInt8? {
        get { member(.payloadFormatIndicator) { $0.payloadFormatIndicator } }
        set { update { $0.payloadFormatIndicator = newValue } }
    }

    /// Lifetime of the message in seconds. (§3.3.2.3.3)
    public var messageExpiryInterval: UInt32? {
        get { member(.messageExpiryInterval) { $0.messageExpiryInterval } }
        set { update { $0.messageExpiryInterval = newValue } }
    }

    /// What the payload is, as the applications agree. (§3.3.2.3.9)
    public var contentType: String? {
        get { member(.contentType) { $0.contentType } }
        set { update { $0.contentType = newValue } }
    }

    /// Topic name for a response: no wildcards, not empty. (§3.3.2.3.5)
    public var responseTopic: String? {
        get { member(.responseTopic) { $0.responseTopic } }
        set { update { $0.responseTopic = newValue } }
    }

    /// Tells the requester which request a response answers; at most 65,535 bytes. (§3.3.2.3.6)
    public var correlationData: ByteBuffer? {
        get { member(.correlationData) { $0.correlationData } }
        set { update { $0.correlationData = newValue } }
    }

    /// 1 to 268,435,455; at most one in SUBSCRIBE, any number in a PUBLISH to a client. (§3.8.2.1.2)
    public var subscriptionIdentifiers: [UInt32] {
        get { member(.subscriptionIdentifier) { $0.subscriptionIdentifiers } ?? [] }
        set { update { $0.subscriptionIdentifiers = newValue } }
    }

    /// Seconds a session outlives its connection; 0xFFFFFFFF: for ever. (§3.1.2.11.2)
    public var sessionExpiryInterval: UInt32? {
        get { member(.sessionExpiryInterval) { $0.sessionExpiryInterval } }
        set { update { $0.sessionExpiryInterval = newValue } }
    }

    /// The client identifier the server chose. (§3.2.2.3.7)
    public var assignedClientIdentifier: String? {
        get { member(.assignedClientIdentifier) { $0.assignedClientIdentifier } }
        set { update { $0.assignedClientIdentifier = newValue } }
    }

    /// Keep alive in seconds, in place of the client's. (§3.2.2.3.14)
    public var serverKeepAlive: UInt16? {
        get { member(.serverKeepAlive) { $0.serverKeepAlive } }
        set { update { $0.serverKeepAlive = newValue } }
    }

    /// Name of the extended authentication method. (§3.1.2.11.9)
    public var authenticationMethod: String? {
        get { member(.authenticationMethod) { $0.authenticationMethod } }
        set { update { $0.authenticationMethod = newValue } }
    }

    /// Data of the authentication method; never printed. At most 65,535 bytes. (§3.1.2.11.10)
    public var authenticationData: ByteBuffer? {
        get { member(.authenticationData) { $0.authenticationData } }
        set { update { $0.authenticationData = newValue } }
    }

    /// 0: reason strings and user properties only where the standard insists; 1: wherever allowed. (§3.1.2.11.7)
    public var requestProblemInformation: UInt8? {
        get { member(.requestProblemInformation) { $0.requestProblemInformation } }
        set { update { $0.requestProblemInformation = newValue } }
    }

    /// Seconds before the will is published. (§3.1.3.2.2)
    public var willDelayInterval: UInt32? {
        get { member(.willDelayInterval) { $0.willDelayInterval } }
        set { update { $0.willDelayInterval = newValue } }
    }

    /// 1: the client asks for response information. (§3.1.2.11.6)
    public var requestResponseInformation: UInt8? {
        get { member(.requestResponseInformation) { $0.requestResponseInformation } }
        set { update { $0.requestResponseInformation = newValue } }
    }

    /// Basis for response topics. (§3.2.2.3.15)
    public var responseInformation: String? {
        get { member(.responseInformation) { $0.responseInformation } }
        set { update { $0.responseInformation = newValue } }
    }

    /// Another server to use. (§3.2.2.3.16)
    public var serverReference: String? {
        get { member(.serverReference) { $0.serverReference } }
        set { update { $0.serverReference = newValue } }
    }

    /// Explanation for people, not for programs. (§3.2.2.3.9)
    public var reasonString: String? {
        get { member(.reasonString) { $0.reasonString } }
        set { update { $0.reasonString = newValue } }
    }

    /// QoS 1 and 2 messages the sender of this property accepts concurrently; 1 to 65,535. (§3.1.2.11.3)
    public var receiveMaximum: UInt16? {
        get { member(.receiveMaximum) { $0.receiveMaximum } }
        set { update { $0.receiveMaximum = newValue } }
    }

    /// Highest topic alias the sender of this property accepts; 0: none. (§3.1.2.11.5)
    public var topicAliasMaximum: UInt16? {
        get { member(.topicAliasMaximum) { $0.topicAliasMaximum } }
        set { update { $0.topicAliasMaximum = newValue } }
    }

    /// Stands for the topic name; 1 to 65,535. (§3.3.2.3.4)
    public var topicAlias: UInt16? {
        get { member(.topicAlias) { $0.topicAlias } }
        set { update { $0.topicAlias = newValue } }
    }

    /// The highest QoS the server supports, when below 2. (§3.2.2.3.4)
    public var maximumQoS: MQTTQoS? {
        get { member(.maximumQoS) { $0.maximumQoS } }
        set { update { $0.maximumQoS = newValue } }
    }

    /// Whether the server keeps retained messages. (§3.2.2.3.5)
    public var retainAvailable: Bool? {
        get { member(.retainAvailable) { $0.retainAvailable } }
        set { update { $0.retainAvailable = newValue } }
    }

    /// Name and value pairs, in order, names may repeat. (§3.1.2.11.8)
    public var userProperties: [MQTTUserProperty] {
        get { member(.userProperty) { $0.userProperties } ?? [] }
        set { update { $0.userProperties = newValue } }
    }

    /// Largest packet in bytes the sender of this property accepts; 1 and up. (§3.1.2.11.4)
    public var maximumPacketSize: UInt32? {
        get { member(.maximumPacketSize) { $0.maximumPacketSize } }
        set { update { $0.maximumPacketSize = newValue } }
    }

    /// Whether the server supports wildcard subscriptions. (§3.2.2.3.11)
    public var wildcardSubscriptionAvailable: Bool? {
        get { member(.wildcardSubscriptionAvailable) { $0.wildcardSubscriptionAvailable } }
        set { update { $0.wildcardSubscriptionAvailable = newValue } }
    }

    /// Whether the server supports subscription identifiers. (§3.2.2.3.12)
    public var subscriptionIdentifiersAvailable: Bool? {
        get { member(.subscriptionIdentifiersAvailable) { $0.subscriptionIdentifiersAvailable } }
        set { update { $0.subscriptionIdentifiersAvailable = newValue } }
    }

    /// Whether the server supports shared subscriptions. (§3.2.2.3.13)
    public var sharedSubscriptionAvailable: Bool? {
        get { member(.sharedSubscriptionAvailable) { $0.sharedSubscriptionAvailable } }
        set { update { $0.sharedSubscriptionAvailable = newValue } }
    }
}
