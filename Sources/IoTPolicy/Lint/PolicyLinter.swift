/// Looks for what a document says and its author hardly means.
public enum PolicyLinter {
    /// All findings, in document order.
    public static func lint(_ document: PolicyDocument) -> [LintFinding] { [] }
}
