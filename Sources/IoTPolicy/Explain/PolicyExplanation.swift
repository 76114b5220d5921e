/// Why a request was decided as it was, in terms a developer can act on.
public struct PolicyExplanation: Hashable, Sendable, CustomStringConvertible {
    /// The decision; always the same as without explanation.
    public let decision: PolicyDecision
    /// The request that was judged.
    public let request: PolicyRequest
    /// The statement that decided: the first matching `Deny`, else the first matching `Allow`. Nil for an implicit
    /// deny.
    public let decidingStatement: StatementReference?
    /// The pattern of that statement's `Resource` that fits, as the document writes it. Nil for `NotResource`.
    public let matchedPattern: String?
    /// The variables of that statement (for an implicit deny: of the nearest miss) and what they stood for.
    public let variables: [Variable]
    /// For an implicit deny: the statement that came closest, and what kept it from allowing.
    public let nearestMiss: String?
    /// Keys that statements about this action asked for and that have no value here.
    public let missingContextValues: [String]
    /// Every matching `Allow`.
    public let allowingStatements: [StatementReference]
    /// Every matching `Deny`.
    public let denyingStatements: [StatementReference]
    /// The policies of which no statement matched.
    public let policiesWithoutMatch: [String]

    /// A policy variable and its value.
    public struct Variable: Hashable, Sendable, CustomStringConvertible {
        /// The name as the document writes it, without `${` and `}`.
        public let name: String
        /// The value, or nil if it has none.
        public let value: String?
        /// Why it has no value.
        public let reason: String?

        /// The variable and its value or the reason for having none.
        public var description: String {
            if let value {
                "${\(name)} = \(value)"
            } else {
                "${\(name)} has no value\(reason.map { ": \($0)" } ?? "")"
            }
        }
    }

    /// The whole finding in one line.
    public var summary: String {
        let what = "\(request.action) on \(request.resource)"
        switch decision {
        case .allowed:
            return "allowed: \(what) by \(place)"
        case .explicitDeny:
            return "denied explicitly: \(what) by \(place)"
        case .implicitDeny:
            return "denied: nothing allows \(what)\(nearestMiss.map { "; \($0)" } ?? "")"
        }
    }

    private var place: String {
        let statement = decidingStatement.map(\.description) ?? "no statement"
        return matchedPattern.map { "\(statement), pattern \($0)" } ?? "\(statement), by its NotResource"
    }

    /// The summary, then one line for each variable and for the keys without value.
    public var description: String {
        var lines = [summary]
        lines += variables.map { "  \($0)" }
        if !missingContextValues.isEmpty {
            lines.append("  without value here: \(missingContextValues.joined(separator: ", "))")
        }
        return lines.joined(separator: "\n")
    }
}
