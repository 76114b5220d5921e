extension StatementLinter {
    /// What is the matter with the conditions.
    func conditionFindings() -> [LintFinding] { statement.conditions.flatMap(findings) }

    private func findings(_ condition: PolicyCondition) -> [LintFinding] {
        let key = ContextKey(condition.key.text)
        var findings: [LintFinding] = []
        if let finding = unknownKeyFinding(condition, key) { findings.append(finding) }
        if key.isConnectOnly, !names(.connect), !actions.isEmpty {
            findings.append(
                LintFinding(
                    .idleCondition, .warning, at: condition.position,
                    "\(condition.key) exists for iot:Connect only",
                    fix: "move the condition to a statement about iot:Connect"))
        }
        if key.isMultiValued, condition.operator.quantifier == .none, condition.operator.comparison != .null {
            findings.append(
                LintFinding(
                    .missingSetPrefix, .warning, at: condition.position,
                    "\(condition.key) can have several values; what \(condition.operator) does then is not defined",
                    fix: "write ForAllValues:\(condition.operator) or ForAnyValue:\(condition.operator)"))
        }
        if condition.values.isEmpty, !condition.operator.comparison.isNegated,
            condition.operator.quantifier != .forAllValues
        {
            findings.append(
                LintFinding(
                    .idleCondition, .warning, at: condition.position,
                    "no value is given, so the condition never holds",
                    fix: "add a value"))
        }
        for value in condition.values { findings += self.findings(value, of: condition) }
        return findings
    }

    private func unknownKeyFinding(_ condition: PolicyCondition, _ key: ContextKey) -> LintFinding? {
        guard case .other(let name) = key,
            name.hasPrefix("iot:") || name.hasPrefix("aws:") || !name.contains(":")
        else { return nil }
        let effect =
            condition.operator.comparison.isNegated || condition.operator.ifExists
            ? "always holds" : "never holds"
        let near = Spelling.nearest(to: condition.key.text, among: Self.knownKeys)
        return LintFinding(
            .unknownKey, .warning, at: condition.position,
            "\(condition.key) is no key AWS IoT documents, so the condition \(effect) unless the host supplies it",
            fix: near.map { "write \($0)" } ?? "use a documented key")
    }

    private func findings(_ value: PolicyText, of condition: PolicyCondition) -> [LintFinding] {
        let hasVariable = value.text.contains("${")
        guard condition.operator.comparison.supportsVariables else {
            if hasVariable {
                return [
                    LintFinding(
                        .variableNotSupported, .error, at: value.position,
                        "\(condition.operator) takes no variables, so this value equals nothing",
                        fix: "write the value out, or use a String or Arn operator")
                ]
            }
            return unreadableFindings(value, condition)
        }
        guard document.version == .v2012 else {
            return hasVariable ? [oldVersionFinding(value.position)] : []
        }
        let variables = TextTemplate(value.text, wildcards: true, syntax: syntax).variables
        let plainWildcard =
            [.stringEquals, .stringNotEquals].contains(condition.operator.comparison)
            && variables.isEmpty && !hasVariable && value.text.contains("*")
        if plainWildcard {
            return [
                LintFinding(
                    .idleCondition, .note, at: value.position,
                    "\(condition.operator) reads * as an ordinary character",
                    fix:
                        "use \(condition.operator.comparison == .stringEquals ? "StringLike" : "StringNotLike")"
                )
            ]
        }
        return variables.compactMap { finding($0, at: value.position) }
            + (variables.isEmpty ? unreadableFindings(value, condition) : [])
    }

    private func unreadableFindings(_ value: PolicyText, _ condition: PolicyCondition) -> [LintFinding] {
        guard let expected = ConditionTest.unreadable(value.text, by: condition.operator.comparison) else {
            return []
        }
        return [
            LintFinding(
                .unreadableValue, .error, at: value.position,
                "\(condition.operator) cannot read \"\(value.text)\", so it equals nothing",
                fix: "write \(expected)")
        ]
    }
}
