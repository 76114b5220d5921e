/// Looks at one statement by itself.
struct StatementLinter {
    let statement: PolicyStatement
    let index: Int
    let document: PolicyDocument
    let syntax: TextTemplate.Syntax
    let resources: [ResourcePattern]
    /// The known actions the statement speaks of.
    let actions: [PolicyCatalogue.Action]

    init(_ statement: PolicyStatement, index: Int, document: PolicyDocument) {
        self.statement = statement
        self.index = index
        self.document = document
        syntax = TextTemplate.Syntax(document.version, .default)
        resources = statement.resources.patterns.map { [syntax] in ResourcePattern($0, syntax: syntax) }
        actions = PolicyCatalogue.actions(statement.actions)
    }

    var allows: Bool { statement.effect == .allow }

    func names(_ action: MQTTAction) -> Bool { actions.contains { $0.name == action.policyAction } }

    // MARK: Actions

    func actionFindings() -> [LintFinding] {
        var findings: [LintFinding] = []
        if statement.actions.patterns.isEmpty, !statement.actions.isNegated {
            findings.append(
                LintFinding(
                    .impossibleStatement, .warning, at: statement.position, "the statement names no action",
                    fix: "add an action, or remove the statement"))
        }
        for pattern in statement.actions.patterns {
            if let finding = finding(action: pattern) { findings.append(finding) }
        }
        if statement.actions.isNegated, allows {
            findings.append(
                LintFinding(
                    .allowEverythingElse, .warning, at: statement.position,
                    "Allow with NotAction allows every action but those, future ones included",
                    fix: "list the allowed actions in Action"))
        }
        return findings
    }

    private func finding(action pattern: PolicyText) -> LintFinding? {
        let text = pattern.text
        if text.contains("${") {
            return LintFinding(
                .variableNotSupported, .error, at: pattern.position, "actions take no variables",
                fix: "write the action's name")
        }
        if text == "*" || text.asciiLowercased == "iot:*" {
            guard allows, !statement.actions.isNegated else { return nil }
            return LintFinding(
                .allActions, .warning, at: pattern.position, "\(text) allows every action",
                fix: "list the actions the device needs")
        }
        guard let colon = text.firstIndex(of: ":") else {
            return LintFinding(
                .unknownAction, .error, at: pattern.position, "the action \(text) has no service prefix",
                fix: "write iot:\(text)")
        }
        guard
            !PolicyCatalogue.actions.contains(where: {
                Glob(text.asciiLowercased).matches($0.name.asciiLowercased.utf8)
            })
        else { return nil }
        let prefix = text[..<colon].asciiLowercased
        let name = String(text[text.index(after: colon)...])
        guard prefix == "iot" || prefix == "iotjobsdata" else { return nil }
        let other = PolicyCatalogue.actions.first {
            $0.name.split(separator: ":").last?.asciiLowercased == name.asciiLowercased
        }
        let near = other?.name ?? Spelling.nearest(to: text, among: PolicyCatalogue.actions.map(\.name))
        return LintFinding(
            .unknownAction, .warning, at: pattern.position, "no device-side action is named \(text)",
            fix: near.map { "write \($0)" }
                ?? "control-plane calls are judged by IAM policies, not here; remove it")
    }

    // MARK: Resources

    func resourceFindings() -> [LintFinding] {
        var findings: [LintFinding] = []
        if resources.isEmpty, !statement.resources.isNegated {
            findings.append(
                LintFinding(
                    .impossibleStatement, .warning, at: statement.position, "the statement names no resource",
                    fix: "add a resource, or remove the statement"))
        }
        for resource in resources {
            findings += impossibleFindings(resource) + typeFindings(resource) + wildcardFindings(resource)
        }
        if statement.resources.isNegated, allows {
            findings.append(
                LintFinding(
                    .allowEverythingElse, .warning, at: statement.position,
                    "Allow with NotResource allows everything but those, whatever is added later",
                    fix: "list the allowed resources in Resource, or add a Deny instead"))
        }
        return findings + starvedActionFindings()
    }

    private func impossibleFindings(_ resource: ResourcePattern) -> [LintFinding] {
        let position = resource.text.position
        let shape = "arn:aws:iot:<Region>:<account>:<type>/<name>"
        let fields = ARNFields.split(resource.text.text)
        switch resource.form {
        case .anything: return []
        case .plain:
            return [
                LintFinding(
                    .impossibleResource, .error, at: position,
                    "\(resource.text) is no ARN and matches nothing",
                    fix: "write \(shape)")
            ]
        case .never:
            let why =
                fields.count > 2 && ResourcePattern.hasWildcard(fields[2])
                ? "has a wildcard in the service field, where none may stand" : "is no complete ARN"
            return [
                LintFinding(
                    .impossibleResource, .error, at: position,
                    "\(resource.text) \(why), so it matches nothing",
                    fix: "write \(shape)")
            ]
        case .arn:
            if fields.count > 2, !fields[2].isIdentical(to: "iot") {
                return [
                    LintFinding(
                        .impossibleResource, .error, at: position,
                        "\(resource.text) is no resource of AWS IoT", fix: "write \(shape)")
                ]
            }
            guard fields.count == 6 else {
                return [
                    LintFinding(
                        .impossibleResource, .warning, at: position,
                        "\(resource.text) has fewer than six fields; AWS advises against wildcards across fields",
                        fix: "write \(shape)")
                ]
            }
            if fields[3].isEmpty || fields[4].isEmpty {
                return [
                    LintFinding(
                        .impossibleResource, .error, at: position,
                        "\(resource.text) has no \(fields[3].isEmpty ? "Region" : "account"), so it matches nothing",
                        fix: "fill it in, or write *")
                ]
            }
            return []
        }
    }

    /// The type a resource names for certain, `topic` for `…:topic/…`.
    func type(of resource: ResourcePattern) -> String? {
        guard case .arn(_, let rest) = resource.form, case .literal(let text)? = rest.pieces.first,
            let slash = text.utf8.firstIndex(of: UInt8(ascii: "/"))
        else { return nil }
        return String(text[..<slash])
    }

    private func typeFindings(_ resource: ResourcePattern) -> [LintFinding] {
        guard !statement.actions.isNegated, !actions.isEmpty, let type = type(of: resource),
            !actions.contains(where: { $0.types.contains(type) })
        else { return [] }
        let wanted = actions.flatMap(\.types).reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let knownTypes = Set(PolicyCatalogue.actions.flatMap(\.types))
        let severity: LintFinding.Severity = knownTypes.contains(type) ? .error : .warning
        return [
            LintFinding(
                .wrongResourceType, severity, at: resource.text.position,
                "\(actions.map(\.name).joined(separator: ", ")) is never judged on \(type)/",
                fix: "write \(wanted.map { $0 == "*" ? "*" : "\($0)/…" }.joined(separator: " or "))")
        ]
    }

    /// Actions for which the statement has no resource of their type.
    private func starvedActionFindings() -> [LintFinding] {
        guard !statement.actions.isNegated, !statement.resources.isNegated, !resources.isEmpty else {
            return []
        }
        return statement.actions.patterns.compactMap { pattern in
            // Only exact names: whoever writes iot:* does not mean each action in turn.
            guard !ResourcePattern.hasWildcard(pattern.text[...]) else { return nil }
            let types = PolicyCatalogue.resourceTypes(of: pattern.text)
            let others = actions.filter { !$0.name.isIdenticalIgnoringASCIICase(to: pattern.text) }
            guard !types.isEmpty, !others.isEmpty,
                resources.allSatisfy({ resource in type(of: resource).map { !types.contains($0) } ?? false }),
                resources.contains(where: { resource in
                    others.contains { $0.types.contains(type(of: resource) ?? "") }
                })
            else { return nil }
            return LintFinding(
                .wrongResourceType, .error, at: pattern.position,
                "\(pattern.text) is judged on \(types.joined(separator: " or "))/, and the statement names none",
                fix: "add \(types.first ?? "")/… to Resource")
        }
    }

    private func wildcardFindings(_ resource: ResourcePattern) -> [LintFinding] {
        guard let type = type(of: resource), type == "topic" || type == "topicfilter",
            case .arn(_, let rest) = resource.form
        else { return [] }
        let text = rest.pieces.reduce(into: "") { if case .literal(let part) = $1 { $0 += part } }
        guard text.unicodeScalars.contains("+") || text.unicodeScalars.contains("#") else { return [] }
        if statement.effect == .deny {
            return [
                LintFinding(
                    .mqttWildcardInDeny, .warning, at: resource.text.position,
                    "+ and # are ordinary characters here: this denies only the text \(resource.text)",
                    fix: "write * instead, and deny iot:Receive on topic/ to keep messages back")
            ]
        }
        guard type == "topic", !statement.resources.isNegated else { return [] }
        return [
            LintFinding(
                .mqttWildcardInTopic, .error, at: resource.text.position,
                "no topic holds + or #, so \(resource.text) matches nothing", fix: "write * for any text")
        ]
    }

    // MARK: Grants

    func grantFindings() -> [LintFinding] {
        guard allows else { return evadableDenyFindings() }
        guard !statement.resources.isNegated else { return [] }
        return resources.flatMap { connectFindings($0) + allTopicsFindings($0) }
    }

    private func connectFindings(_ resource: ResourcePattern) -> [LintFinding] {
        guard names(.connect), !restrictsClient else { return [] }
        let fix =
            "write client/${iot:Connection.Thing.ThingName}, with \"Bool\": {\"iot:Connection.Thing.IsAttached\": \"true\"}"
        switch resource.form {
        case .arn(_, let rest):
            let pieces = rest.pieces
            if pieces.count == 2, pieces[0] == .literal("client/"), case .variable(let variable) = pieces[1],
                variable.key == .clientID
            {
                return [
                    LintFinding(
                        .anyClientID, .error, at: resource.text.position,
                        "client/${iot:ClientId} always fits: whoever has a certificate can connect as anyone",
                        fix: fix)
                ]
            }
            guard Glob(rest.widened).matches("client/\u{1}".utf8), pieces.last == .run else { return [] }
        case .anything: break
        case .never, .plain: return []
        }
        return [
            LintFinding(
                .anyClientID, .warning, at: resource.text.position,
                "\(resource.text) lets whoever has the certificate connect under any client ID", fix: fix)
        ]
    }

    /// Whether a condition ties the client to something.
    private var restrictsClient: Bool {
        statement.conditions.contains { condition in
            let key = ContextKey(condition.key.text)
            return (key == .clientID || key.isThingKey || key.isCertificateKey)
                && !condition.operator.comparison.isNegated && !condition.operator.ifExists
                && condition.operator.comparison != .null
        }
    }

    private func allTopicsFindings(_ resource: ResourcePattern) -> [LintFinding] {
        for action in [MQTTAction.publish, .retainPublish, .subscribe, .receive] where names(action) {
            let isEverything =
                switch resource.form {
                case .anything: true
                case .arn(_, let rest):
                    rest.variables.isEmpty
                        && PatternResidual.patterns(
                            rest.widened, after: "\(action.resourceType)/".unicodeScalars)?
                            .contains { $0.elementsEqual([.run]) } ?? false
                case .never, .plain: false
                }
            guard isEverything else { continue }
            return [
                LintFinding(
                    .allTopics, .warning, at: resource.text.position,
                    "\(resource.text) with \(action.policyAction) covers every topic of every device",
                    fix: "narrow it to the device's own topics, with ${iot:Connection.Thing.ThingName}")
            ]
        }
        if names(.subscribe), case .arn(_, let rest) = resource.form,
            rest.pieces == [.literal("topicfilter/#")]
        {
            return [
                LintFinding(
                    .allTopics, .warning, at: resource.text.position,
                    "topicfilter/# allows subscribing to every topic",
                    fix: "narrow it to the device's own topics")
            ]
        }
        return []
    }

    private func evadableDenyFindings() -> [LintFinding] {
        guard names(.subscribe), !names(.receive), !statement.resources.isNegated,
            !statement.actions.isNegated
        else { return [] }
        let deniesReceive = document.statements.contains {
            $0.effect == .deny
                && PolicyCatalogue.actions($0.actions).contains { $0.name == MQTTAction.receive.policyAction }
        }
        guard !deniesReceive, resources.contains(where: { $0.text.text != "*" }) else { return [] }
        return [
            LintFinding(
                .evadableDeny, .warning, at: statement.position,
                "filters are compared as text, so a wider filter such as a/# slips past this Deny",
                fix: "deny iot:Receive on the topics as well")
        ]
    }
}
