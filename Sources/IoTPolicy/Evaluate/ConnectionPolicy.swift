/// One connection's policies, evaluated as far as its identity allows. Immutable; a decision allocates nothing
/// unless a statement asks for the time.
///
/// Variables are bound, conditions that cannot change are settled, statements that cannot apply are gone, and what
/// remains are patterns over the bare client ID, topic or filter.
public final class ConnectionPolicy: Sendable {
    /// The policies this was made from.
    public let policies: PolicySet
    /// The connection's identity and circumstances.
    public let context: PolicyContext
    /// The ARN prefix names are judged under.
    public let scope: ARNScope

    private let pool: GlobPool
    private let connect: ActionBucket
    private let publish: ActionBucket
    private let retainPublish: ActionBucket
    private let subscribe: ActionBucket
    private let receive: ActionBucket

    /// The generation of ``policies``.
    public var generation: UInt64 { policies.generation }

    init(_ policies: PolicySet, _ context: PolicyContext, _ scope: ARNScope) {
        self.policies = policies
        self.context = context
        self.scope = scope
        var compiler = ConnectionCompiler(policies, context, scope)
        connect = compiler.bucket(for: .connect)
        publish = compiler.bucket(for: .publish)
        retainPublish = compiler.bucket(for: .retainPublish)
        subscribe = compiler.bucket(for: .subscribe)
        receive = compiler.bucket(for: .receive)
        pool = compiler.pool
    }

    /// Judges an action on a bare client ID, topic or filter.
    ///
    /// - Parameter time: seconds since 1970 of the decision, for conditions on the time; by default the
    ///   connection's.
    public func decide(_ action: MQTTAction, _ name: UnsafeBufferPointer<UInt8>, at time: Int64?)
        -> PolicyDecision
    {
        switch action {
        case .connect: decide(connect, action, name, time)
        case .publish: decide(publish, action, name, time)
        case .retainPublish: decide(retainPublish, action, name, time)
        case .subscribe: decide(subscribe, action, name, time)
        case .receive: decide(receive, action, name, time)
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
        _ bucket: borrowing ActionBucket, _ action: MQTTAction, _ name: UnsafeBufferPointer<UInt8>,
        _ time: Int64?
    ) -> PolicyDecision {
        let packed = PackedName(name)
        if applies(bucket.denies, action, packed, time) { return .explicitDeny }
        guard applies(bucket.allows, action, packed, time) else { return .implicitDeny }
        guard let second = bucket.secondAllows else { return .allowed }
        return applies(second, action, packed, time) ? .allowed : .implicitDeny
    }

    @inline(__always)
    private func applies(
        _ group: borrowing RuleGroup, _ action: MQTTAction, _ name: PackedName, _ time: Int64?
    ) -> Bool {
        if pool.matchesAny(group.globs, name) { return true }
        guard !group.rules.isEmpty else { return false }
        return applies(group.rules, action, name, time)
    }

    private func applies(_ rules: [Rule], _ action: MQTTAction, _ name: PackedName, _ time: Int64?) -> Bool {
        rules.contains { rule in
            switch rule.resource {
            case .matching(let range): guard pool.matchesAny(range, name) else { return false }
            case .excluding(let range): guard !pool.matchesAny(range, name) else { return false }
            case .dynamic:
                let resource = ARNFields(scope.arn(action, String(decoding: name.bytes, as: UTF8.self)))
                guard policies.statements[rule.statement].matchesResource(resource, reader(action, time))
                else {
                    return false
                }
            }
            guard !rule.conditions.isEmpty else { return true }
            let reader = reader(action, time)
            return rule.conditions.allSatisfy { $0.holds(reader) }
        }
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
