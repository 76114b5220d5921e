import ArgumentParser

struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: "Adds devices and shows them.",
        discussion: """
            A device is a thing in AWS IoT's sense: a name that certificates are attached to.

              device-gateway device add device1 --output ./device1
              device-gateway device list
            """,
        subcommands: [DeviceAddCommand.self, DeviceListCommand.self, DeviceShowCommand.self])
}
