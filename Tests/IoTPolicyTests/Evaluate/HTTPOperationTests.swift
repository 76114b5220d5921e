import IoTPolicy
import Testing

/// What each HTTPS operation needs (rules 2.1 to 2.14).
struct HTTPOperationTests {
    static let scope = ARNScope(region: "us-east-1", accountID: "123456789012")
    static let arn = "arn:aws:iot:us-east-1:123456789012:"

    /// Every operation with the one action and resource that allow it.
    static let table: [(HTTPOperation, action: String, resource: String)] = [
        (.publish(topic: "a/b", retain: false), "iot:Publish", arn + "topic/a/b"),
        (.getRetainedMessage(topic: "a/b"), "iot:GetRetainedMessage", arn + "topic/a/b"),
        (.listRetainedMessages, "iot:ListRetainedMessages", "*"),
        (.getThingShadow(thing: "t", shadow: nil), "iot:GetThingShadow", arn + "thing/t"),
        (.updateThingShadow(thing: "t", shadow: "s"), "iot:UpdateThingShadow", arn + "thing/t/s"),
        (.deleteThingShadow(thing: "t", shadow: nil), "iot:DeleteThingShadow", arn + "thing/t"),
        (.listNamedShadows(thing: "t"), "iot:ListNamedShadowsForThing", arn + "thing/t"),
        (.listNamedShadows(thing: "t"), "iot:ListNamedShadowsForThing", "*"),
        (.describeJobExecution(thing: "t"), "iotjobsdata:DescribeJobExecution", arn + "thing/t"),
        (.getPendingJobExecutions(thing: "t"), "iotjobsdata:GetPendingJobExecutions", arn + "thing/t"),
        (
            .startNextPendingJobExecution(thing: "t"), "iotjobsdata:StartNextPendingJobExecution",
            arn + "thing/t"
        ),
        (.updateJobExecution(thing: "t"), "iotjobsdata:UpdateJobExecution", arn + "thing/t"),
        (.assumeRoleWithCertificate(roleAlias: "r"), "iot:AssumeRoleWithCertificate", arn + "rolealias/r"),
        (.deleteConnection(clientID: "c"), "iot:DeleteConnection", arn + "client/c"),
        (
            .getConnection(clientID: "c", includesSocketInformation: false), "iot:GetConnection",
            arn + "client/c"
        ),
        (.listSubscriptions(clientID: "c"), "iot:ListSubscriptions", arn + "client/c"),
        (.sendDirectMessage(clientID: "c", topic: "m"), "iot:SendDirectMessage", arn + "client/c"),
    ]

    func policies(_ statements: String...) throws -> PolicySet {
        let text = #"{"Version": "2012-10-17", "Statement": [\#(statements.joined(separator: ","))]}"#
        return PolicySet([NamedPolicy(name: "p", document: try PolicyDocument(json: text))])
    }

    func allow(_ action: String, _ resource: String, _ rest: String = "") -> String {
        #"{"Effect": "Allow", "Action": "\#(action)", "Resource": "\#(resource)"\#(rest)}"#
    }

    func decide(_ set: PolicySet, _ operation: HTTPOperation) -> PolicyDecision {
        set.authorize(operation, in: PolicyContext(transport: .http), scope: Self.scope).decision
    }

    @Test("2.1 each operation is allowed by its own action on its own resource, and by nothing else")
    func table() throws {
        for (operation, action, resource) in Self.table {
            let set = try policies(allow(action, resource))
            #expect(decide(set, operation) == .allowed, "\(operation)")
            for (other, otherAction, _) in Self.table where otherAction != action {
                #expect(decide(set, other) == .implicitDeny, "\(action) also allows \(other)")
            }
            let elsewhere = try policies(allow(action, Self.arn + "thing/another"))
            #expect(decide(elsewhere, operation) == .implicitDeny, "\(operation)")
        }
    }

    @Test("2.7 a retained publish needs both actions, and cannot go to $aws/")
    func retainedPublish() throws {
        let operation = HTTPOperation.publish(topic: "a", retain: true)
        #expect(decide(try policies(allow("iot:Publish", "*")), operation) == .implicitDeny)
        #expect(decide(try policies(allow("iot:RetainPublish", "*")), operation) == .implicitDeny)
        let both = try policies(allow("iot:Publish", "*"), allow("iot:RetainPublish", "*"))
        #expect(decide(both, operation) == .allowed)
        #expect(decide(both, .publish(topic: "$aws/rules/r", retain: true)) == .implicitDeny)
        #expect(decide(both, .publish(topic: "$aws/rules/r", retain: false)) == .allowed)
    }

    @Test("2.14 iot:Topic is the direct message's own, whatever the context says")
    func directMessageTopic() throws {
        let set = try policies(
            allow(
                "iot:SendDirectMessage", "*",
                #", "Condition": {"StringLike": {"iot:Topic": "alerts/*"}}"#))
        var context = PolicyContext(transport: .http)
        context.messageTopic = "alerts/forged"
        for (topic, decision) in [("alerts/fire", PolicyDecision.allowed), ("other", .implicitDeny)] {
            let verdict = set.authorize(
                .sendDirectMessage(clientID: "c", topic: topic), in: context, scope: Self.scope)
            #expect(verdict.decision == decision)
        }
    }

    @Test("5.5 iot:IncludeSocketInformation is the request's own")
    func socketInformation() throws {
        let set = try policies(
            allow(
                "iot:GetConnection", "*",
                #", "Condition": {"Bool": {"iot:IncludeSocketInformation": "false"}}"#))
        for includes in [true, false] {
            let operation = HTTPOperation.getConnection(clientID: "c", includesSocketInformation: includes)
            #expect(decide(set, operation) == (includes ? .implicitDeny : .allowed))
        }
    }

    @Test("6.1 an explicit denial on either resource of ListNamedShadowsForThing denies, and is named")
    func denialIsNamed() throws {
        let set = try policies(
            allow("iot:ListNamedShadowsForThing", "*"),
            #"{"Effect": "Deny", "Action": "iot:ListNamedShadowsForThing", "Resource": "\#(Self.arn)thing/t"}"#
        )
        let verdict = set.authorize(
            .listNamedShadows(thing: "t"), in: PolicyContext(transport: .http), scope: Self.scope)
        #expect(verdict.decision == .explicitDeny)
        #expect(verdict.denied?.resource == Self.arn + "thing/t")
        #expect(decide(set, .listNamedShadows(thing: "u")) == .allowed)
    }
}
