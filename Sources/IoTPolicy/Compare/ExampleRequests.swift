/// Requests that may show a difference between two documents, the plainest first.
struct ExampleRequests {
    let old: PolicyDocument
    let new: PolicyDocument
    let words: [[InclusionSymbol]]
    let context: PolicyContext

    private static let scope = ARNScope(region: "us-east-1", accountID: "123456789012")

    var requests: [PolicyRequest] {
        var requests: [PolicyRequest] = []
        for filler in ["example", "x/y", ""] {
            for document in [new, old] {
                for statement in document.statements {
                    requests += plainRequests(statement, document.version, filler)
                }
            }
        }
        return requests + words.compactMap(request)
    }

    /// Whether a client in the context could ask this: a known action on its own type of resource, with a name, and
    /// a CONNECT with the client's own ID.
    func isNatural(_ request: PolicyRequest) -> Bool {
        guard let action = PolicyCatalogue.actions.first(where: { $0.name == request.action }) else {
            return false
        }
        let fields = ARNFields.split(request.resource)
        guard fields.count == 6 else { return action.types.contains(request.resource) }
        let name = fields[5].split(separator: "/", maxSplits: 1)
        guard name.count == 2, action.types.contains(String(name[0])) else { return false }
        return action.name != "iot:Connect" || context.clientID?.isIdentical(to: name[1]) ?? false
    }

    private func plainRequests(_ statement: PolicyStatement, _ version: PolicyVersion, _ filler: String)
        -> [PolicyRequest]
    {
        let syntax = TextTemplate.Syntax(version, .default)
        var requests: [PolicyRequest] = []
        for action in actions(statement) {
            let reader = ContextReader(context, .default, isConnect: action.asciiLowercased == "iot:connect")
            let type = PolicyCatalogue.resourceTypes(of: action).first ?? "topic"
            requests.append(
                PolicyRequest(action: action, resource: Self.scope.arn(type: type, name: filler)))
            if type == "client", let clientID = context.clientID {
                requests.append(PolicyRequest(action: action, resource: Self.scope.arn(client: clientID)))
            }
            for pattern in statement.resources.patterns {
                let fields = ARNFields.split(pattern.text)
                guard fields.count == 6,
                    let tokens = TextTemplate(fields[5], wildcards: true, syntax: syntax).bind(reader.value)
                else { continue }
                let head = fields[..<5].enumerated().map { index, field in
                    let usual = ["arn", "aws", "iot", Self.scope.region, Self.scope.accountID][index]
                    return Glob(field).matches(usual.utf8)
                        ? usual : String(field.filter { $0 != "*" && $0 != "?" })
                }
                requests.append(
                    PolicyRequest(
                        action: action, resource: (head + [text(tokens, filler)]).joined(separator: ":")))
            }
        }
        return requests
    }

    private func actions(_ statement: PolicyStatement) -> [String] {
        let patterns = ActionPatterns(statement.actions)
        let known = PolicyCatalogue.actions.map(\.name).filter {
            patterns.match(Array($0.asciiLowercased.utf8))
        }
        let exact = statement.actions.isNegated ? [] : statement.actions.patterns.map(\.text)
        return known + exact.filter { !$0.utf8.contains(UInt8(ascii: "*")) && !known.contains($0) }
    }

    private func text(_ tokens: [PatternToken], _ filler: String) -> String {
        tokens.reduce(into: "") { text, token in
            switch token {
            case .scalar(let scalar): text.unicodeScalars.append(scalar)
            case .one: text += "x"
            case .run: text += filler
            }
        }
    }

    private func request(_ word: [InclusionSymbol]) -> PolicyRequest? {
        var named: Set<Unicode.Scalar> = []
        for case .scalar(let scalar) in words.joined() { named.insert(scalar) }
        // Some character no pattern names; private-use ones are never exhausted.
        let candidates = (0x61...0x7A).map(UInt32.init) + Array(0xE000...0xE0FF)
        let other = candidates.lazy.compactMap(Unicode.Scalar.init).first { !named.contains($0) } ?? "x"
        let reader = ContextReader(context, .default, isConnect: true)
        var parts = [""]
        for symbol in word {
            switch symbol {
            case .scalar(let scalar): parts[parts.count - 1].unicodeScalars.append(scalar)
            case .other: parts[parts.count - 1].unicodeScalars.append(other)
            case .separator: parts.append("")
            case .variable(let key):
                let values = reader.values(key)
                guard values.count == 1 else { return nil }
                parts[parts.count - 1] += values[0]
            }
        }
        guard parts.count == 2 else { return nil }
        let known = PolicyCatalogue.actions.first { $0.name.asciiLowercased == parts[0] }?.name
        return PolicyRequest(action: known ?? parts[0], resource: parts[1])
    }
}
