/// The device-side actions AWS IoT documents, and the resource types they are judged on.
///
/// Source: AWS IoT Core Developer Guide, "AWS IoT Core policy actions" and "AWS IoT Core action resources".
/// Decisions never consult this; an action of any name is compared as text.
enum PolicyCatalogue {
    struct Action: Sendable {
        let name: String
        /// Resource types; `*` for actions without resource.
        let types: [String]
    }

    static let actions: [Action] = [
        Action(name: "iot:Connect", types: ["client"]),
        Action(name: "iot:Publish", types: ["topic"]),
        Action(name: "iot:RetainPublish", types: ["topic"]),
        Action(name: "iot:Subscribe", types: ["topicfilter"]),
        Action(name: "iot:Receive", types: ["topic"]),
        Action(name: "iot:GetRetainedMessage", types: ["topic"]),
        Action(name: "iot:ListRetainedMessages", types: ["*"]),
        Action(name: "iot:GetThingShadow", types: ["thing"]),
        Action(name: "iot:UpdateThingShadow", types: ["thing"]),
        Action(name: "iot:DeleteThingShadow", types: ["thing"]),
        Action(name: "iot:ListNamedShadowsForThing", types: ["*", "thing"]),
        Action(name: "iot:AssumeRoleWithCertificate", types: ["rolealias"]),
        Action(name: "iot:DeleteConnection", types: ["client"]),
        Action(name: "iot:GetConnection", types: ["client"]),
        Action(name: "iot:ListSubscriptions", types: ["client"]),
        Action(name: "iot:SendDirectMessage", types: ["client"]),
        Action(name: "iotjobsdata:DescribeJobExecution", types: ["thing"]),
        Action(name: "iotjobsdata:GetPendingJobExecutions", types: ["thing"]),
        Action(name: "iotjobsdata:StartNextPendingJobExecution", types: ["thing"]),
        Action(name: "iotjobsdata:UpdateJobExecution", types: ["thing"]),
    ]

    static func resourceTypes(of action: String) -> [String] {
        actions.first { $0.name.isIdenticalIgnoringASCIICase(to: action) }?.types ?? []
    }

    /// The known actions a statement speaks of.
    static func actions(_ patterns: PolicyPatterns) -> [Action] {
        let compiled = ActionPatterns(patterns)
        return actions.filter { compiled.match(Array($0.name.asciiLowercased.utf8)) }
    }
}
