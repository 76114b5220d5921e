/// A text or list in a template: a literal, or an intrinsic function of parameters.
struct TemplateExpression: Hashable, Sendable {
    indirect enum Kind: Hashable, Sendable {
        case text(String)
        case list([TemplateExpression])
        /// `Ref`
        case parameter(String)
        /// `Fn::Join`
        case join(delimiter: TemplateExpression, list: TemplateExpression)
        /// `Fn::Select`
        case select(index: TemplateExpression, list: TemplateExpression)
        /// `Fn::Split`
        case split(delimiter: TemplateExpression, text: TemplateExpression)
        /// `Fn::FindInMap`
        case find(map: TemplateExpression, first: TemplateExpression, second: TemplateExpression)
        /// `Fn::Sub`
        case substitute([TemplatePiece], variables: [String: TemplateExpression])
    }

    let kind: Kind
    let path: TemplatePath
}

/// A part of an `Fn::Sub` text.
enum TemplatePiece: Hashable, Sendable {
    case literal(String)
    case variable(String)

    /// Splits at `${…}`; `${!name}` stands for `${name}` itself.
    static func pieces(of text: String, at path: TemplatePath) throws(TemplateError) -> [TemplatePiece] {
        var pieces: [TemplatePiece] = []
        var literal = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            literal += rest[..<dollar]
            rest = rest[dollar...]
            guard rest.hasPrefix("${") else {
                literal.append("$")
                rest = rest.dropFirst()
                continue
            }
            guard let end = rest.firstIndex(of: "}") else {
                throw TemplateError(.invalidValue, path, "a ${ is not closed; add the missing }")
            }
            let name = rest[rest.index(rest.startIndex, offsetBy: 2)..<end]
            rest = rest[rest.index(after: end)...]
            if name.hasPrefix("!") {
                literal += "${\(name.dropFirst())}"
                continue
            }
            guard !name.isEmpty else {
                throw TemplateError(.invalidValue, path, "${} names nothing; write a parameter's name in it")
            }
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = ""
            pieces.append(.variable(String(name)))
        }
        literal += rest
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        return pieces
    }
}

/// What an expression comes to.
enum TemplateValue: Hashable, Sendable {
    case text(String)
    case list([String])
}
