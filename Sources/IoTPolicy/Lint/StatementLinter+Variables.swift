extension StatementLinter {
    /// What is the matter with the variables in resources.
    func variableFindings() -> [LintFinding] {
        resources.flatMap { resource -> [LintFinding] in
            let position = resource.text.position
            if document.version == .v2008 {
                guard resource.text.text.contains("${") else { return [] }
                return [oldVersionFinding(position)]
            }
            var findings = misplacedFindings(resource)
            for variable in resource.variables {
                if let finding = finding(variable, at: position) { findings.append(finding) }
            }
            return findings + weakeningFindings(resource)
        }
    }

    func oldVersionFinding(_ position: SourcePosition) -> LintFinding {
        LintFinding(
            .variableInOldVersion, .error, at: position, "in the language of 2008, ${…} is plain text",
            fix: "write \"Version\": \"2012-10-17\"")
    }

    /// A variable before the fifth colon stays text.
    private func misplacedFindings(_ resource: ResourcePattern) -> [LintFinding] {
        guard resource.text.text.contains("${"), resource.variables.isEmpty else { return [] }
        let fields = ARNFields.split(resource.text.text)
        guard fields.count < 6 || fields[..<5].contains(where: { $0.contains("${") }) else { return [] }
        return [
            LintFinding(
                .variableNotSupported, .error, at: resource.text.position,
                "variables are replaced only after the fifth colon of an ARN",
                fix: "write the partition, Region and account out")
        ]
    }

    /// What is the matter with one variable, wherever it stands.
    func finding(_ variable: VariableReference, at position: SourcePosition) -> LintFinding? {
        if variable.key.isMultiValued {
            return LintFinding(
                .unresolvableVariable, .error, at: position,
                "${\(variable.name)} has several values and cannot be a variable",
                fix:
                    "use the name without .List for the first value, .1 for the second; or a condition with ForAnyValue:"
            )
        }
        if case .certificateName(_, _, .index(let index)) = variable.key,
            index >= ContextKey.maximumCertificateValues
        {
            return LintFinding(
                .unresolvableVariable, .error, at: position,
                "${\(variable.name)} never has a value: at most five values of an attribute are kept",
                fix: "use .1 to .4 for the second to the fifth")
        }
        if variable.key.isConnectOnly, !names(.connect) {
            return LintFinding(
                .unresolvableVariable, .error, at: position,
                "${\(variable.name)} has a value for iot:Connect only",
                fix: "move it to a statement about iot:Connect")
        }
        guard case .other(let name) = variable.key else { return nil }
        if name == "${" {
            return LintFinding(
                .unresolvableVariable, .error, at: position, "a variable is not closed and never has a value",
                fix: "add the closing brace")
        }
        // Keys of other services may come from the host.
        let isOurs = name.hasPrefix("iot:") || name.hasPrefix("credentials-iot:") || !name.contains(":")
        guard isOurs || name.contains(",") else { return nil }
        let near = Spelling.nearest(to: variable.name, among: Self.knownKeys)
        return LintFinding(
            .unresolvableVariable, .error, at: position,
            "${\(variable.name)} is no variable of AWS IoT and never has a value",
            fix: near.map { "write ${\($0)}" } ?? "use one of the documented variables")
    }

    static let knownKeys =
        ContextKey.plainNames.map(\.name)
        + ["Subject", "Issuer"].flatMap { party in
            ContextKey.distinguishedNameAttributes.map { "iot:Certificate.\(party).\($0)" }
                + ContextKey.alternativeNameKinds.map { "iot:Certificate.\(party).AlternativeName.\($0)" }
        }

    private func weakeningFindings(_ resource: ResourcePattern) -> [LintFinding] {
        guard
            let variable = resource.variables.first(where: { $0.key != .clientID })
                ?? resource.variables.first
        else { return [] }
        let position = resource.text.position
        if statement.resources.isNegated {
            return [
                LintFinding(
                    .denyDependsOnVariable, .warning, at: position,
                    "when ${\(variable.name)} has no value, NotResource excepts nothing here",
                    fix:
                        "make the statement depend on the key with \"Null\": {\"\(variable.name)\": \"false\"}"
                )
            ]
        }
        if statement.effect == .deny {
            return [
                LintFinding(
                    .denyDependsOnVariable, .note, at: position,
                    "when ${\(variable.name)} has no value, this Deny does not bite",
                    fix: "deny a fixed pattern, or allow only what is known")
            ]
        }
        guard type(of: resource) == "topicfilter",
            let wide = resource.variables.first(where: { variable in
                if case .thingAttribute = variable.key { true } else { variable.key == .clientID }
            })
        else { return [] }
        return [
            LintFinding(
                .variableWidensFilter, .note, at: position,
                "${\(wide.name)} may hold + or #, which then widens the subscription",
                fix: "use ${iot:Connection.Thing.ThingName}, which cannot")
        ]
    }
}
