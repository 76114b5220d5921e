import ArgumentParser
import DeviceGateway

struct CertificateCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Gives a device one more key and certificate.",
        discussion: """
            For rotation, or when a key was lost. The certificates it has stay as they are; deactivate the old \
            one when the device uses the new one.

              device-gateway certificate create --thing device1 --output ./device1-new
            """)

    @Option(help: ArgumentHelp("The device.", valueName: "name"))
    var thing: String

    @OptionGroup var credential: CredentialOptions

    func run() async throws {
        try await credential.issue(for: thing) { .createCertificate(thing: thing, policies: $0) }
    }
}
