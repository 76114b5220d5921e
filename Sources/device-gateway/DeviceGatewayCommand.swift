import ArgumentParser

/// `device-gateway`
@main
struct DeviceGatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device-gateway",
        abstract: "An MQTT gateway that authenticates and authorises devices as AWS IoT Core does.",
        discussion: """
            Each device has a key and a certificate of its own, and policies in AWS IoT's language say what it \
            may do. One directory holds everything: authority, registry, configuration.

            Start a gateway, then give a device its credential from a second terminal:

              device-gateway serve
              device-gateway device add device1

            A stolen key is shut out, connections included, in a moment:

              device-gateway certificate deactivate --thing device1

            The commands work on the running gateway, or on its directory while none runs.
            """,
        subcommands: [
            ServeCommand.self, DeviceCommand.self, CertificateCommand.self, PolicyCommand.self,
            AuthorityCommand.self, RevocationListCommand.self, TrustCommand.self, PacketCommand.self,
            DemoCommand.self,
        ])
}
