import ArgumentParser
import DeviceGateway

struct DeviceShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows one device.")

    @Argument(help: "The device's name.")
    var name: String

    @Flag(help: "Prints JSON.")
    var json = false

    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let reply = try await OperatorSession(directory.resolved()).execute(.showDevice(name: name))
        guard case .device(let device) = reply else { throw OperatorSession.unexpectedReply }
        if json { return Terminal.print(try JSONOutput.text(device)) }
        var fields = Fields()
        fields.add("Device", device.name)
        fields.add("Type", device.typeName)
        for (name, value) in device.attributes.sorted(by: { $0.key < $1.key }) {
            fields.add("Attribute \(name)", value)
        }
        for certificate in device.certificates {
            fields.add("Certificate", certificate.id)
            fields.add("  Status", certificate.status)
            fields.add("  Expires", Timestamp.text(certificate.notAfter))
            fields.add("  Policies", certificate.policies.joined(separator: ", "))
        }
        Terminal.print(fields.rendered())
    }
}
