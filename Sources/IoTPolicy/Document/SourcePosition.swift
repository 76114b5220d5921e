/// A place in a document's text.
///
/// Positions do not take part in comparison: two documents that say the same are equal, however they are laid out.
public struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    /// The line, counted from 1.
    public let line: Int
    /// The column in Unicode scalars, counted from 1.
    public let column: Int

    /// A place.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The place in words.
    public var description: String { "line \(line), column \(column)" }

    /// Always true; see the type's description.
    public static func == (lhs: SourcePosition, rhs: SourcePosition) -> Bool { true }

    /// Adds nothing; see the type's description.
    public func hash(into hasher: inout Hasher) {}
}
