/// What remains of a pattern once the beginning of the text is known.
///
/// All names an MQTT action is judged on share one ARN prefix; taking it off when a connection is admitted leaves
/// patterns over the bare name.
enum PatternResidual {
    /// The patterns of which one fits `rest` exactly when `tokens` fits `prefix` followed by `rest`.
    static func patterns(_ tokens: [PatternToken], after prefix: some Sequence<Unicode.Scalar>)
        -> [ArraySlice<PatternToken>]
    {
        // Positions still possible. A star that may go on is kept as its own position and stands for all after it.
        var positions: [Int] = [0]
        for scalar in prefix {
            var next: [Int] = []
            func add(_ position: Int) { if !next.contains(position) { next.append(position) } }
            for position in positions {
                var position = position
                while position < tokens.count, tokens[position] == .run {
                    add(position)
                    position += 1
                }
                guard position < tokens.count else { continue }
                if tokens[position] == .one || tokens[position] == .scalar(scalar) { add(position + 1) }
            }
            positions = next.filter { position in
                position == 0 || !(next.contains(position - 1) && tokens[position - 1] == .run)
            }
        }
        return positions.map { tokens[$0...] }
    }
}
