import ArgumentParser
import DeviceGateway

struct PolicyShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Prints a policy's document.")

    @Argument(help: "The policy's name.")
    var name: String

    @Flag(help: "Prints JSON: document, version and the certificates it is attached to.")
    var json = false

    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let reply = try await OperatorSession(directory.resolved()).execute(.showPolicy(name: name))
        guard case .policy(let policy) = reply else { throw OperatorSession.unexpectedReply }
        if json { return Terminal.print(try JSONOutput.text(policy)) }
        if Terminal.isInteractive {
            Terminal.note(
                "version \(policy.summary.version), attached to \(policy.summary.targetCount) certificate(s)")
        }
        let document = policy.document
        Terminal.print(document.hasSuffix("\n") ? String(document.dropLast()) : document)
    }
}
