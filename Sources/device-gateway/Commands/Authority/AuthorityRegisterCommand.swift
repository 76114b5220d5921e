import ArgumentParser
import DeviceGateway

struct AuthorityRegisterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Registers an authority's certificate.",
        discussion: """
              device-gateway ca register factory.pem --auto-register --policy pumps

            Registering it again changes what its devices get.
            """)

    @Argument(help: ArgumentHelp("The authority's certificate, PEM.", valueName: "file"))
    var file: String

    @Flag(help: "Admits its devices on first sight.")
    var autoRegister = false

    @Option(
        name: .customLong("policy"),
        help: ArgumentHelp("A policy for such a device's certificate; repeatable.", valueName: "name"))
    var policies: [String] = []

    @OptionGroup var directory: DirectoryOption

    func validate() throws {
        if autoRegister, policies.isEmpty {
            throw ValidationError(
                "--auto-register needs a --policy; without any, its devices could not do anything.")
        }
        if !autoRegister, !policies.isEmpty {
            throw ValidationError("--policy belongs to --auto-register.")
        }
    }

    func run() async throws {
        let session = try OperatorSession(directory.resolved())
        let reply = try await session.execute(
            .registerAuthority(
                pem: try InputFile.text(file), autoRegister: autoRegister, policies: policies))
        guard case .authority(let authority) = reply else { throw OperatorSession.unexpectedReply }
        Terminal.print(
            "Authority \(authority.id.prefix(16))…, \(PlainText.oneLine(authority.subject)), is registered.")
        if autoRegister {
            Terminal.print(
                "Its devices are admitted on first sight, with \(authority.policies.joined(separator: ", "))."
            )
        }
    }
}
