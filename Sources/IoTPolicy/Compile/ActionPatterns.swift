/// The patterns of `Action` or `NotAction`. Prefix and name compare without case; `*` and `?` are wildcards.
struct ActionPatterns: Sendable {
    let isNegated: Bool
    private let globs: [Glob]

    init(_ patterns: PolicyPatterns) {
        isNegated = patterns.isNegated
        globs = patterns.patterns.map { Glob($0.text.asciiLowercased) }
    }

    /// - Parameter action: the action in lower case.
    func match(_ action: [UInt8]) -> Bool { globs.contains { $0.matches(action) } != isNegated }
}
