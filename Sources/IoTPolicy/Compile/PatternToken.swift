/// One position of a pattern whose variables have been bound.
enum PatternToken: Hashable, Sendable {
    /// Exactly this character.
    case scalar(Unicode.Scalar)
    /// `?`: exactly one character.
    case one
    /// `*`: any run of characters, none included.
    case run
}
