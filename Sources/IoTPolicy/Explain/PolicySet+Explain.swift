extension PolicySet {
    /// Judges one request as ``evaluate(_:in:)`` does, and says why.
    public func explain(_ request: PolicyRequest, in context: PolicyContext) -> PolicyExplanation {
        explain(request, in: context, at: nil)
    }

    func explain(_ request: PolicyRequest, in context: PolicyContext, at time: Int64?) -> PolicyExplanation {
        let action = request.action.asciiLowercased
        let reader = ContextReader(context, options, isConnect: action == "iot:connect", time: time)
        let layers = PolicyLayers(reader, action: action)
        let resource = ARNFields(request.resource)
        let findings = statements.map { statement in
            StatementFinding(
                statement, layer: layers.layer(of: statement.source), action: Array(action.utf8),
                resource: resource, reader: reader)
        }
        let matching = findings.filter(\.isMatching)
        let denying = matching.filter { $0.statement.effect == .deny }
        let allowing = matching.filter { $0.statement.effect == .allow }
        let decision: PolicyDecision =
            if !denying.isEmpty {
                .explicitDeny
            } else if layers.required.allSatisfy({ layer in allowing.contains { $0.layer == layer } }) {
                .allowed
            } else {
                .implicitDeny
            }
        let deciding = denying.first ?? (decision == .allowed ? allowing.first : nil)
        let miss =
            decision == .implicitDeny
            ? NearestMiss(request: request, resource: resource, reader: reader, layers: layers, set: self)
                .best(findings) : nil
        let explained = deciding?.statement ?? miss?.statement
        let matchedNames = Set(matching.map(\.statement.reference.policyName))
        return PolicyExplanation(
            decision: decision, request: request, decidingStatement: deciding?.statement.reference,
            matchedPattern: deciding.flatMap { $0.resourceMatch.pattern?.text.text },
            variables: explained.map { Self.unique($0.variables).map(reader.explain) } ?? [],
            nearestMiss: miss?.sentence, missingContextValues: missingKeys(findings, reader),
            allowingStatements: allowing.map(\.statement.reference),
            denyingStatements: denying.map(\.statement.reference),
            policiesWithoutMatch: policies.map(\.name).filter { !matchedNames.contains($0) })
    }

    private func missingKeys(_ findings: [StatementFinding], _ reader: ContextReader) -> [String] {
        var keys: [String] = []
        for finding in findings where finding.layer != nil && finding.matchesAction {
            keys += finding.statement.variables.filter { reader.value($0) == nil }.map(\.name)
            keys += finding.statement.conditions.filter { reader.values($0.key).isEmpty }.map(
                \.source.key.text)
        }
        return Self.unique(keys)
    }

    private static func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
        var seen: Set<Element> = []
        return elements.filter { seen.insert($0).inserted }
    }
}

/// How one statement fared with one request.
struct StatementFinding {
    let statement: CompiledStatement
    /// Nil if the statement's policy is not in force here.
    let layer: PolicyLayers.Layer?
    let matchesAction: Bool
    let resourceMatch: CompiledStatement.ResourceMatch
    let failedConditions: [CompiledCondition]

    init(
        _ statement: CompiledStatement, layer: PolicyLayers.Layer?, action: [UInt8], resource: ARNFields,
        reader: ContextReader
    ) {
        self.statement = statement
        self.layer = layer
        matchesAction = statement.actions.match(action)
        resourceMatch = statement.resourceMatch(resource, reader)
        failedConditions = statement.conditions.filter { !$0.holds(reader) }
    }

    /// Whether the statement applies, were its policy in force.
    var fits: Bool { matchesAction && resourceMatch.applies && failedConditions.isEmpty }

    var isMatching: Bool { layer != nil && fits }
}

extension CompiledStatement {
    /// Every variable of the statement, in document order.
    var variables: [VariableReference] {
        resources.flatMap(\.variables) + conditions.flatMap(\.variables)
    }
}
