/// One connection's policies, evaluated as far as its identity allows. Immutable.
///
/// Variables are bound, conditions that cannot change are settled, and what remains are patterns over the bare
/// client ID, topic or filter. The patterns are shared by all connections with the same policies; a connection owns
/// the values of its variables. A decision allocates nothing, unless a statement asks for the time or lets a
/// variable stand for part of the resource type (`*${iot:ClientId}`).
public final class ConnectionPolicy: Sendable {
    /// The policies this was made from.
    public let policies: PolicySet
    /// The connection's identity and circumstances.
    public let context: PolicyContext
    /// The ARN prefix names are judged under.
    public let scope: ARNScope

    private let rules: SharedRules
    private let binding: ConnectionBinding

    /// The generation of ``policies``.
    public var generation: UInt64 { policies.generation }

    init(_ policies: PolicySet, _ context: PolicyContext, _ scope: ARNScope) {
        self.policies = policies
        self.context = context
        self.scope = scope
        rules = policies.rules(for: SharedRules.Key(scope: scope, principal: context.principal))
        binding = ConnectionBinding(rules, context, policies.options)
    }

    /// Judges an action on a bare client ID, topic or filter.
    ///
    /// - Parameter time: seconds since 1970 of the decision, for conditions on the time; by default the
    ///   connection's.
    public func decide(_ action: MQTTAction, _ name: UnsafeBufferPointer<UInt8>, at time: Int64?)
        -> PolicyDecision
    {
        switch action {
        case .connect: decide(rules.connect, action, name, time)
        case .publish: decide(rules.publish, action, name, time)
        case .retainPublish: decide(rules.retainPublish, action, name, time)
        case .subscribe: decide(rules.subscribe, action, name, time)
        case .receive: decide(rules.receive, action, name, time)
        }
    }

    /// Judges an action on a bare client ID, topic or filter, at the time of the connection.
    public func decide(_ action: MQTTAction, _ name: UnsafeBufferPointer<UInt8>) -> PolicyDecision {
        decide(action, name, at: nil)
    }

    /// Judges an action on a bare client ID, topic or filter.
    ///
    /// - Parameter time: seconds since 1970 of the decision, for conditions on the time; by default the
    ///   connection's.
    public func decide(_ action: MQTTAction, _ name: String, at time: Int64?) -> PolicyDecision {
        let decision = name.utf8.withContiguousStorageIfAvailable { decide(action, $0, at: time) }
        return decision ?? Array(name.utf8).withUnsafeBufferPointer { decide(action, $0, at: time) }
    }

    /// Judges an action on a bare client ID, topic or filter, at the time of the connection.
    public func decide(_ action: MQTTAction, _ name: String) -> PolicyDecision {
        decide(action, name, at: nil)
    }

    @inline(__always)
    private func decide(
        _ rules: borrowing ActionRules, _ action: MQTTAction, _ name: UnsafeBufferPointer<UInt8>,
        _ time: Int64?
    ) -> PolicyDecision {
        withExtendedLifetime(self) {
            let matcher = NameMatcher(name, self.rules.index, binding)
            if applies(rules.denies, action, matcher, time) { return .explicitDeny }
            guard applies(rules.allows, action, matcher, time) else { return .implicitDeny }
            guard let second = rules.secondAllows else { return .allowed }
            return applies(second, action, matcher, time) ? .allowed : .implicitDeny
        }
    }

    @inline(__always)
    private func applies(
        _ group: borrowing RuleGroup, _ action: MQTTAction, _ matcher: borrowing NameMatcher, _ time: Int64?
    ) -> Bool {
        if matcher.matches(group.root) { return true }
        guard !group.rules.isEmpty else { return false }
        return applies(group.rules, action, matcher, time)
    }

    private func applies(
        _ rules: [Rule], _ action: MQTTAction, _ matcher: borrowing NameMatcher, _ time: Int64?
    ) -> Bool {
        for rule in rules where matcher.isOpen(rule.guardNumber) {
            switch rule.resource {
            case .matching(let root): guard matcher.matches(root) else { continue }
            case .excluding(let root): guard !matcher.matches(root) else { continue }
            case .dynamic:
                let resource = ARNFields(scope.arn(action, String(decoding: matcher.name, as: UTF8.self)))
                guard policies.statements[rule.statement].matchesResource(resource, reader(action, time))
                else { continue }
            }
            guard !rule.conditions.isEmpty else { return true }
            let reader = reader(action, time)
            if rule.conditions.allSatisfy({ $0.holds(reader) }) { return true }
        }
        return false
    }

    private func reader(_ action: MQTTAction, _ time: Int64?) -> ContextReader {
        ContextReader(context, policies.options, isConnect: action == .connect, time: time)
    }

    /// Judges and explains an action on a bare client ID, topic or filter. The decision is that of `decide`.
    public func explain(_ action: MQTTAction, _ name: String, at time: Int64? = nil) -> PolicyExplanation {
        policies.explain(request(action, name), in: context, at: time)
    }

    /// The request an action on a bare name stands for.
    public func request(_ action: MQTTAction, _ name: String) -> PolicyRequest {
        PolicyRequest(action: action.policyAction, resource: scope.arn(action, name))
    }
}

extension PolicySet {
    /// Evaluates the policies as far as `context` allows; the result judges all of one connection's traffic.
    public func specialized(for context: PolicyContext, scope: ARNScope) -> ConnectionPolicy {
        ConnectionPolicy(self, context, scope)
    }
}
