/// A statement, with everything worked out that does not depend on the connection.
struct CompiledStatement: Sendable {
    let reference: StatementReference
    let source: PolicySource
    let effect: PolicyEffect
    let actions: ActionPatterns
    let resources: [ResourcePattern]
    let excludesResources: Bool
    let conditions: [CompiledCondition]

    init(_ statement: PolicyStatement, index: Int, policy: NamedPolicy, options: PolicyOptions) {
        let syntax = TextTemplate.Syntax(policy.document.version, options)
        reference = StatementReference(
            policyName: policy.name, sid: statement.sid, index: index, line: statement.position.line,
            column: statement.position.column)
        source = policy.source
        effect = statement.effect
        actions = ActionPatterns(statement.actions)
        resources = statement.resources.patterns.map { ResourcePattern($0, syntax: syntax) }
        excludesResources = statement.resources.isNegated
        conditions = statement.conditions.map { CompiledCondition($0, syntax: syntax) }
    }

    /// Whether the statement applies to the request. `action` is in lower case.
    func matches(_ action: [UInt8], _ resource: ARNFields, _ reader: ContextReader) -> Bool {
        actions.match(action) && matchesResource(resource, reader)
            && conditions.allSatisfy { $0.holds(reader) }
    }

    func matchesResource(_ resource: ARNFields, _ reader: ContextReader) -> Bool {
        resourceMatch(resource, reader).applies
    }

    struct ResourceMatch {
        /// Whether `Resource` or `NotResource` lets the statement apply.
        var applies: Bool
        /// The first pattern that fits.
        var pattern: ResourcePattern?
    }

    func resourceMatch(_ resource: ARNFields, _ reader: ContextReader) -> ResourceMatch {
        var matched: ResourcePattern?
        var isUnresolved = false
        for pattern in resources {
            switch pattern.match(resource, reader) {
            case .matches: if matched == nil { matched = pattern }
            case .unresolved: isUnresolved = true
            case .differs: break
            }
        }
        if excludesResources {
            let failsClosed =
                isUnresolved && effect == .allow && reader.options.unresolvedNotResource == .failsClosed
            return ResourceMatch(applies: matched == nil && !failsClosed, pattern: matched)
        }
        let isInvalid = isUnresolved && reader.options.unresolvedResource == .wholeStatement
        return ResourceMatch(applies: matched != nil && !isInvalid, pattern: matched)
    }
}
