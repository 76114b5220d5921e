import IoTPolicy

/// A second evaluator, written to be obviously right and nothing else: it works on text, by recursion, and shares no
/// code with the library beyond the document model. It knows the operators the generator uses.
struct SlowEvaluator {
    let documents: [PolicyDocument]

    func evaluate(_ request: PolicyRequest, _ context: PolicyContext) -> PolicyDecision {
        var isAllowed = false
        var isDenied = false
        for document in documents {
            for statement in document.statements
            where applies(statement, document.version, request, context) {
                if statement.effect == .deny { isDenied = true } else { isAllowed = true }
            }
        }
        return isDenied ? .explicitDeny : isAllowed ? .allowed : .implicitDeny
    }

    private func applies(
        _ statement: PolicyStatement, _ version: PolicyVersion, _ request: PolicyRequest,
        _ context: PolicyContext
    ) -> Bool {
        let keys = Self.keys(context, isConnect: request.action.lowercased() == "iot:connect")
        let actionFits = statement.actions.patterns.contains {
            Self.glob(
                Self.plain($0.text.lowercased()), Array(request.action.lowercased().unicodeScalars)[...])
        }
        guard actionFits != statement.actions.isNegated else { return false }
        let resourceFits = statement.resources.patterns.contains {
            Self.resource($0.text, version, request.resource, keys)
        }
        guard resourceFits != statement.resources.isNegated else { return false }
        return statement.conditions.allSatisfy { Self.condition($0, version, keys) }
    }

    // MARK: Keys

    static func keys(_ context: PolicyContext, isConnect: Bool) -> [String: [String]] {
        var keys: [String: [String]] = [:]
        func set(_ name: String, _ value: String?) { if let value { keys[name.lowercased()] = [value] } }
        let isMQTT = context.transport != .http
        if isMQTT { set("iot:ClientId", context.clientID) }
        set("aws:SourceIp", context.sourceVPCE == nil ? context.sourceIP : nil)
        set("iot:DomainName", context.domainName)
        set("aws:SourceVpce", context.sourceVPCE)
        if isMQTT, let thing = context.thing, thing.isAttached,
            thing.isExclusive || thing.name == context.clientID
        {
            set("iot:Connection.Thing.ThingName", thing.name)
            set("iot:Connection.Thing.ThingTypeName", thing.typeName)
            set("iot:Connection.Thing.IsAttached", "true")
            for (name, value) in thing.attributes { set("iot:Connection.Thing.Attributes[\(name)]", value) }
        }
        if let certificate = context.certificate {
            set("iot:CertificateId", certificate.id)
            for (name, values) in certificate.subject {
                let base = "iot:Certificate.Subject.\(name)"
                for (index, value) in values.prefix(5).enumerated()
                where value.allSatisfy({ !"*$+?#".contains($0) }) {
                    set(index == 0 ? base : "\(base).\(index)", value)
                }
                if !values.isEmpty { keys["\(base).List".lowercased()] = Array(values.prefix(5)) }
            }
        }
        if isConnect {
            if !context.connectAttributes.isEmpty {
                keys["iot:connectattributes"] = context.connectAttributes
            }
            set("iot:LastWillTopic", context.lastWillTopic)
        }
        if let time = context.time { set("aws:EpochTime", String(time)) }
        set("aws:SecureTransport", context.isSecure ? "true" : "false")
        return keys
    }

    // MARK: Text

    /// A pattern: a character, `?` or `*`.
    enum Symbol: Equatable { case character(Unicode.Scalar), one, any }

    static func plain(_ text: String) -> [Symbol] {
        text.unicodeScalars.map { $0 == "*" ? .any : $0 == "?" ? .one : .character($0) }
    }

    static func glob(_ pattern: [Symbol], _ text: ArraySlice<Unicode.Scalar>) -> Bool {
        // row[i]: the pattern read so far fits the first i characters.
        let text = Array(text)
        var row = [Bool](repeating: false, count: text.count + 1)
        row[0] = true
        for symbol in pattern {
            var next = [Bool](repeating: false, count: text.count + 1)
            for index in 0...text.count {
                switch symbol {
                case .any: next[index] = row[0...index].contains(true)
                case .one: next[index] = index > 0 && row[index - 1]
                case .character(let scalar):
                    next[index] = index > 0 && row[index - 1] && text[index - 1] == scalar
                }
            }
            row = next
        }
        return row[text.count]
    }

    /// The symbols of a text with variables, or nil if one has no single value.
    static func symbols(_ text: String, _ version: PolicyVersion, wildcards: Bool, _ keys: [String: [String]])
        -> [Symbol]?
    {
        var symbols: [Symbol] = []
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.first {
            if version == .v2012, scalar == "$", rest.dropFirst().first == "{" {
                let body = rest.dropFirst(2)
                guard let end = body.firstIndex(of: "}") else { return nil }
                var name = ""
                name.unicodeScalars.append(contentsOf: body[..<end])
                rest = body[(end + 1)...]
                if ["*", "?", "$"].contains(name) {
                    symbols += name.unicodeScalars.map(Symbol.character)
                } else {
                    let isList =
                        name.lowercased().hasSuffix(".list") || name.lowercased() == "iot:connectattributes"
                    guard !isList, let values = keys[name.lowercased()], values.count == 1 else { return nil }
                    symbols += values[0].unicodeScalars.map(Symbol.character)
                }
                continue
            }
            symbols.append(
                wildcards && scalar == "*" ? .any : wildcards && scalar == "?" ? .one : .character(scalar))
            rest = rest.dropFirst()
        }
        return symbols
    }

    private static func fields(_ text: String) -> [String] {
        text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
    }

    private static func resource(
        _ pattern: String, _ version: PolicyVersion, _ resource: String, _ keys: [String: [String]]
    ) -> Bool {
        if pattern == "*" { return true }
        let wanted = fields(pattern)
        let actual = fields(resource)
        guard wanted.count == 6, actual.count == 6, wanted[0] == "arn", wanted[2] == actual[2] else {
            return false
        }
        for index in 0..<5 where !glob(plain(wanted[index]), Array(actual[index].unicodeScalars)[...]) {
            return false
        }
        guard let name = symbols(wanted[5], version, wildcards: true, keys) else { return false }
        return glob(name, Array(actual[5].unicodeScalars)[...])
    }

    // MARK: Conditions

    private static func condition(
        _ condition: PolicyCondition, _ version: PolicyVersion, _ keys: [String: [String]]
    ) -> Bool {
        var name = condition.operator.description
        var quantifier = ""
        for prefix in ["ForAllValues:", "ForAnyValue:"] where name.hasPrefix(prefix) {
            quantifier = prefix
            name.removeFirst(prefix.count)
        }
        let ifExists = name.hasSuffix("IfExists")
        if ifExists { name.removeLast(8) }
        let isNegated = name.contains("Not")
        let values = keys[condition.key.text.lowercased()] ?? []
        if name == "Null" { return condition.values.contains { ($0.text == "true") == values.isEmpty } }
        if values.isEmpty {
            if ifExists { return true }
            switch quantifier {
            case "ForAllValues:": return true
            case "ForAnyValue:": return false
            default: return isNegated
            }
        }
        let positive = name.replacing("Not", with: "")
        func passes(_ value: String) -> Bool {
            condition.values.contains { compare(positive, value, $0.text, version, keys) } != isNegated
        }
        return quantifier == "ForAllValues:" ? values.allSatisfy(passes) : values.contains(where: passes)
    }

    private static func compare(
        _ name: String, _ value: String, _ wanted: String, _ version: PolicyVersion,
        _ keys: [String: [String]]
    ) -> Bool {
        let scalars = Array(value.unicodeScalars)[...]
        switch name {
        case "StringEquals":
            return symbols(wanted, version, wildcards: false, keys).map { glob($0, scalars) } ?? false
        case "StringEqualsIgnoreCase":
            let lowercased = Array(value.lowercased().unicodeScalars)[...]
            let symbols = symbols(wanted, version, wildcards: false, keys)?.map { symbol -> Symbol in
                guard case .character(let scalar) = symbol else { return symbol }
                return .character(scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar)
            }
            return symbols.map { glob($0, lowercased) } ?? false
        case "StringLike":
            return symbols(wanted, version, wildcards: true, keys).map { glob($0, scalars) } ?? false
        case "ArnEquals", "ArnLike":
            let wanted = fields(wanted)
            let actual = fields(value)
            return wanted.count == 6 && actual.count == 6
                && zip(wanted, actual).allSatisfy { glob(plain($0), Array($1.unicodeScalars)[...]) }
        case "NumericEquals": return Int(value).flatMap { value in Int(wanted).map { value == $0 } } ?? false
        case "NumericLessThan": return Int(value).flatMap { value in Int(wanted).map { value < $0 } } ?? false
        case "NumericGreaterThanEquals":
            return Int(value).flatMap { value in Int(wanted).map { value >= $0 } } ?? false
        case "Bool": return value == wanted
        case "IpAddress": return range(wanted)?.contains(address(value)) ?? false
        default: return false
        }
    }

    private static func address(_ text: String) -> UInt64 {
        text.split(separator: ".").reduce(0) { $0 << 8 | (UInt64($1) ?? 0) }
    }

    private static func range(_ text: String) -> Range<UInt64>? {
        let parts = text.split(separator: "/")
        let size = UInt64(1) << UInt64(32 - (parts.count == 2 ? Int(parts[1]) ?? 32 : 32))
        let start = address(String(parts[0])) / size * size
        return start..<start + size
    }
}
