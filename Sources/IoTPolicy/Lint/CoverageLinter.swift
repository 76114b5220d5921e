/// Looks at how the statements of a document relate to one another.
struct CoverageLinter {
    private let document: PolicyDocument
    private let needles: [GrantLanguage]
    private let haystacks: [GrantLanguage]

    init(_ document: PolicyDocument) {
        self.document = document
        needles = document.statements.map { GrantLanguage($0, document.version, isNeedle: true) }
        haystacks = document.statements.map { GrantLanguage($0, document.version, isNeedle: false) }
    }

    func findings() -> [LintFinding] { missingActionFindings() + receiveFindings() + shadowFindings() }

    private func allows(_ action: MQTTAction) -> [Int] {
        document.statements.indices.filter { index in
            let statement = document.statements[index]
            return statement.effect == .allow
                && PolicyCatalogue.actions(statement.actions).contains { $0.name == action.policyAction }
        }
    }

    // MARK: What a device needs

    private func missingActionFindings() -> [LintFinding] {
        let usesMQTT = [MQTTAction.publish, .subscribe, .receive].contains { !allows($0).isEmpty }
        guard usesMQTT, allows(.connect).isEmpty else { return [] }
        return [
            LintFinding(
                .connectMissing, .note, at: SourcePosition(line: 1, column: 1),
                "nothing here allows iot:Connect, without which a device gets no further",
                fix:
                    "allow iot:Connect on client/${iot:Connection.Thing.ThingName}, here or in another policy"
            )
        ]
    }

    /// Filters that may be subscribed to although their messages may not be received.
    private func receiveFindings() -> [LintFinding] {
        let subscribing = allows(.subscribe)
        let receiving = allows(.receive)
        guard let first = subscribing.first else { return [] }
        if receiving.isEmpty {
            return [
                LintFinding(
                    .receiveMissing, .warning, at: document.statements[first].position,
                    "iot:Subscribe is allowed and iot:Receive nowhere: subscriptions succeed and no message arrives",
                    fix: "allow iot:Receive on the topics, as topic/…")
            ]
        }
        let syntax = TextTemplate.Syntax(document.version, .default)
        guard receiving.allSatisfy({ !document.statements[$0].resources.isNegated }) else { return [] }
        let received = receiving.flatMap { haystacks[$0].resources }
        return subscribing.flatMap { index -> [LintFinding] in
            let statement = document.statements[index]
            guard !statement.resources.isNegated else { return [] }
            return statement.resources.patterns.compactMap { pattern in
                guard let topics = topics(of: ResourcePattern(pattern, syntax: syntax)) else { return nil }
                if case .counterexample = PatternInclusion.check(topics, in: received) {
                    return LintFinding(
                        .subscribeWiderThanReceive, .warning, at: pattern.position,
                        "\(pattern) allows subscriptions whose messages iot:Receive does not allow; they are dropped silently",
                        fix: "allow iot:Receive on the same topics, as topic/…")
                }
                return nil
            }
        }
    }

    /// The topics whose messages a subscription allowed by the pattern can bring.
    private func topics(of pattern: ResourcePattern) -> [InclusionToken]? {
        guard case .arn(let leading, let rest) = pattern.form, leading.count == 5,
            case .literal(let first)? = rest.pieces.first, first.hasPrefix("topicfilter/")
        else { return nil }
        let fields = ARNFields.split(pattern.text.text)
        var name = GrantLanguage.tokens(rest).dropFirst("topicfilter/".count)
        let share = Array("$share/".unicodeScalars.map(InclusionToken.scalar))
        if name.starts(with: share) {
            let group = name.dropFirst(share.count)
            guard let slash = group.firstIndex(of: .scalar("/")) else { return nil }
            name = group[(slash + 1)...]
        }
        let topics = name.map { token -> InclusionToken in
            token == .scalar("+") || token == .scalar("#") ? .run : token
        }
        let head = fields[..<5].flatMap { GrantLanguage.tokens($0, inField: true) + [.scalar(":")] }
        return head + "topic/".unicodeScalars.map(InclusionToken.scalar) + topics
    }

    // MARK: Statements another one makes idle

    private func shadowFindings() -> [LintFinding] {
        document.statements.indices.flatMap { index -> [LintFinding] in
            let statement = document.statements[index]
            let needle = needles[index]
            guard !needle.actions.isEmpty, !needle.resources.isEmpty else { return [] }
            if statement.effect == .allow, let deny = covering(index, effect: .deny) {
                return [
                    LintFinding(
                        .shadowedByDeny, .warning, at: statement.position,
                        "everything this allows is denied by \(place(deny))",
                        fix: "remove it, or narrow the Deny")
                ]
            }
            if let other = covering(index, effect: statement.effect) {
                return [
                    LintFinding(
                        .redundantStatement, .note, at: statement.position,
                        "\(place(other)) says all of this already", fix: "remove one of them")
                ]
            }
            return []
        }
    }

    private func covering(_ index: Int, effect: PolicyEffect) -> Int? {
        document.statements.indices.first { other in
            guard other != index, document.statements[other].effect == effect,
                haystacks[other].conditionsHold(wheneverThoseOf: needles[index]),
                haystacks[other].covers(needles[index])
            else { return false }
            // Of two that say the same, only the later one is superfluous.
            let isMutual =
                effect == document.statements[index].effect
                && haystacks[index].conditionsHold(wheneverThoseOf: needles[other])
                && haystacks[index].covers(needles[other])
            return !isMutual || other < index
        }
    }

    private func place(_ index: Int) -> String {
        let statement = document.statements[index]
        return "statement \(index + 1)\(statement.sid.map { " (\"\($0)\")" } ?? "") (\(statement.position))"
    }
}
