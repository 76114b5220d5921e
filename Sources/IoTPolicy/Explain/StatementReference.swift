/// Which statement of which policy.
public struct StatementReference: Hashable, Sendable, CustomStringConvertible {
    /// The policy's name.
    public let policyName: String
    /// The statement's label, if it has one.
    public let sid: String?
    /// The statement's place in its document, counted from 0.
    public let index: Int
    /// The line the statement begins on, counted from 1.
    public let line: Int
    /// The column it begins in, counted from 1.
    public let column: Int

    /// A reference to a statement.
    public init(policyName: String, sid: String?, index: Int, line: Int, column: Int) {
        self.policyName = policyName
        self.sid = sid
        self.index = index
        self.line = line
        self.column = column
    }

    /// For example: statement 2 ("Telemetry") of policy device (line 9, column 5).
    public var description: String {
        let label = sid.map { " (\"\($0)\")" } ?? ""
        return "statement \(index + 1)\(label) of policy \(policyName) (line \(line), column \(column))"
    }
}
