import IoTPolicy

/// Reads texts, lists and intrinsic functions.
struct TemplateExpressionReader {
    let parameters: TemplateParameters

    /// A text, or a function.
    func text(_ node: JSONNode, at path: TemplatePath) throws(TemplateError) -> TemplateExpression {
        if case .string(let text) = node.value { return TemplateExpression(kind: .text(text), path: path) }
        return try function(node, at: path, orElse: "a text")
    }

    /// An array of texts and functions, or a function that yields a list.
    func list(_ node: JSONNode, at path: TemplatePath) throws(TemplateError) -> TemplateExpression {
        guard case .array(let nodes) = node.value else {
            return try function(node, at: path, orElse: "a list")
        }
        var elements: [TemplateExpression] = []
        for (index, element) in nodes.enumerated() {
            elements.append(try text(element, at: path[index]))
        }
        return TemplateExpression(kind: .list(elements), path: path)
    }

    static func isFunction(_ key: String) -> Bool { key == "Ref" || key.hasPrefix("Fn::") }

    private func function(
        _ node: JSONNode, at path: TemplatePath, orElse wanted: String
    ) throws(TemplateError) -> TemplateExpression {
        guard case .object(let members) = node.value, let member = members.first,
            Self.isFunction(member.key)
        else {
            throw TemplateError(
                .wrongType, path, "is \(node.typeName) where \(wanted) or an intrinsic function is needed")
        }
        guard members.count == 1 else {
            throw TemplateError(
                .conflict, path, "has other keys beside \(member.key); an intrinsic function stands alone")
        }
        let inner = path[member.key]
        return TemplateExpression(kind: try kind(member.key, member.node, at: inner), path: inner)
    }

    private func kind(
        _ name: String, _ node: JSONNode, at path: TemplatePath
    ) throws(TemplateError) -> TemplateExpression.Kind {
        switch name {
        case "Ref":
            let parameter = try node.templateText(at: path)
            try parameters.check(parameter, at: path)
            return .parameter(parameter)
        case "Fn::Join":
            let arguments = try arguments(node, count: 2, form: "[delimiter, list]", at: path)
            return .join(
                delimiter: try text(arguments[0], at: path[0]), list: try list(arguments[1], at: path[1]))
        case "Fn::Select":
            let arguments = try arguments(node, count: 2, form: "[index, list]", at: path)
            return .select(
                index: try index(arguments[0], at: path[0]), list: try list(arguments[1], at: path[1]))
        case "Fn::Split":
            let arguments = try arguments(node, count: 2, form: "[delimiter, text]", at: path)
            return .split(
                delimiter: try text(arguments[0], at: path[0]), text: try text(arguments[1], at: path[1]))
        case "Fn::FindInMap":
            let arguments = try arguments(node, count: 3, form: "[mapping, key, key]", at: path)
            return .find(
                map: try text(arguments[0], at: path[0]), first: try text(arguments[1], at: path[1]),
                second: try text(arguments[2], at: path[2]))
        case "Fn::Sub":
            return try substitution(node, at: path)
        default:
            throw TemplateError(
                .unknownKey, path,
                "there is no such function; there are Ref, Fn::Join, Fn::Select, Fn::Split, Fn::FindInMap and Fn::Sub"
            )
        }
    }

    /// A text, or a text and an object of variables.
    private func substitution(
        _ node: JSONNode, at path: TemplatePath
    ) throws(TemplateError) -> TemplateExpression.Kind {
        if case .string(let text) = node.value {
            return try substitution(text, variables: [:], at: path)
        }
        let arguments = try arguments(node, count: 2, form: "text or [text, {variables}]", at: path)
        var definitions = try TemplateObject(arguments[1], at: path[1])
        var variables: [String: TemplateExpression] = [:]
        for (name, definition) in definitions.takeAll() {
            variables[name] = try text(definition, at: path[1][name])
        }
        return try substitution(
            arguments[0].templateText(at: path[0]), variables: variables, at: path[0])
    }

    private func substitution(
        _ text: String, variables: [String: TemplateExpression], at path: TemplatePath
    ) throws(TemplateError) -> TemplateExpression.Kind {
        let pieces = try TemplatePiece.pieces(of: text, at: path)
        for case .variable(let name) in pieces where variables[name] == nil {
            try parameters.check(name, at: path)
        }
        return .substitute(pieces, variables: variables)
    }

    private func index(_ node: JSONNode, at path: TemplatePath) throws(TemplateError) -> TemplateExpression {
        if case .number(let text) = node.value { return TemplateExpression(kind: .text(text), path: path) }
        return try text(node, at: path)
    }

    private func arguments(
        _ node: JSONNode, count: Int, form: String, at path: TemplatePath
    ) throws(TemplateError) -> [JSONNode] {
        guard case .array(let arguments) = node.value, arguments.count == count else {
            throw TemplateError(.wrongType, path, "needs \(form)")
        }
        return arguments
    }
}
