/// Something about a document that is probably not meant.
public struct LintFinding: Hashable, Sendable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Hashable, Sendable, Comparable, CaseIterable {
        /// Worth knowing.
        case note
        /// Probably not meant, or more than a device needs.
        case warning
        /// Cannot work, or opens what a policy is there to close.
        case error

        /// By gravity.
        public static func < (lhs: Severity, rhs: Severity) -> Bool { lhs.rank < rhs.rank }

        private var rank: Int {
            switch self {
            case .note: 0
            case .warning: 1
            case .error: 2
            }
        }
    }

    /// The kind of finding. More may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The code's name.
        public let rawValue: String

        /// A code by name.
        public init(rawValue: String) { self.rawValue = rawValue }
    }

    /// The kind of finding.
    public let code: Code
    /// How bad it is.
    public let severity: Severity
    /// The line it is about, counted from 1.
    public let line: Int
    /// The column it is about, counted from 1.
    public let column: Int
    /// What is the matter.
    public let message: String
    /// What to write instead.
    public let fix: String

    /// Severity, place, matter and remedy in one line.
    public var description: String {
        "\(severity.rawValue) \(code.rawValue), line \(line), column \(column): \(message); \(fix)"
    }
}
