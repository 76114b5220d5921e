import ArgumentParser
import IoTPolicy

struct PolicyCasesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cases",
        abstract: "Judges a file of decided cases and reports the differences.",
        discussion: """
            The file is a JSON object with formatVersion 1 and cases; each case has an id, policies, a context, a \
            request and the expected answer: allowed, implicitDeny, explicitDeny or malformed. Exit status 1 when \
            an answer differs.

              device-gateway policy cases cases.json
            """)

    @Argument(help: "The file of cases.")
    var file: String

    func run() throws {
        let text = try InputFile.text(file)
        let cases: PolicyCases
        do throws(PolicyError) {
            cases = try PolicyCases(json: text)
        } catch {
            throw CommandFailure(PolicyFile.explanation(of: error, in: text, name: file))
        }
        let report = cases.judge()
        Terminal.print(report.description)
        if !report.allRight { throw ExitCode.failure }
    }
}
