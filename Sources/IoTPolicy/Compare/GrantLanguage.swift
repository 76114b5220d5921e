/// The requests a statement speaks of, as patterns of action and resource together.
struct GrantLanguage {
    let statement: PolicyStatement
    let version: PolicyVersion
    let actions: [[InclusionToken]]
    let resources: [[InclusionToken]]

    /// - Parameter isNeedle: whether the statement is to be covered by others. Patterns that can match next to
    ///   nothing are then kept, and otherwise left out, so that the answer errs on the side of "not covered".
    init(_ statement: PolicyStatement, _ version: PolicyVersion, isNeedle: Bool) {
        self.statement = statement
        self.version = version
        let syntax = TextTemplate.Syntax(version, .default)
        actions = statement.actions.patterns.map { Self.tokens($0.text.asciiLowercased[...], inField: false) }
        // What NotResource excepts errs the other way.
        let keepsAll = isNeedle != statement.resources.isNegated
        resources = statement.resources.patterns.compactMap {
            Self.tokens(ResourcePattern($0, syntax: syntax), isNeedle: keepsAll)
        }
    }

    var isNegated: Bool { statement.actions.isNegated || statement.resources.isNegated }

    /// Every action with every resource. Only for a statement without `NotAction` and `NotResource`.
    var patterns: [[InclusionToken]] {
        actions.flatMap { action in resources.map { action + [.separator] + $0 } }
    }

    // MARK: Tokens

    static func tokens(_ text: Substring, inField: Bool) -> [InclusionToken] {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "*": inField ? .runInField : .run
            case "?": inField ? .oneInField : .one
            default: .scalar(scalar)
            }
        }
    }

    static func tokens(_ template: TextTemplate) -> [InclusionToken] {
        template.pieces.flatMap { piece -> [InclusionToken] in
            switch piece {
            case .literal(let text): text.unicodeScalars.map(InclusionToken.scalar)
            case .one: [.one]
            case .run: [.run]
            case .variable(let variable): [.variable(variable.key)]
            }
        }
    }

    /// The whole ARN pattern, or nil if it can match nothing (or, in a haystack, only requests without ARN).
    static func tokens(_ pattern: ResourcePattern, isNeedle: Bool) -> [InclusionToken]? {
        switch pattern.form {
        case .anything: return [.run]
        case .never: return nil
        case .plain: return isNeedle ? tokens(pattern.text.text[...], inField: false) : nil
        case .arn(let leading, let rest):
            let fields = ARNFields.split(pattern.text.text)
            return fields[..<leading.count].flatMap { tokens($0, inField: true) + [.scalar(":")] }
                + tokens(rest)
        }
    }

    // MARK: One statement within another

    /// Whether the statement's conditions hold whenever those of `other` do.
    func conditionsHold(wheneverThoseOf other: GrantLanguage) -> Bool {
        statement.conditions.allSatisfy { mine in
            other.statement.conditions.contains { theirs in
                implies(theirs, other.version, mine)
            }
        }
    }

    private func implies(_ theirs: PolicyCondition, _ theirVersion: PolicyVersion, _ mine: PolicyCondition)
        -> Bool
    {
        guard theirs.operator.comparison == mine.operator.comparison,
            theirs.operator.quantifier == mine.operator.quantifier, theirs.operator.comparison != .unknown,
            mine.operator.ifExists || !theirs.operator.ifExists,
            ContextKey(theirs.key.text) == ContextKey(mine.key.text)
        else { return false }
        let theirValues = Set(theirs.values.map { Array($0.text.utf8) })
        let myValues = Set(mine.values.map { Array($0.text.utf8) })
        let usesVariables = theirValues.union(myValues).contains { $0.contains(UInt8(ascii: "$")) }
        guard !usesVariables || theirVersion == version else { return false }
        return mine.operator.comparison.isNegated
            ? myValues.isSubset(of: theirValues) : theirValues.isSubset(of: myValues)
    }

    /// Whether this statement alone speaks of everything `other` speaks of, conditions aside.
    func covers(_ other: GrantLanguage) -> Bool {
        Self.covers(
            actions, statement.actions.isNegated, other.actions, other.statement.actions.isNegated)
            && Self.covers(
                resources, statement.resources.isNegated, other.resources, other.statement.resources.isNegated
            )
    }

    private static func covers(
        _ mine: [[InclusionToken]], _ mineIsNegated: Bool, _ theirs: [[InclusionToken]],
        _ theirsIsNegated: Bool
    ) -> Bool {
        switch (mineIsNegated, theirsIsNegated) {
        case (false, false): return theirs.allSatisfy { isIncluded($0, mine) }
        case (false, true): return mine.contains([.run])
        case (true, false):
            return mine.allSatisfy { exception in
                theirs.allSatisfy { !PatternOverlap.isPossible(exception, $0) }
            }
        case (true, true): return mine.allSatisfy { isIncluded($0, theirs) }
        }
    }

    private static func isIncluded(_ needle: [InclusionToken], _ haystack: [[InclusionToken]]) -> Bool {
        if case .included = PatternInclusion.check(needle, in: haystack) { true } else { false }
    }

    /// Whether both can speak of the same request, conditions aside. True unless they surely cannot.
    func canOverlap(_ other: GrantLanguage) -> Bool {
        guard !isNegated, !other.isNegated else { return true }
        return patterns.contains { mine in
            other.patterns.contains { PatternOverlap.isPossible(mine, $0) }
        }
    }
}
