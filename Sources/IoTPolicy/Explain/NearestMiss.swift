/// Finds the statement that came closest to allowing a request, and says what was in its way.
struct NearestMiss {
    struct Candidate {
        /// How close; higher is closer.
        let score: Int
        let statement: CompiledStatement?
        let sentence: String
    }

    let request: PolicyRequest
    let resource: ARNFields
    let reader: ContextReader
    let layers: PolicyLayers
    let set: PolicySet

    func best(_ findings: [StatementFinding]) -> Candidate {
        guard !set.policies.isEmpty else {
            return Candidate(score: 0, statement: nil, sentence: "no policy is attached")
        }
        var best: Candidate?
        for finding in findings where finding.statement.effect == .allow {
            guard let candidate = candidate(finding), candidate.score > best?.score ?? 0 else { continue }
            best = candidate
        }
        return best
            ?? Candidate(score: 0, statement: nil, sentence: "no statement allows \(request.action) at all")
    }

    private func candidate(_ finding: StatementFinding) -> Candidate? {
        let statement = finding.statement
        func candidate(_ score: Int, _ text: String) -> Candidate {
            Candidate(score: score, statement: statement, sentence: "\(statement.reference) \(text)")
        }
        guard let layer = finding.layer else {
            guard finding.fits else { return nil }
            return candidate(
                95, "would allow this if its policy were in force: \(reasonNotInForce(statement))")
        }
        if finding.isMatching {
            let other = layer == .role ? "the policies on the identity" : "the role's policies"
            return candidate(99, "allows this, but \(other) have to allow it too")
        }
        guard finding.matchesAction else {
            guard finding.resourceMatch.applies, finding.failedConditions.isEmpty else { return nil }
            let hint =
                request.action.asciiLowercased == "iot:retainpublish"
                ? "; iot:Publish does not include iot:RetainPublish" : ""
            // A statement about every resource says little about this one.
            let score = finding.resourceMatch.pattern?.text.text == "*" ? 12 : 50
            return candidate(score, "covers this resource, but not the action \(request.action)\(hint)")
        }
        if finding.resourceMatch.applies, let failed = finding.failedConditions.first {
            return candidate(90, "would allow this if its condition held: \(describe(failed))")
        }
        if statement.excludesResources, let pattern = finding.resourceMatch.pattern {
            return candidate(60, "excepts this resource: its NotResource \(pattern.text) fits")
        }
        let (score, text) =
            statement.resources.map(describe).max { $0.score < $1.score } ?? (5, "names no resource")
        return candidate(score, text)
    }

    private func reasonNotInForce(_ statement: CompiledStatement) -> String {
        if case .thingGroup(let name) = statement.source {
            return "it is on thing group \(name), and " + reader.absenceReason(.thingName)
        }
        return "its kind of attachment does not count for this principal"
    }

    private func describe(_ condition: CompiledCondition) -> String {
        let name = "\(condition.source.operator) on \(condition.source.key)"
        let wanted = condition.source.values.map { "`\($0)`" }.joined(separator: ", ")
        let values = reader.values(condition.key)
        if values.isEmpty, condition.source.operator.comparison != .null {
            return "\(name) wants \(wanted), and the key has no value: \(reader.absenceReason(condition.key))"
        }
        if let variable = condition.variables.first(where: { reader.value($0) == nil }) {
            return "\(name) wants \(wanted), and \(reader.explain(variable))"
        }
        let actual = values.isEmpty ? "absent" : values.map { "`\($0)`" }.joined(separator: ", ")
        return "\(name) wants \(wanted), and the key is \(actual)"
    }

    // MARK: Resources

    private func describe(_ pattern: ResourcePattern) -> (score: Int, text: String) {
        guard case .arn(let leading, let rest) = pattern.form, resource.isARN else {
            return (10, "names \(pattern.text), which can match no such resource")
        }
        let name = resource.rest(from: leading.count)
        let fieldsFit = leading.enumerated().allSatisfy { $1.matches(resource.field($0)) }
        let unresolved = rest.variables.first { reader.value($0) == nil }
        if fieldsFit, Glob(rest.widened).matches(name) {
            if let unresolved {
                let reason = reader.explain(unresolved).reason ?? ""
                return (80, "would allow this if \(shortName(unresolved)) were set: \(reason)")
            }
            if let variable = rest.variables.first {
                let value = reader.value(variable) ?? ""
                return (
                    70,
                    "names \(pattern.text), and ${\(variable.name)} is `\(value)`, which is not what was asked for"
                )
            }
        }
        if let unresolved, !fieldsFit || !Glob(rest.widened).matches(name) {
            return (25, "names \(pattern.text), which does not fit, and \(reader.explain(unresolved))")
        }
        guard let tokens = rest.bind(reader.value) else { return (10, "names \(pattern.text)") }
        let text = String(decoding: name, as: UTF8.self)
        if fieldsFit { return describe(pattern, tokens, text) }
        if Glob(tokens).matches(name),
            let index = leading.indices.first(where: { !leading[$0].matches(resource.field($0)) })
        {
            let what = ["prefix", "partition", "service", "Region", "account"][index]
            let field = String(decoding: resource.field(index), as: UTF8.self)
            return (63, "names \(pattern.text), but the \(what) asked for is `\(field)`")
        }
        return (8, "names \(pattern.text)")
    }

    private func describe(_ pattern: ResourcePattern, _ tokens: [PatternToken], _ name: String)
        -> (score: Int, text: String)
    {
        if pattern.text.text.unicodeScalars.contains("$"), pattern.text.text.contains("${"),
            pattern.variables.isEmpty
        {
            return (
                62,
                "names \(pattern.text), where ${…} is plain text: write \"Version\": \"2012-10-17\" for variables"
            )
        }
        if let (asked, named) = typeMixUp(tokens, name) {
            return (65, "names \(named)…, but \(request.action) is judged on \(asked)…")
        }
        if Glob(tokens.map(\.lowercased)).matches(name.asciiLowercased.utf8) {
            return (58, "names \(pattern.text), which differs from the resource only in case")
        }
        if Glob(tokens.map { $0 == .scalar("+") || $0 == .scalar("#") ? .run : $0 }).matches(name.utf8),
            tokens.contains(.scalar("+")) || tokens.contains(.scalar("#"))
        {
            return (57, "names \(pattern.text), where + and # are ordinary characters: write * for any text")
        }
        return (10 + min(30, commonPrefix(tokens, name)), "names \(pattern.text), which does not fit")
    }

    /// The type asked for and the type named, if that is all that keeps the pattern from fitting.
    private func typeMixUp(_ tokens: [PatternToken], _ name: String) -> (asked: String, named: String)? {
        for (asked, named) in [("topicfilter/", "topic/"), ("topic/", "topicfilter/")]
        where name.hasPrefix(asked) {
            let prefix = named.unicodeScalars.map(PatternToken.scalar)
            guard tokens.starts(with: prefix) else { continue }
            if Glob(tokens.dropFirst(prefix.count)).matches(name.utf8.dropFirst(asked.utf8.count)) {
                return (asked, named)
            }
        }
        return nil
    }

    private func commonPrefix(_ tokens: [PatternToken], _ name: String) -> Int {
        zip(tokens, name.unicodeScalars).prefix { $0 == .scalar($1) || $0 == .one }.count
    }

    /// `ThingName` for `iot:Connection.Thing.ThingName`.
    private func shortName(_ variable: VariableReference) -> String {
        guard variable.key.isThingKey else { return "${\(variable.name)}" }
        return variable.name.split(separator: ".", maxSplits: 2).last.map(String.init) ?? variable.name
    }
}

extension TextTemplate {
    /// The pattern with any text in place of each variable.
    var widened: [PatternToken] {
        pieces.flatMap { piece -> [PatternToken] in
            switch piece {
            case .literal(let text): text.unicodeScalars.map(PatternToken.scalar)
            case .one: [.one]
            case .run, .variable: [.run]
            }
        }
    }
}

extension PatternToken {
    fileprivate var lowercased: PatternToken {
        guard case .scalar(let scalar) = self, ("A"..."Z").contains(scalar) else { return self }
        return .scalar(Unicode.Scalar(UInt8(scalar.value) | 0x20))
    }
}
