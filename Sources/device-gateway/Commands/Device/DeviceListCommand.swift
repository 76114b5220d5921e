import ArgumentParser
import DeviceGateway

struct DeviceListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the devices with their certificates.")

    @OptionGroup var listing: ListingOptions
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let session = try OperatorSession(directory.resolved())
        let devices = try await session.all({ .listDevices(after: $0, limit: nil) }) {
            if case .devices(let page) = $0 { page } else { nil }
        }
        try listing.show(
            devices, none: "There are no devices yet; add one with: device-gateway device add NAME"
        ) {
            forTerminal in
            var table = Table("DEVICE", "STATUS", "EXPIRES", "CERTIFICATE", "POLICIES")
            for device in devices {
                if device.certificates.isEmpty { table.add(device.name, "-", "-", "-", "-") }
                for certificate in device.certificates {
                    table.add(
                        device.name, certificate.status, Timestamp.text(certificate.notAfter),
                        certificate.shownID(forTerminal), certificate.policies.joined(separator: ","))
                }
            }
            return table
        }
    }
}

extension CertificateSummary {
    /// Enough of the id to name the certificate by, on a terminal; all of it elsewhere.
    func shownID(_ forTerminal: Bool) -> String {
        forTerminal ? String(id.prefix(16)) : id
    }
}
