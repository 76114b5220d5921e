/// One position of a pattern over bare names, whose variables are numbered but not yet bound.
enum NameToken: Hashable, Sendable {
    /// Exactly this character.
    case scalar(Unicode.Scalar)
    /// `?`: exactly one character.
    case one
    /// `*`: any run of characters, none included.
    case run
    /// The value a connection has for a variable.
    case slot(Int)
}

extension NameToken: ResidualToken {
    var isRun: Bool { self == .run }

    func accepts(_ scalar: Unicode.Scalar) -> Bool? {
        switch self {
        case .scalar(let expected): expected == scalar
        case .one: true
        case .run: false
        case .slot: nil
        }
    }
}

extension TextTemplate {
    /// The template's positions, with every variable given a number.
    func nameTokens(_ slot: (VariableReference) -> Int) -> [NameToken] {
        pieces.flatMap { piece -> [NameToken] in
            switch piece {
            case .literal(let text): text.unicodeScalars.map(NameToken.scalar)
            case .one: [.one]
            case .run: [.run]
            case .variable(let variable): [.slot(slot(variable))]
            }
        }
    }
}
