/// What policies say to an HTTPS operation.
public struct HTTPVerdict: Hashable, Sendable {
    /// The decision on the operation as a whole.
    public let decision: PolicyDecision
    /// The request that was not allowed; `nil` when all were.
    public let denied: PolicyRequest?
}

extension PolicySet {
    /// Judges everything an HTTPS operation requires, so that no caller forgets a part: a retained publish needs
    /// `iot:RetainPublish` as well as `iot:Publish`, and cannot go to `$aws/` at all.
    ///
    /// `iot:Topic` and `iot:IncludeSocketInformation` follow the operation, whatever the context says; set the
    /// context's transport to ``PolicyTransport/http``, where client ID and thing variables have no value.
    public func authorize(
        _ operation: HTTPOperation, in context: PolicyContext, scope: ARNScope
    ) -> HTTPVerdict {
        let context = operation.completed(context)
        if case .publish(let topic, true) = operation, topic.utf8.starts(with: "$aws/".utf8),
            !options.allowsRetainedPublishToReservedTopics
        {
            return HTTPVerdict(
                decision: .implicitDeny,
                denied: PolicyRequest(action: "iot:RetainPublish", resource: scope.arn(topic: topic)))
        }
        for requirement in operation.requirements(scope) {
            let decisions = requirement.map { evaluate($0, in: context) }
            if let index = decisions.firstIndex(of: .explicitDeny) {
                return HTTPVerdict(decision: .explicitDeny, denied: requirement[index])
            }
            if !decisions.contains(.allowed) {
                return HTTPVerdict(decision: .implicitDeny, denied: requirement.last)
            }
        }
        return HTTPVerdict(decision: .allowed, denied: nil)
    }
}
