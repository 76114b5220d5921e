/// Looks for what a document says and its author hardly means.
///
/// Sources: AWS IoT Device Defender Developer Guide, audit checks "AWS IoT Core policies overly permissive" and
/// "AWS IoT Core policy potentially misconfigured"; AWS IoT Core Developer Guide, policy examples.
public enum PolicyLinter {
    /// All findings, in document order.
    ///
    /// A document is looked at alone. Where another policy on the same certificate could supply what is missing, the
    /// finding is no more than a warning.
    public static func lint(_ document: PolicyDocument) -> [LintFinding] {
        var findings = documentFindings(document)
        for (index, statement) in document.statements.enumerated() {
            let linter = StatementLinter(statement, index: index, document: document)
            findings += linter.actionFindings() + linter.resourceFindings() + linter.variableFindings()
            findings += linter.conditionFindings() + linter.grantFindings()
        }
        findings += CoverageLinter(document).findings()
        return findings.enumerated()
            .sorted {
                ($0.element.line, $0.element.column, $0.offset) < (
                    $1.element.line, $1.element.column, $1.offset
                )
            }
            .map(\.element)
    }

    private static func documentFindings(_ document: PolicyDocument) -> [LintFinding] {
        var findings: [LintFinding] = []
        let top = SourcePosition(line: 1, column: 1)
        if document.statements.isEmpty {
            findings.append(
                LintFinding(
                    .impossibleStatement, .warning, at: top, "the document has no statements",
                    fix: "add a statement, or remove the policy"))
        }
        if document.version == .v2008 {
            findings.append(
                LintFinding(
                    .versionMissing, .note, at: top,
                    "the document is in the language of 2008, without variables",
                    fix: "write \"Version\": \"2012-10-17\""))
        }
        var sids: Set<String> = []
        for statement in document.statements {
            guard let sid = statement.sid, !sids.insert(sid).inserted else { continue }
            findings.append(
                LintFinding(
                    .repeatedSid, .note, at: statement.position, "the Sid \"\(sid)\" is used twice",
                    fix: "give each statement a Sid of its own"))
        }
        return findings
    }
}

extension LintFinding {
    init(_ code: Code, _ severity: Severity, at position: SourcePosition, _ message: String, fix: String) {
        self.init(
            code: code, severity: severity, line: position.line, column: position.column, message: message,
            fix: fix)
    }
}
