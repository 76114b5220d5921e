/// What has to hold, once and for all, before a statement takes part in a connection's decisions.
struct StatementGuard: Sendable {
    /// Whether the statement is read as `iot:Connect` sees it.
    let isConnect: Bool
    /// Whether the policies of the thing's groups have to be in force.
    let isGroupPolicy: Bool
    /// Variables without a value for which the whole statement falls.
    let requiredSlots: [Int]
    /// Conditions whose answer cannot change while a connection lasts.
    let conditions: [CompiledCondition]

    /// Whether nothing has to hold.
    var isAlwaysOpen: Bool { !isGroupPolicy && requiredSlots.isEmpty && conditions.isEmpty }

    func isOpen(_ reader: ContextReader, _ slots: [SlotValue]) -> Bool {
        (!isGroupPolicy || reader.groupPoliciesApply) && requiredSlots.allSatisfy { slots[$0].count >= 0 }
            && conditions.allSatisfy { $0.holds(reader) }
    }
}

/// Statements with the same effect: those that are nothing but patterns, and the few with more to them.
struct RuleGroup: Sendable {
    /// The tree of patterns, or −1.
    var root: Int32 = -1
    var rules: [Rule] = []
}

/// A statement that patterns alone do not decide.
struct Rule: Sendable {
    enum Resource: Sendable {
        /// Applies if a pattern of the tree fits.
        case matching(Int32)
        /// Applies if none fits.
        case excluding(Int32)
        /// Hangs on the time of the decision, or lets a variable stand for part of the resource type; judged from
        /// the statement itself.
        case dynamic
    }

    let statement: Int
    let guardNumber: Int32
    let resource: Resource
    /// Conditions that depend on the time of the decision.
    let conditions: [CompiledCondition]
}

/// All statements about one action.
struct ActionRules: Sendable {
    /// Statements that deny.
    var denies = RuleGroup()
    /// Statements that allow.
    var allows = RuleGroup()
    /// Statements of the second layer, if one has to allow as well.
    var secondAllows: RuleGroup?
}

/// Everything about a policy set's fast path that all connections under one scope share.
final class SharedRules: Sendable {
    /// What the rules are made for.
    struct Key: Hashable, Sendable {
        var scope: ARNScope
        var principal: PolicyPrincipal
    }

    let index: PatternIndex
    /// The variables patterns over names mention.
    let slots: [Slot]
    /// The guards from number 1 on.
    let guards: [StatementGuard]
    let connect: ActionRules
    let publish: ActionRules
    let retainPublish: ActionRules
    let subscribe: ActionRules
    let receive: ActionRules

    init(_ statements: [CompiledStatement], _ options: PolicyOptions, _ key: Key) {
        var compiler = RuleCompiler(statements, options, key)
        connect = compiler.rules(for: .connect)
        publish = compiler.rules(for: .publish)
        retainPublish = compiler.rules(for: .retainPublish)
        receive = compiler.rules(for: .receive)
        subscribe = compiler.rules(for: .subscribe)
        slots = compiler.slots
        guards = compiler.guards
        index = PatternIndex(compiler.builder)
    }
}
