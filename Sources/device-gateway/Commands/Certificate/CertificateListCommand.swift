import ArgumentParser
import DeviceGateway

struct CertificateListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the registered device certificates.")

    @OptionGroup var listing: ListingOptions
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let session = try OperatorSession(directory.resolved())
        let certificates = try await session.all({ .listCertificates(after: $0, limit: nil) }) {
            if case .certificates(let page) = $0 { page } else { nil }
        }
        try listing.show(certificates, none: "There are no certificates yet.") { forTerminal in
            var table = Table("CERTIFICATE", "STATUS", "EXPIRES", "DEVICE", "POLICIES")
            for certificate in certificates {
                table.add(
                    certificate.shownID(forTerminal), certificate.status,
                    Timestamp.text(certificate.notAfter),
                    certificate.things.joined(separator: ","), certificate.policies.joined(separator: ","))
            }
            return table
        }
    }
}
