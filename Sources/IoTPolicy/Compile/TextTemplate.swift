/// A variable as a document writes it.
struct VariableReference: Hashable, Sendable {
    /// The text between the brackets.
    let name: String
    let key: ContextKey

    /// - Parameter isClosed: without its closing brace a variable names no key, whatever follows.
    init(_ name: String, isClosed: Bool = true) {
        self.name = name
        key = isClosed ? ContextKey(name) : .other("${")
    }
}

/// A pattern or value of a document, with its variables still open.
///
/// A value bound to a variable becomes literal characters. It is never read as pattern text, so nothing a client or
/// certificate brings along can act as a wildcard or as a variable.
struct TextTemplate: Hashable, Sendable {
    enum Piece: Hashable, Sendable {
        case literal(String)
        case one
        case run
        case variable(VariableReference)
    }

    /// What stands for a variable.
    enum Syntax: Hashable, Sendable {
        /// Nothing: the language of 2008, and operators without variables.
        case none
        /// `${…}`
        case braces
        /// `${…}` and `$<iot:…>`
        case bracesAndAngles

        init(_ version: PolicyVersion, _ options: PolicyOptions) {
            self =
                version == .v2008 ? .none : options.acceptsAngleBracketVariables ? .bracesAndAngles : .braces
        }
    }

    let pieces: [Piece]

    init(_ text: some StringProtocol, wildcards: Bool, syntax: Syntax) {
        var pieces: [Piece] = []
        var literal = String.UnicodeScalarView()
        func flush() {
            guard !literal.isEmpty else { return }
            pieces.append(.literal(String(literal)))
            literal.removeAll()
        }
        let scalars = Array(text.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == "$", let (reference, next) = Self.reference(in: scalars, at: index, syntax) {
                index = next
                switch reference {
                case .escape(let escaped): literal.append(escaped)
                case .variable(let variable):
                    flush()
                    pieces.append(.variable(variable))
                }
                continue
            }
            if wildcards, scalar == "*" || scalar == "?" {
                flush()
                // Neighbouring stars say the same as one.
                if scalar == "?" { pieces.append(.one) } else if pieces.last != .run { pieces.append(.run) }
            } else {
                literal.append(scalar)
            }
            index += 1
        }
        flush()
        self.pieces = pieces
    }

    init(pieces: [Piece]) { self.pieces = pieces }

    private enum Reference {
        case escape(Unicode.Scalar)
        case variable(VariableReference)
    }

    private static func reference(in scalars: [Unicode.Scalar], at start: Int, _ syntax: Syntax)
        -> (Reference, next: Int)?
    {
        guard syntax != .none, start + 1 < scalars.count else { return nil }
        let close: Unicode.Scalar
        switch scalars[start + 1] {
        case "{": close = "}"
        case "<" where syntax == .bracesAndAngles: close = ">"
        default: return nil
        }
        let body = start + 2
        let end = scalars[body...].firstIndex(of: close)
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[body..<(end ?? scalars.count)])
        let name = String(view)
        if close == ">" {
            // Anything else in angle brackets is text; only this prefix was ever printed so.
            guard let end, name.asciiLowercased.hasPrefix("iot:") else { return nil }
            return (.variable(VariableReference(name)), end + 1)
        }
        // Without a closing brace there is no key, hence no value: it matches nothing.
        guard let end else { return (.variable(VariableReference(name, isClosed: false)), scalars.count) }
        if view.count == 1, let scalar = view.first, scalar == "*" || scalar == "?" || scalar == "$" {
            return (.escape(scalar), end + 1)
        }
        return (.variable(VariableReference(name)), end + 1)
    }

    var variables: [VariableReference] {
        pieces.compactMap { if case .variable(let variable) = $0 { variable } else { nil } }
    }

    /// The pattern with every variable replaced, or nil if one has no value.
    func bind(_ value: (VariableReference) -> String?) -> [PatternToken]? {
        var tokens: [PatternToken] = []
        for piece in pieces {
            switch piece {
            case .literal(let text): tokens.append(contentsOf: text.unicodeScalars.map(PatternToken.scalar))
            case .one: tokens.append(.one)
            case .run: tokens.append(.run)
            case .variable(let variable):
                guard let text = value(variable) else { return nil }
                tokens.append(contentsOf: text.unicodeScalars.map(PatternToken.scalar))
            }
        }
        return tokens
    }

    /// The text with every variable replaced, for templates without wildcards.
    func bindText(_ value: (VariableReference) -> String?) -> String? {
        var result = ""
        for piece in pieces {
            switch piece {
            case .literal(let text): result += text
            case .one: result += "?"
            case .run: result += "*"
            case .variable(let variable):
                guard let text = value(variable) else { return nil }
                result += text
            }
        }
        return result
    }
}
