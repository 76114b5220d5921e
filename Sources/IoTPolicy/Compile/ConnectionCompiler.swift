/// What is left of all statements about one action, once a connection's identity is known.
struct ActionBucket: Sendable {
    /// Statements that deny.
    var denies = RuleGroup()
    /// Statements that allow.
    var allows = RuleGroup()
    /// Statements of the second layer, if one has to allow as well.
    var secondAllows: RuleGroup?
}

/// Statements with the same effect: those that are nothing but patterns, and the few with more to them.
struct RuleGroup: Sendable {
    var globs = PoolRange()
    var rules: [Rule] = []
}

/// A statement that patterns alone do not decide.
struct Rule: Sendable {
    enum Resource: Sendable {
        /// Applies if one of the patterns fits.
        case matching(PoolRange)
        /// Applies if none of the patterns fits.
        case excluding(PoolRange)
        /// Depends on the time of the decision; judged from the statement itself.
        case dynamic
    }

    let statement: Int
    let resource: Resource
    /// Conditions that depend on the time of the decision. All others held when the connection was admitted.
    let conditions: [CompiledCondition]
}

/// Evaluates policies as far as a connection's identity allows.
struct ConnectionCompiler {
    private let set: PolicySet
    private let context: PolicyContext
    private let scope: ARNScope
    private(set) var pool = GlobPool()

    init(_ set: PolicySet, _ context: PolicyContext, _ scope: ARNScope) {
        self.set = set
        self.context = context
        self.scope = scope
    }

    mutating func bucket(for action: MQTTAction) -> ActionBucket {
        let reader = ContextReader(context, set.options, isConnect: action == .connect)
        let name = action.policyAction.asciiLowercased
        let layers = PolicyLayers(reader, action: name)
        let required = layers.required
        let prefix = ARNFields(scope.arn(action, ""))
        var denies = Draft()
        var allows: [PolicyLayers.Layer: Draft] = [:]
        for (index, statement) in set.statements.enumerated() {
            guard let layer = layers.layer(of: statement.source), statement.actions.match(Array(name.utf8)),
                statement.conditions.allSatisfy({ $0.dependsOnTime || $0.holds(reader) })
            else { continue }
            if statement.effect == .deny {
                add(statement, index, to: &denies, prefix, reader)
            } else {
                add(statement, index, to: &allows[layer, default: Draft()], prefix, reader)
            }
        }
        return ActionBucket(
            denies: group(denies), allows: group(allows[required[0]] ?? Draft()),
            secondAllows: required.count > 1 ? group(allows[required[1]] ?? Draft()) : nil)
    }

    private struct Draft {
        var globs: [Glob] = []
        var rules: [Rule] = []
    }

    private mutating func group(_ draft: Draft) -> RuleGroup {
        // A pattern that fits everything is looked at first; repetitions are dropped.
        var seen: Set<Glob> = []
        let globs = draft.globs.filter { seen.insert($0).inserted }
        let sorted = globs.filter { $0.bytes.isEmpty } + globs.filter { !$0.bytes.isEmpty }
        return RuleGroup(globs: pool.add(sorted), rules: draft.rules)
    }

    private mutating func add(
        _ statement: CompiledStatement, _ index: Int, to draft: inout Draft, _ prefix: ARNFields,
        _ reader: ContextReader
    ) {
        let conditions = statement.conditions.filter(\.dependsOnTime)
        if statement.resources.contains(where: { $0.variables.contains { $0.key.dependsOnTime } }) {
            draft.rules.append(Rule(statement: index, resource: .dynamic, conditions: conditions))
            return
        }
        var globs: [Glob] = []
        for pattern in statement.resources {
            guard let residual = pattern.residual(prefix, reader) else {
                let isInvalid =
                    statement.excludesResources
                    ? statement.effect == .allow && set.options.unresolvedNotResource == .failsClosed
                    : set.options.unresolvedResource == .wholeStatement
                if isInvalid { return }
                continue
            }
            globs += residual
        }
        if statement.excludesResources {
            guard !globs.isEmpty || !conditions.isEmpty else {
                draft.globs.append(.everything)
                return
            }
            // Excepting everything leaves nothing.
            guard !globs.contains(.everything) else { return }
            draft.rules.append(
                Rule(statement: index, resource: .excluding(pool.add(globs)), conditions: conditions))
        } else if !globs.isEmpty {
            if conditions.isEmpty {
                draft.globs += globs
            } else {
                draft.rules.append(
                    Rule(statement: index, resource: .matching(pool.add(globs)), conditions: conditions))
            }
        }
    }
}

extension Glob {
    static let everything = Glob([PatternToken.run])
}

extension ResourcePattern {
    /// The pattern over what follows `prefix`, whose five colons are all there; nil if a variable has no value.
    fileprivate func residual(_ prefix: ARNFields, _ reader: ContextReader) -> [Glob]? {
        switch form {
        case .anything: return [.everything]
        case .never, .plain: return []
        case .arn(let leading, let rest):
            guard let tokens = rest.bind(reader.value) else { return nil }
            for (index, glob) in leading.enumerated() where !glob.matches(prefix.field(index)) { return [] }
            let known = String(decoding: prefix.rest(from: leading.count), as: UTF8.self).unicodeScalars
            return PatternResidual.patterns(tokens, after: known).map { Glob($0) }
        }
    }
}
