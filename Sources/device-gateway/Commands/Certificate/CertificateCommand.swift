import ArgumentParser

struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "Shows and issues certificates, deactivates and revokes them.",
        discussion: """
            A certificate is named by the first six or more digits of its id, or by its device:

              device-gateway certificate list
              device-gateway certificate deactivate --thing device1
              device-gateway certificate activate 3fa9c1d2

            Only an ACTIVE certificate connects. Deactivating cuts its connections at once and can be undone; \
            revoking can't.
            """,
        subcommands: [
            CertificateListCommand.self, CertificateShowCommand.self, CertificateCreateCommand.self,
            CertificateSignCommand.self,
            CertificateRegisterCommand.self, CertificateExportCommand.self, CertificateDeleteCommand.self,
            CertificateActivateCommand.self, CertificateDeactivateCommand.self, CertificateRevokeCommand.self,
            CertificateVerifyCommand.self,
        ])
}
