/// The policy actions an MQTT connection can need.
///
/// Source: AWS IoT Core Developer Guide, "AWS IoT Core policy actions".
public enum MQTTAction: UInt8, Hashable, Sendable, CaseIterable {
    /// `iot:Connect` on `client/<clientId>`, for every CONNECT.
    case connect
    /// `iot:Publish` on `topic/<topic>`, for every PUBLISH and every Will.
    case publish
    /// `iot:RetainPublish` on `topic/<topic>`, in addition to `iot:Publish`, for a set RETAIN flag.
    case retainPublish
    /// `iot:Subscribe` on `topicfilter/<filter>`, for each filter of a SUBSCRIBE.
    case subscribe
    /// `iot:Receive` on `topic/<topic>`, for each delivery.
    case receive

    /// The action as a policy writes it, for example `iot:Publish`.
    public var policyAction: String {
        switch self {
        case .connect: "iot:Connect"
        case .publish: "iot:Publish"
        case .retainPublish: "iot:RetainPublish"
        case .subscribe: "iot:Subscribe"
        case .receive: "iot:Receive"
        }
    }

    /// The resource type of the ARN the action is judged on.
    public var resourceType: String {
        switch self {
        case .connect: "client"
        case .publish, .retainPublish, .receive: "topic"
        case .subscribe: "topicfilter"
        }
    }
}

/// Something a client does over MQTT, from which all the required policy requests follow.
public enum MQTTOperation: Hashable, Sendable {
    /// CONNECT: `iot:Connect`, and with a Will also `iot:Publish` and, if retained, `iot:RetainPublish` on its topic.
    case connect(clientID: String, willTopic: String?, willRetain: Bool)
    /// PUBLISH: `iot:Publish`, with RETAIN also `iot:RetainPublish`.
    case publish(topic: String, retain: Bool)
    /// One filter of a SUBSCRIBE, as the client sent it, `$share/<group>/` included.
    case subscribe(filter: String)
    /// Delivery of one message, on its concrete topic.
    case receive(topic: String)
}

/// The answer to an ``MQTTOperation``: the joint decision, and what stood in the way.
public struct MQTTVerdict: Hashable, Sendable {
    /// The joint decision on all required requests.
    public let decision: PolicyDecision
    /// The first required action that is not allowed.
    public let deniedAction: MQTTAction?
    /// The bare client ID, topic or filter of ``deniedAction``.
    public let deniedName: String?

    /// A verdict. `deniedAction` and `deniedName` are nil exactly when `decision` allows.
    public init(decision: PolicyDecision, deniedAction: MQTTAction?, deniedName: String?) {
        self.decision = decision
        self.deniedAction = deniedAction
        self.deniedName = deniedName
    }

    /// Everything required is allowed.
    public static let allowed = MQTTVerdict(decision: .allowed, deniedAction: nil, deniedName: nil)
}
