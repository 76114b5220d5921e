/// One evaluation of a template's expressions, with a bound on all it makes.
struct TemplateEvaluation {
    let parameters: [String: String]
    let mappings: TemplateMappings
    private let given: Set<String>
    private var isPolicy = false

    /// Bytes of text that may still be made, one more for each expression. Nested `Fn::Sub` doubles text with
    /// every level, so the template's own size bounds nothing.
    private var allowance = 262_144

    /// - Parameters:
    ///   - parameters: all values, defaults included.
    ///   - given: names of those that are not the template's own.
    init(parameters: [String: String], given: Set<String> = [], mappings: TemplateMappings) {
        self.parameters = parameters
        self.given = given
        self.mappings = mappings
    }

    mutating func text(_ expression: TemplateExpression) throws(TemplateError) -> String {
        guard case .text(let text) = try value(of: expression) else {
            throw TemplateError(.wrongType, expression.path, "is a list where a text is needed")
        }
        return text
    }

    mutating func list(_ expression: TemplateExpression) throws(TemplateError) -> [String] {
        guard case .list(let list) = try value(of: expression) else {
            throw TemplateError(.wrongType, expression.path, "is a text where a list is needed")
        }
        return list
    }

    /// The text of a policy document. Values that the device brought are its own words, and must not become the
    /// policy's: whoever chooses a name must not choose rights.
    mutating func policyText(_ expression: TemplateExpression) throws(TemplateError) -> String {
        isPolicy = true
        defer { isPolicy = false }
        return try text(expression)
    }

    private mutating func value(
        of expression: TemplateExpression
    ) throws(TemplateError) -> TemplateValue {
        switch expression.kind {
        case .text(let text):
            try spend(text, expression)
            return .text(text)
        case .list(let elements):
            var list: [String] = []
            for element in elements { list.append(try text(element)) }
            return .list(list)
        case .parameter(let name):
            return .text(try parameter(name, expression))
        case .join(let delimiter, let list):
            let delimiter = try text(delimiter)
            let elements = try self.list(list)
            var joined = ""
            for (index, element) in elements.enumerated() {
                if index > 0 { joined += delimiter }
                joined += element
                try spend(index > 0 ? delimiter : "", expression)
                try spend(element, expression)
            }
            return .text(joined)
        case .select(let index, let list):
            let index = try text(index)
            let elements = try self.list(list)
            guard let number = Int(index), elements.indices.contains(number) else {
                throw TemplateError(
                    .invalidValue, expression.path,
                    "selects element \(RegistryNames.quoted(index)) of a list of \(elements.count); "
                        + "elements are counted from 0")
            }
            return .text(elements[number])
        case .split(let delimiter, let source):
            let delimiter = try text(delimiter)
            let source = try text(source)
            guard !delimiter.isEmpty else {
                throw TemplateError(
                    .invalidValue, expression.path,
                    "has an empty delimiter; name what stands between the parts")
            }
            try spend(source, expression)
            return .list(Self.split(source, at: delimiter))
        case .find(let map, let first, let second):
            return try mappings.value(
                map: text(map), first: text(first), second: text(second), at: expression.path)
        case .substitute(let pieces, let definitions):
            var values: [String: String] = [:]
            for (name, definition) in definitions.sorted(by: { $0.key < $1.key }) {
                values[name] = try text(definition)
            }
            var result = ""
            for piece in pieces {
                let part: String
                switch piece {
                case .literal(let text): part = text
                case .variable(let name):
                    if let value = values[name] {
                        part = value
                    } else {
                        part = try parameter(name, expression)
                    }
                }
                try spend(part, expression)
                result += part
            }
            return .text(result)
        }
    }

    private mutating func parameter(
        _ name: String, _ expression: TemplateExpression
    ) throws(TemplateError) -> String {
        guard let value = parameters[name] else {
            throw TemplateError(
                .missingParameter, expression.path,
                "refers to \(RegistryNames.quoted(name)), which the device does not have"
                    + (name.hasPrefix(TemplateParameters.certificatePrefix)
                        ? "; issue its certificate with that field, or give the parameter a default"
                        : "; give the parameter a value or a default"))
        }
        try spend(value, expression)
        if isPolicy, given.contains(name), value.unicodeScalars.contains(where: Self.meansSomethingInPolicies)
        {
            throw TemplateError(
                .invalidValue, expression.path,
                "puts \(RegistryNames.quoted(name)), which is \(RegistryNames.quoted(value)), into a policy document, "
                    + "where its special characters would be read as the policy's; issue the device's certificate "
                    + "without them")
        }
        return value
    }

    /// What JSON, patterns, policy variables or topic filters give a meaning to.
    private static func meansSomethingInPolicies(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "\\", "*", "?", "$", "+", "#", "\u{0}"..<" ", "\u{7f}": true
        default: false
        }
    }

    private mutating func spend(_ text: String, _ expression: TemplateExpression) throws(TemplateError) {
        allowance -= text.utf8.count + 1
        guard allowance >= 0 else {
            throw TemplateError(
                .tooLarge, expression.path, "the template evaluates to too much text; shorten it")
        }
    }

    /// By octets, so that no delimiter is lost in a combined character.
    private static func split(_ text: String, at delimiter: String) -> [String] {
        let source = Array(text.utf8)
        let mark = Array(delimiter.utf8)
        var parts: [String] = []
        var start = 0
        var index = 0
        while index + mark.count <= source.count {
            if source[index..<index + mark.count].elementsEqual(mark) {
                parts.append(String(decoding: source[start..<index], as: UTF8.self))
                index += mark.count
                start = index
            } else {
                index += 1
            }
        }
        parts.append(String(decoding: source[start...], as: UTF8.self))
        return parts
    }
}
