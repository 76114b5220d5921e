/// Contexts in which statements of given documents are likely to apply: variables have values, conditions are met.
struct ContextSketch {
    private static let maximumChoices = 4

    private let documents: [PolicyDocument]

    init(_ documents: [PolicyDocument]) { self.documents = documents }

    var contexts: [PolicyContext] {
        let full = fullContext
        var contexts = [full, PolicyContext(clientID: "example")]
        // For each statement with conditions, contexts made to meet them by their first value, their second, ….
        for document in documents {
            for statement in document.statements where !statement.conditions.isEmpty {
                let count = statement.conditions.map(\.values.count).max() ?? 0
                for choice in 0..<min(max(count, 1), Self.maximumChoices) {
                    var context = full
                    for condition in statement.conditions { meet(condition, choice, &context) }
                    contexts.append(context)
                }
            }
        }
        return contexts
    }

    private var fullContext: PolicyContext {
        var context = PolicyContext(
            clientID: "device-1",
            thing: ThingContext(name: "device-1", typeName: "type-1", isAttached: true),
            certificate: CertificateContext(
                id: String(repeating: "0123456789abcdef", count: 4), serialNumber: "1"),
            sourceIP: "192.0.2.1", domainName: "iot.example.com", time: 1_767_225_600)
        for key in keys {
            switch key {
            case .thingAttribute(let name): context.thing?.attributes[name] = "value-1"
            case .certificateName(let party, let attribute, _):
                let values = (0..<ContextKey.maximumCertificateValues).map { "value-\($0 + 1)" }
                if party == .subject {
                    context.certificate?.subject[attribute] = values
                } else {
                    context.certificate?.issuer[attribute] = values
                }
            case .certificateAlternativeName(let party, let kind, _):
                let values = (0..<ContextKey.maximumCertificateValues).map { "name-\($0 + 1)" }
                if party == .subject {
                    context.certificate?.subjectAlternativeNames[kind] = values
                } else {
                    context.certificate?.issuerAlternativeNames[kind] = values
                }
            // A key of AWS's own that does not exist has no value outside of fiction.
            case .other(let name) where !name.hasPrefix("iot:") && !name.hasPrefix("aws:"):
                context.extra[name] = ["value-1"]
            default: break
            }
        }
        return context
    }

    private var keys: [ContextKey] {
        documents.flatMap { document in
            let syntax = TextTemplate.Syntax(document.version, .default)
            return document.statements.flatMap { statement in
                statement.resources.patterns.flatMap {
                    ResourcePattern($0, syntax: syntax).variables.map(\.key)
                }
                    + statement.conditions.flatMap {
                        [ContextKey($0.key.text)] + ConditionTest($0, syntax: syntax).variables.map(\.key)
                    }
            }
        }
    }

    private func meet(_ condition: PolicyCondition, _ choice: Int, _ context: inout PolicyContext) {
        let isNegated = condition.operator.comparison.isNegated
        guard !condition.values.isEmpty else { return }
        let first = condition.values[min(choice, condition.values.count - 1)].text
        guard !first.contains("${") else { return }
        let plain = first.filter { $0 != "*" && $0 != "?" }
        let text = isNegated ? "other-\(plain)" : plain
        let value =
            switch condition.operator.comparison {
            case .ipAddress: String(plain.prefix { $0 != "/" })
            case .null: first == "true" ? "" : "value-1"
            default: text
            }
        let isAbsent = condition.operator.comparison == .null && first == "true"
        let optional = isAbsent ? nil : value
        switch ContextKey(condition.key.text) {
        case .clientID:
            context.clientID = optional
            context.thing?.isExclusive = true
        case .thingName:
            context.thing?.name = value
            context.clientID = value
            if isAbsent { context.thing = nil }
        case .thingTypeName: context.thing?.typeName = optional
        case .thingAttribute(let name): context.thing?.attributes[name] = optional
        case .sourceIP: context.sourceIP = isNegated ? "203.0.113.77" : optional
        case .domainName: context.domainName = optional
        case .connectAttributes: context.connectAttributes = isAbsent || isNegated ? [] : [value]
        case .lastWillTopic: context.lastWillTopic = isNegated ? nil : optional
        case .secureTransport: context.isSecure = value != "false"
        case .sourceVPC: context.sourceVPC = optional
        case .sourceVPCE: context.sourceVPCE = optional
        case .currentTime, .epochTime: context.time = Timestamp(plain).map { $0.seconds }
        case .certificateID: context.certificate?.id = value
        case .certificateSerialNumber: context.certificate?.serialNumber = optional
        case .certificateName(.subject, let attribute, _):
            context.certificate?.subject[attribute] = isAbsent ? [] : [value]
        case .certificateName(.issuer, let attribute, _):
            context.certificate?.issuer[attribute] = isAbsent ? [] : [value]
        case .messageTopic: context.messageTopic = optional
        case .includeSocketInformation: context.includeSocketInformation = value == "true"
        case .other(let name) where !name.hasPrefix("iot:") && !name.hasPrefix("aws:"):
            context.extra[name] = isAbsent ? [] : [value]
        default: break
        }
    }
}
