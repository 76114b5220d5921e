import ArgumentParser
import DeviceGateway

struct CertificateActivateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activate", abstract: "Lets a certificate connect (again).")

    @OptionGroup var certificate: CertificateOption
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        try await certificate.setStatus("ACTIVE", directory)
    }
}

struct CertificateDeactivateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deactivate",
        abstract: "Shuts a certificate out, its connections included; can be undone.")

    @OptionGroup var certificate: CertificateOption
    @OptionGroup var trial: TrialOptions
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        try await certificate.setStatus("INACTIVE", directory, trial)
    }
}

struct CertificateRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Shuts a certificate out for good, its connections included.")

    @OptionGroup var certificate: CertificateOption
    @OptionGroup var trial: TrialOptions
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        try await certificate.setStatus("REVOKED", directory, trial)
    }
}

extension CertificateOption {
    fileprivate func setStatus(
        _ status: String, _ directory: DirectoryOption, _ trial: TrialOptions? = nil
    ) async throws {
        let session = try OperatorSession(directory.resolved())
        let command = OperatorCommand.setCertificateStatus(selector, status: status)
        guard let reply = try await session.execute(command, trial) else { return }
        guard case .changed(let certificates) = reply else { throw OperatorSession.unexpectedReply }
        for certificate in certificates {
            let owner = certificate.things.isEmpty ? "" : " of \(certificate.things.joined(separator: ", "))"
            Terminal.print("Certificate \(certificate.id.prefix(16))…\(owner) is \(certificate.status).")
        }
    }
}
