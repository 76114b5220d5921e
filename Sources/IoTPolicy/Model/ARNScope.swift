/// The fixed part of the ARNs of one gateway: partition, Region and account.
///
/// All three are part of the text a policy compares (IAM User Guide, "Amazon Resource Names").
public struct ARNScope: Hashable, Sendable {
    /// The AWS partition, for example `aws` or `aws-cn`.
    public var partition: String
    /// The Region, for example `us-east-1`.
    public var region: String
    /// The twelve-digit account ID.
    public var accountID: String

    /// A scope. None of the parts may contain a colon; an ARN built from one that does matches nothing useful.
    public init(partition: String = "aws", region: String, accountID: String) {
        self.partition = partition
        self.region = region
        self.accountID = accountID
    }

    /// The ARN of a client, `…:client/<client>`.
    public func arn(client: String) -> String { arn(type: "client", name: client) }

    /// The ARN of a topic, `…:topic/<topic>`.
    public func arn(topic: String) -> String { arn(type: "topic", name: topic) }

    /// The ARN of a topic filter, `…:topicfilter/<topicFilter>`.
    public func arn(topicFilter: String) -> String { arn(type: "topicfilter", name: topicFilter) }

    /// The ARN of a thing, `…:thing/<thing>`.
    public func arn(thing: String) -> String { arn(type: "thing", name: thing) }

    /// The ARN of the resource an MQTT action is judged on.
    public func arn(_ action: MQTTAction, _ name: String) -> String {
        arn(type: action.resourceType, name: name)
    }

    /// An ARN of any AWS IoT resource type.
    public func arn(type: String, name: String) -> String {
        "arn:\(partition):iot:\(region):\(accountID):\(type)/\(name)"
    }
}
