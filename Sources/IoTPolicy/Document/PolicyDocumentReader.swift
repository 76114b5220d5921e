/// Turns a JSON tree into a document, refusing whatever the grammar does not know.
struct PolicyDocumentReader {
    private let options: PolicyOptions

    static func read(_ root: JSONNode, options: PolicyOptions) throws(PolicyError) -> PolicyDocument {
        try PolicyDocumentReader(options: options).document(root)
    }

    private func document(_ root: JSONNode) throws(PolicyError) -> PolicyDocument {
        guard case .object(let members) = root.value else {
            throw PolicyError(
                .wrongType, at: root.position, "the document is \(root.typeName)",
                hint: "write an object with Version and Statement")
        }
        var version = PolicyVersion.v2008
        var id: String?
        var statements: [PolicyStatement]?
        for member in members {
            switch member.key {
            case "Version": version = try self.version(member.node)
            case "Id" where options.acceptsID: id = try string(member.node, "Id")
            case "Statement": statements = try self.statements(member.node)
            default:
                throw unknownElement(member, among: ["Version", "Id", "Statement"], in: "a document")
            }
        }
        guard let statements else {
            throw PolicyError(
                .missingElement, at: root.position, "the document has no Statement",
                hint: "add \"Statement\" with an array of statements")
        }
        return PolicyDocument(version: version, id: id, statements: statements)
    }

    private func version(_ node: JSONNode) throws(PolicyError) -> PolicyVersion {
        let text = try string(node, "Version")
        guard let version = PolicyVersion(rawValue: text) else {
            throw PolicyError(
                .unknownVersion, at: node.position, "there is no policy version \"\(text)\"",
                hint: "write \"2012-10-17\"")
        }
        return version
    }

    private func statements(_ node: JSONNode) throws(PolicyError) -> [PolicyStatement] {
        switch node.value {
        case .object: return [try statement(node)]
        case .array(let nodes):
            var statements: [PolicyStatement] = []
            for node in nodes { statements.append(try statement(node)) }
            return statements
        default:
            throw PolicyError(
                .wrongType, at: node.position, "Statement is \(node.typeName)",
                hint: "write an object or an array of objects")
        }
    }

    private func statement(_ node: JSONNode) throws(PolicyError) -> PolicyStatement {
        guard case .object(let members) = node.value else {
            throw PolicyError(
                .wrongType, at: node.position, "a statement is \(node.typeName)", hint: "write an object")
        }
        var sid: String?
        var effect: PolicyEffect?
        var actions: PolicyPatterns?
        var resources: PolicyPatterns?
        var conditions: [PolicyCondition] = []
        for member in members {
            switch member.key {
            case "Sid": sid = try string(member.node, "Sid")
            case "Effect": effect = try self.effect(member.node)
            case "Action",
                "NotAction" where options.acceptsNotAction:
                guard actions == nil else { throw conflict(member, "Action", "NotAction") }
                actions = try patterns(member)
            case "Resource", "NotResource":
                guard resources == nil else { throw conflict(member, "Resource", "NotResource") }
                resources = try patterns(member)
            case "Condition": conditions = try self.conditions(member.node)
            case "Principal" where options.acceptsPrincipal: break
            case "NotPrincipal" where options.acceptsPrincipal: break
            case "Principal", "NotPrincipal":
                throw PolicyError(
                    .unknownElement, at: member.position,
                    "\(member.key) does not belong in an AWS IoT policy",
                    hint: "remove it; whoever the policy is attached to is its principal")
            default:
                throw unknownElement(
                    member,
                    among: ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"],
                    in: "a statement")
            }
        }
        guard let effect else {
            throw PolicyError(
                .missingElement, at: node.position, "the statement has no Effect",
                hint: "add \"Effect\": \"Allow\" or \"Deny\"")
        }
        guard let actions else {
            throw PolicyError(
                .missingElement, at: node.position, "the statement has no Action",
                hint: "add \"Action\", for example \"iot:Publish\"")
        }
        guard let resources else {
            throw PolicyError(
                .missingElement, at: node.position, "the statement has no Resource",
                hint: "add \"Resource\" with an ARN")
        }
        return PolicyStatement(
            sid: sid, effect: effect, actions: actions, resources: resources, conditions: conditions,
            position: node.position)
    }

    private func effect(_ node: JSONNode) throws(PolicyError) -> PolicyEffect {
        let text = try string(node, "Effect")
        guard let effect = PolicyEffect(rawValue: text) else {
            throw PolicyError(
                .invalidEffect, at: node.position, "there is no effect \"\(text)\"",
                hint: "write \"Allow\" or \"Deny\", with that case")
        }
        return effect
    }

    private func patterns(_ member: JSONNode.Member) throws(PolicyError) -> PolicyPatterns {
        PolicyPatterns(
            isNegated: member.key.hasPrefix("Not"),
            patterns: try list(member.node, member.key) { (node) throws(PolicyError) in
                PolicyText(try string(node, member.key), at: node.position)
            })
    }

    // MARK: Conditions

    private func conditions(_ node: JSONNode) throws(PolicyError) -> [PolicyCondition] {
        guard case .object(let operators) = node.value else {
            throw PolicyError(
                .wrongType, at: node.position, "Condition is \(node.typeName)",
                hint: "write { operator: { key: value } }")
        }
        var conditions: [PolicyCondition] = []
        for member in operators {
            let name: ConditionOperator
            if let known = ConditionOperator(member.key) {
                name = known
            } else if options.unknownOperator == .neverHolds {
                name = ConditionOperator(unknown: member.key)
            } else {
                throw PolicyError(
                    .unknownOperator, at: member.position,
                    "there is no condition operator \"\(member.key)\"",
                    hint: "write one of IAM's operators, for example StringEquals or IpAddress")
            }
            guard case .object(let keys) = member.node.value else {
                throw PolicyError(
                    .wrongType, at: member.node.position, "the operator \(name) has \(member.node.typeName)",
                    hint: "write { key: value }")
            }
            var seen: Set<String> = []
            for key in keys {
                guard seen.insert(key.key.asciiLowercased).inserted else {
                    throw PolicyError(
                        .duplicateKey, at: key.position,
                        "the key \"\(key.key)\" is repeated in this operator; keys compare without case",
                        hint: "keep one, with an array of values")
                }
                conditions.append(try condition(name, key))
            }
        }
        return conditions
    }

    private func condition(_ name: ConditionOperator, _ member: JSONNode.Member) throws(PolicyError)
        -> PolicyCondition
    {
        let values = try list(member.node, member.key) { (node) throws(PolicyError) -> PolicyText in
            let text =
                switch node.value {
                case .string(let text), .number(let text): text
                case .bool(let value): value ? "true" : "false"
                default:
                    throw PolicyError(
                        .wrongType, at: node.position, "a value of \(member.key) is \(node.typeName)",
                        hint: "write a string, number or boolean")
                }
            if options.refusesUnreadableValues, !text.utf8.contains(UInt8(ascii: "$")),
                let expected = ConditionTest.unreadable(text, by: name.comparison)
            {
                throw PolicyError(
                    .unreadableValue, at: node.position, "\(name) cannot read \"\(text)\"",
                    hint: "write \(expected)")
            }
            return PolicyText(text, at: node.position)
        }
        return PolicyCondition(
            operator: name, key: PolicyText(member.key, at: member.position), values: values)
    }

    // MARK: Helpers

    private func string(_ node: JSONNode, _ element: String) throws(PolicyError) -> String {
        guard case .string(let text) = node.value else {
            throw PolicyError(
                .wrongType, at: node.position, "\(element) is \(node.typeName)", hint: "write a string")
        }
        return text
    }

    private func list<Element>(
        _ node: JSONNode, _ element: String, _ read: (JSONNode) throws(PolicyError) -> Element
    ) throws(PolicyError) -> [Element] {
        guard case .array(let nodes) = node.value else { return [try read(node)] }
        var elements: [Element] = []
        for node in nodes {
            if case .array = node.value {
                throw PolicyError(
                    .wrongType, at: node.position, "\(element) has an array within its array",
                    hint: "write one array of strings")
            }
            elements.append(try read(node))
        }
        return elements
    }

    private func conflict(_ member: JSONNode.Member, _ first: String, _ second: String) -> PolicyError {
        PolicyError(
            .conflictingElements, at: member.position, "the statement has both \(first) and \(second)",
            hint: "keep one of them, or write two statements")
    }

    private func unknownElement(_ member: JSONNode.Member, among known: [String], in container: String)
        -> PolicyError
    {
        let meant = known.first { $0.asciiLowercased == member.key.asciiLowercased }
        return PolicyError(
            .unknownElement, at: member.position, "there is no element \"\(member.key)\" in \(container)",
            hint: meant.map { "write \"\($0)\", with that case" } ?? "write \(known.joined(separator: ", "))")
    }
}
