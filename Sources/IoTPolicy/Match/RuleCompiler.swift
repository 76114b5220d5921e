/// Works out everything that does not depend on the connection.
struct RuleCompiler {
    private let statements: [CompiledStatement]
    private let options: PolicyOptions
    private let key: SharedRules.Key
    /// What three of the five actions share: patterns by statement, for one resource type.
    private var knownPatterns: (resourceType: String, patterns: [Int: [NamePattern]?]) = ("", [:])
    private var slotNumbers: [Slot: Int] = [:]
    private(set) var slots: [Slot] = []
    private(set) var guards: [StatementGuard] = []
    private(set) var builder = PatternIndexBuilder()

    init(_ statements: [CompiledStatement], _ options: PolicyOptions, _ key: SharedRules.Key) {
        self.statements = statements
        self.options = options
        self.key = key
    }

    mutating func rules(for action: MQTTAction) -> ActionRules {
        let name = action.policyAction.asciiLowercased
        let bytes = Array(name.utf8)
        let layers = PolicyLayers(key.principal, action: name, groupPoliciesApply: true)
        let required = layers.required
        let prefix = ARNFields(key.scope.arn(action, ""))
        if knownPatterns.resourceType != action.resourceType { knownPatterns = (action.resourceType, [:]) }
        var denies = Draft()
        var allows: [PolicyLayers.Layer: Draft] = [:]
        for (number, statement) in statements.enumerated() {
            guard let layer = layers.layer(of: statement.source), statement.actions.match(bytes) else {
                continue
            }
            if statement.effect == .deny {
                add(statement, number, action, prefix, to: &denies)
            } else {
                add(statement, number, action, prefix, to: &allows[layer, default: Draft()])
            }
        }
        return ActionRules(
            denies: group(denies), allows: group(allows[required[0]] ?? Draft()),
            secondAllows: required.count > 1 ? group(allows[required[1]] ?? Draft()) : nil)
    }

    private struct Draft {
        var patterns: [PatternIndexBuilder.Item] = []
        var rules: [Rule] = []
    }

    private mutating func group(_ draft: Draft) -> RuleGroup {
        RuleGroup(root: builder.add(draft.patterns), rules: draft.rules)
    }

    private mutating func add(
        _ statement: CompiledStatement, _ number: Int, _ action: MQTTAction, _ prefix: ARNFields,
        to draft: inout Draft
    ) {
        let guardNumber = guardNumber(of: statement, action)
        let conditions = statement.conditions.filter(\.dependsOnTime)
        func rule(_ resource: Rule.Resource) -> Rule {
            Rule(
                statement: number, guardNumber: Int32(guardNumber), resource: resource,
                conditions: conditions)
        }
        let found = knownPatterns.patterns[number] ?? patterns(of: statement, action, prefix)
        knownPatterns.patterns[number] = .some(found)
        guard let patterns = found else {
            draft.rules.append(rule(.dynamic))
            return
        }
        func items(_ guardNumber: Int) -> [PatternIndexBuilder.Item] {
            patterns.map { PatternIndexBuilder.Item(pattern: $0, guardNumber: guardNumber) }
        }
        switch (statement.excludesResources, conditions.isEmpty) {
        case (true, true) where patterns.isEmpty:
            // All but nothing is everything.
            draft.patterns.append(
                PatternIndexBuilder.Item(pattern: .everything, guardNumber: guardNumber))
        case (true, _):
            // All but everything is nothing.
            guard !patterns.contains(.everything) else { return }
            draft.rules.append(rule(.excluding(builder.add(items(0)))))
        case (false, true): draft.patterns += items(guardNumber)
        case (false, false):
            if !patterns.isEmpty { draft.rules.append(rule(.matching(builder.add(items(0))))) }
        }
    }

    /// The patterns of the statement over bare names; nil if they cannot be told without the connection.
    private mutating func patterns(
        of statement: CompiledStatement, _ action: MQTTAction, _ prefix: ARNFields
    ) -> [NamePattern]? {
        var patterns: [NamePattern] = []
        for resource in statement.resources {
            switch resource.form {
            case .anything: patterns.append(.everything)
            case .never, .plain: continue
            case .arn(let leading, let rest):
                guard !rest.variables.contains(where: { $0.key.dependsOnTime }) else { return nil }
                guard leading.enumerated().allSatisfy({ $1.matches(prefix.field($0)) }) else { continue }
                let known = String(decoding: prefix.rest(from: leading.count), as: UTF8.self)
                let tokens = rest.nameTokens { slot(of: $0, action) }
                guard let residuals = PatternResidual.patterns(tokens, after: known.unicodeScalars) else {
                    return nil
                }
                patterns += residuals.map(NamePattern.init)
            }
        }
        return patterns
    }

    private mutating func slot(of variable: VariableReference, _ action: MQTTAction) -> Int {
        let slot = Slot(
            variable: variable, isConnect: action == .connect && variable.key.isConnectOnly)
        if let number = slotNumbers[slot] { return number }
        let number = slots.count
        slotNumbers[slot] = number
        slots.append(slot)
        return number
    }

    private mutating func guardNumber(of statement: CompiledStatement, _ action: MQTTAction) -> Int {
        let fallsWithVariable =
            statement.excludesResources
            ? statement.effect == .allow && options.unresolvedNotResource == .failsClosed
            : options.unresolvedResource == .wholeStatement
        // A variable that depends on the time is judged with the statement itself.
        let variables =
            fallsWithVariable
            ? statement.resources.flatMap(\.variables).filter { !$0.key.dependsOnTime } : []
        let condition = StatementGuard(
            isConnect: action == .connect, isGroupPolicy: statement.source.isThingGroup,
            requiredSlots: variables.map { slot(of: $0, action) },
            conditions: statement.conditions.filter { !$0.dependsOnTime })
        guard !condition.isAlwaysOpen else { return 0 }
        guards.append(condition)
        return guards.count
    }
}

extension PolicySource {
    fileprivate var isThingGroup: Bool {
        if case .thingGroup = self { true } else { false }
    }
}
