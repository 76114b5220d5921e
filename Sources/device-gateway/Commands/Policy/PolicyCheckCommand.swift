import ArgumentParser
import IoTPolicy

struct PolicyCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Looks for faults and dangers in policy files.",
        discussion: """
            Exit status 1 when a file is no policy or has an error; warnings and notes are only printed.

              device-gateway policy check *.json
            """)

    @Argument(help: "Policy documents.")
    var files: [String]

    func run() throws {
        var hasErrors = false
        for path in files {
            do {
                let file = try PolicyFile(path)
                for finding in PolicyLinter.lint(file.document) {
                    hasErrors = hasErrors || finding.severity == .error
                    Terminal.print(Self.text(finding, path))
                }
            } catch let failure as CommandFailure {
                hasErrors = true
                Terminal.print(failure.description)
            }
        }
        if hasErrors { throw ExitCode.failure }
    }

    private static func text(_ finding: LintFinding, _ path: String) -> String {
        "\(path):\(finding.line):\(finding.column): \(finding.severity.rawValue): \(finding.message) [\(finding.code.rawValue)]\n"
            + "  Fix: \(finding.fix)"
    }
}
