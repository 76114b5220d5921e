import Synchronization

/// Policies in force together, compiled once. Immutable; shared by all connections that have the same policies.
///
/// An empty set denies everything.
public final class PolicySet: Sendable {
    /// The policies, in the order given. Order has no effect on decisions.
    public let policies: [NamedPolicy]
    /// How open points are read.
    public let options: PolicyOptions
    /// The host's number for this state of its policies, carried along so that a connection can notice a newer one.
    public let generation: UInt64

    let statements: [CompiledStatement]
    private let sharedRules = Mutex<[SharedRules.Key: SharedRules]>([:])

    /// Compiles policies.
    public init(_ policies: [NamedPolicy], options: PolicyOptions = .default, generation: UInt64 = 0) {
        self.policies = policies
        self.options = options
        self.generation = generation
        statements = policies.flatMap { policy in
            policy.document.statements.enumerated().map { index, statement in
                CompiledStatement(statement, index: index, policy: policy, options: options)
            }
        }
    }

    /// What all connections under a scope share, worked out at the first of them.
    func rules(for key: SharedRules.Key) -> SharedRules {
        sharedRules.withLock { known in
            if let rules = known[key] { return rules }
            let rules = SharedRules(statements, options, key)
            // A gateway has one scope; a host that keeps making up new ones must not make this grow.
            if known.count >= 8 { known.removeAll() }
            known[key] = rules
            return rules
        }
    }

    /// Judges one request: a matching `Deny` denies, otherwise a matching `Allow` allows, otherwise it is denied.
    public func evaluate(_ request: PolicyRequest, in context: PolicyContext) -> PolicyDecision {
        evaluate(request, in: context, at: nil)
    }

    func evaluate(_ request: PolicyRequest, in context: PolicyContext, at time: Int64?) -> PolicyDecision {
        let action = request.action.asciiLowercased
        let actionBytes = Array(action.utf8)
        let resource = ARNFields(request.resource)
        let reader = ContextReader(context, options, isConnect: action == "iot:connect", time: time)
        let layers = PolicyLayers(reader, action: action)
        var allowing: Set<PolicyLayers.Layer> = []
        for statement in statements {
            guard let layer = layers.layer(of: statement.source) else { continue }
            if statement.effect == .allow, allowing.contains(layer) { continue }
            guard statement.matches(actionBytes, resource, reader) else { continue }
            if statement.effect == .deny { return .explicitDeny }
            allowing.insert(layer)
        }
        return layers.required.allSatisfy(allowing.contains) ? .allowed : .implicitDeny
    }
}
