/// A position of a pattern, as far as taking off a prefix has to know it.
protocol ResidualToken {
    /// Whether any run of characters fits here.
    var isRun: Bool { get }
    /// Whether exactly this character fits here; nil if that is not known yet.
    func accepts(_ scalar: Unicode.Scalar) -> Bool?
}

extension PatternToken: ResidualToken {
    var isRun: Bool { self == .run }

    func accepts(_ scalar: Unicode.Scalar) -> Bool? { self == .one || self == .scalar(scalar) }
}

/// What remains of a pattern once the beginning of the text is known.
///
/// All names an MQTT action is judged on share one ARN prefix; taking it off when policies are compiled leaves
/// patterns over the bare name.
enum PatternResidual {
    /// The patterns of which one fits `rest` exactly when `tokens` fits `prefix` followed by `rest`; nil if that
    /// depends on a position whose text is not known yet.
    static func patterns<Token: ResidualToken>(_ tokens: [Token], after prefix: some Sequence<Unicode.Scalar>)
        -> [ArraySlice<Token>]?
    {
        // Nearly always the pattern spells the prefix out, or differs from it soon.
        var spelled = 0
        for scalar in prefix {
            guard spelled < tokens.count else { return [] }
            guard !tokens[spelled].isRun, let accepts = tokens[spelled].accepts(scalar) else {
                return search(tokens, after: prefix)
            }
            guard accepts else { return [] }
            spelled += 1
        }
        return [tokens[spelled...]]
    }

    private static func search<Token: ResidualToken>(
        _ tokens: [Token], after prefix: some Sequence<Unicode.Scalar>
    )
        -> [ArraySlice<Token>]?
    {
        // Positions still possible. A star that may go on is kept as its own position and stands for all after it.
        var positions: [Int] = [0]
        for scalar in prefix {
            var next: [Int] = []
            func add(_ position: Int) { if !next.contains(position) { next.append(position) } }
            for position in positions {
                var position = position
                while position < tokens.count, tokens[position].isRun {
                    add(position)
                    position += 1
                }
                guard position < tokens.count else { continue }
                guard let accepts = tokens[position].accepts(scalar) else { return nil }
                if accepts { add(position + 1) }
            }
            positions = next.filter { position in
                position == 0 || !(next.contains(position - 1) && tokens[position - 1].isRun)
            }
        }
        return positions.map { tokens[$0...] }
    }
}
