/// Guesses what a mistyped name was meant to be.
enum Spelling {
    /// The candidate at the least edit distance, if it is near enough to be a slip of the fingers.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        guard word.utf8.count <= 80 else { return nil }
        let best = candidates.map { (distance($0, word), $0) }.min { $0.0 < $1.0 }
        guard let best, best.0 <= max(2, word.count / 4) else { return nil }
        return best.1
    }

    /// Levenshtein's distance.
    static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substituted = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
