import IoTPolicy

/// The `DeviceConfiguration` section: any JSON, with intrinsic functions anywhere in it.
indirect enum DeviceConfiguration: Hashable, Sendable {
    case object([Member])
    case array([DeviceConfiguration])
    case expression(TemplateExpression)
    /// A number, boolean or null as it was written.
    case raw(String)

    struct Member: Hashable, Sendable {
        let key: String
        let value: DeviceConfiguration
    }

    init(
        _ node: JSONNode, at path: TemplatePath, _ reader: TemplateExpressionReader
    ) throws(TemplateError) {
        switch node.value {
        case .object(let members):
            if let first = members.first, TemplateExpressionReader.isFunction(first.key) {
                self = .expression(try reader.text(node, at: path))
                return
            }
            var values: [Member] = []
            for member in members {
                values.append(
                    Member(
                        key: member.key,
                        value: try DeviceConfiguration(member.node, at: path[member.key], reader)))
            }
            self = .object(values)
        case .array(let nodes):
            var values: [DeviceConfiguration] = []
            for (index, node) in nodes.enumerated() {
                values.append(try DeviceConfiguration(node, at: path[index], reader))
            }
            self = .array(values)
        case .string: self = .expression(try reader.text(node, at: path))
        case .number(let text): self = .raw(text)
        case .bool(let value): self = .raw(value ? "true" : "false")
        case .null: self = .raw("null")
        }
    }

    /// JSON without white space, members in the template's order.
    func json(_ evaluation: inout TemplateEvaluation) throws(TemplateError) -> String {
        switch self {
        case .raw(let text): return text
        case .expression(let expression): return Self.quoted(try evaluation.text(expression))
        case .array(let values):
            var parts: [String] = []
            for value in values { parts.append(try value.json(&evaluation)) }
            return "[\(parts.joined(separator: ","))]"
        case .object(let members):
            var parts: [String] = []
            for member in members {
                parts.append("\(Self.quoted(member.key)):\(try member.value.json(&evaluation))")
            }
            return "{\(parts.joined(separator: ","))}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
