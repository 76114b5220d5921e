import ArgumentParser
import DeviceGateway

struct CertificateShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows one certificate.")

    @OptionGroup var certificate: CertificateOption

    @Flag(help: "Prints JSON.")
    var json = false

    @Flag(help: "Prints the certificate in PEM.")
    var pem = false

    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let reply = try await OperatorSession(directory.resolved()).execute(
            .showCertificate(certificate.selector))
        guard case .certificate(let detail) = reply else { throw OperatorSession.unexpectedReply }
        if json { return Terminal.print(try JSONOutput.text(detail)) }
        if pem {
            return Terminal.print(detail.pem.hasSuffix("\n") ? String(detail.pem.dropLast()) : detail.pem)
        }
        var fields = Fields()
        fields.add("Certificate", detail.summary.id)
        fields.add("Status", detail.summary.status)
        fields.add("Devices", detail.summary.things.joined(separator: ", "))
        fields.add("Policies", detail.summary.policies.joined(separator: ", "))
        fields.add("Subject", detail.subject)
        fields.add("Issuer", detail.issuer)
        fields.add("Serial number", detail.serialNumber)
        fields.add("Key", detail.key)
        fields.add("Valid from", Timestamp.text(detail.summary.notBefore))
        fields.add("Valid to", Timestamp.text(detail.summary.notAfter))
        fields.add("Registered", Timestamp.text(detail.summary.registeredAt))
        fields.add("Admitted by", detail.summary.authority)
        Terminal.print(fields.rendered())
    }
}
