import ArgumentParser
import DeviceGateway

struct CertificateDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Removes a certificate that is not ACTIVE from the registry.",
        discussion: """
            A removed certificate is unknown: if its authority admits unknown devices, it comes back, unless it was \
            REVOKED: then it stays out for good.
            """)

    @OptionGroup var certificate: CertificateOption

    @Flag(help: "Detaches its things and policies first.")
    var detach = false

    @OptionGroup var trial: TrialOptions
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let session = try OperatorSession(directory.resolved())
        let command = OperatorCommand.removeCertificate(certificate.selector, detach: detach)
        guard let reply = try await session.execute(command, trial) else { return }
        guard case .changed(let removed) = reply else { throw OperatorSession.unexpectedReply }
        for certificate in removed { Terminal.print("Certificate \(certificate.id.prefix(16))… is removed.") }
    }
}
