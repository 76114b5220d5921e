import ArgumentParser
import DeviceGateway

struct PolicyPutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Creates a policy or replaces its document.",
        discussion: "A replaced document is in force at once, for connected devices too.")

    @Argument(help: "The policy's name.")
    var name: String

    @Argument(help: "The document's file; - reads the standard input.")
    var file: String

    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        // Judged here first, so that the place of a fault is shown with the line itself.
        let text = try InputFile.text(file)
        _ = try PolicyFile.document(text, name: file)
        let session = try OperatorSession(directory.resolved())
        guard case .policy(let policy) = try await session.execute(.putPolicy(name: name, document: text))
        else {
            throw OperatorSession.unexpectedReply
        }
        let targets = policy.summary.targetCount
        Terminal.print(
            "Policy \(policy.summary.name), version \(policy.summary.version), attached to \(targets) "
                + (targets == 1 ? "certificate." : "certificates."))
    }
}
