/// What a client may ask for over HTTPS that device policies judge (AWS IoT Core Developer Guide, "AWS IoT Core
/// policy actions", "Device Shadow REST API", "MQTT", "Direct messaging").
///
/// Over MQTT the same services are publishes and subscriptions on reserved topics: see ``MQTTOperation``.
public enum HTTPOperation: Hashable, Sendable {
    /// `POST /topics/<topic>`, with `retain=true` or without.
    case publish(topic: String, retain: Bool)
    /// `GET /retainedMessage/<topic>`.
    case getRetainedMessage(topic: String)
    /// `GET /retainedMessage`.
    case listRetainedMessages
    /// A shadow of a thing; no name means the classic one.
    case getThingShadow(thing: String, shadow: String?)
    /// See ``getThingShadow(thing:shadow:)``.
    case updateThingShadow(thing: String, shadow: String?)
    /// See ``getThingShadow(thing:shadow:)``.
    case deleteThingShadow(thing: String, shadow: String?)
    /// The names of a thing's named shadows.
    case listNamedShadows(thing: String)
    /// A job of a thing, or `$next`.
    case describeJobExecution(thing: String)
    /// The jobs a thing has to do.
    case getPendingJobExecutions(thing: String)
    /// The next job begins.
    case startNextPendingJobExecution(thing: String)
    /// The state of a job.
    case updateJobExecution(thing: String)
    /// A role's credentials for a certificate ("Authorizing direct calls to AWS services").
    case assumeRoleWithCertificate(roleAlias: String)
    /// Ends a client's connection.
    case deleteConnection(clientID: String)
    /// A client's connection, with the addresses of its socket or without.
    case getConnection(clientID: String, includesSocketInformation: Bool)
    /// A client's subscriptions.
    case listSubscriptions(clientID: String)
    /// A message to one client; it needs no subscription there, but the receiver's `iot:Receive`.
    case sendDirectMessage(clientID: String, topic: String)
}

extension HTTPOperation {
    /// One requirement: any of these requests allowed meets it, any of them explicitly denied breaks it.
    typealias Requirement = [PolicyRequest]

    /// Everything the operation requires; all of it has to be met.
    func requirements(_ scope: ARNScope) -> [Requirement] {
        func one(_ action: String, _ resource: String) -> [Requirement] {
            [[PolicyRequest(action: action, resource: resource)]]
        }
        func shadow(_ action: String, _ thing: String, _ shadow: String?) -> [Requirement] {
            one(action, scope.arn(thing: shadow.map { "\(thing)/\($0)" } ?? thing))
        }
        return switch self {
        case .publish(let topic, let retain):
            one("iot:Publish", scope.arn(topic: topic))
                + (retain ? one("iot:RetainPublish", scope.arn(topic: topic)) : [])
        case .getRetainedMessage(let topic): one("iot:GetRetainedMessage", scope.arn(topic: topic))
        case .listRetainedMessages: one("iot:ListRetainedMessages", "*")
        case .getThingShadow(let thing, let name): shadow("iot:GetThingShadow", thing, name)
        case .updateThingShadow(let thing, let name): shadow("iot:UpdateThingShadow", thing, name)
        case .deleteThingShadow(let thing, let name): shadow("iot:DeleteThingShadow", thing, name)
        case .listNamedShadows(let thing):
            // The action table says `*`, the REST page's example names the thing: either grant will do.
            [
                ["*", scope.arn(thing: thing)].map {
                    PolicyRequest(action: "iot:ListNamedShadowsForThing", resource: $0)
                }
            ]
        case .describeJobExecution(let thing):
            one("iotjobsdata:DescribeJobExecution", scope.arn(thing: thing))
        case .getPendingJobExecutions(let thing):
            one("iotjobsdata:GetPendingJobExecutions", scope.arn(thing: thing))
        case .startNextPendingJobExecution(let thing):
            one("iotjobsdata:StartNextPendingJobExecution", scope.arn(thing: thing))
        case .updateJobExecution(let thing):
            one("iotjobsdata:UpdateJobExecution", scope.arn(thing: thing))
        case .assumeRoleWithCertificate(let alias):
            one("iot:AssumeRoleWithCertificate", scope.arn(type: "rolealias", name: alias))
        case .deleteConnection(let clientID): one("iot:DeleteConnection", scope.arn(client: clientID))
        case .getConnection(let clientID, _): one("iot:GetConnection", scope.arn(client: clientID))
        case .listSubscriptions(let clientID): one("iot:ListSubscriptions", scope.arn(client: clientID))
        case .sendDirectMessage(let clientID, _): one("iot:SendDirectMessage", scope.arn(client: clientID))
        }
    }

    /// The facts that belong to the operation and not to the connection.
    func completed(_ context: PolicyContext) -> PolicyContext {
        var context = context
        context.messageTopic = nil
        context.includeSocketInformation = nil
        switch self {
        case .sendDirectMessage(_, let topic): context.messageTopic = topic
        case .getConnection(_, let includes): context.includeSocketInformation = includes
        default: break
        }
        return context
    }
}
