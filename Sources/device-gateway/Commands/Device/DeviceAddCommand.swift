import ArgumentParser
import DeviceGateway

struct DeviceAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Creates a device with its key and certificate.",
        discussion: """
            Writes NAME.private.key, NAME.cert.pem and root-CA.crt, as AWS IoT's connection kit names them, and \
            prints commands to try them with. Files are never overwritten. The private key is kept nowhere else.

              device-gateway device add device1
              device-gateway device add pump-7 --output ./pump-7 --policy pumps
            """)

    @Argument(help: "The device's name: a thing name, and its client ID.")
    var name: String

    @OptionGroup var credential: CredentialOptions

    func run() async throws {
        try await credential.issue(for: name) { .addDevice(name: name, policies: $0) }
    }
}
