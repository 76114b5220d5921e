import ArgumentParser

struct AuthorityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ca",
        abstract:
            "Manages the gateway's own authority, and registers others whose devices are admitted in bulk.",
        discussion: """
            A device whose certificate verifies to a registered authority is admitted on first sight, as a thing \
            named by the common name in its certificate, without being added one by one:

              device-gateway ca register factory.pem --verification proof.pem --auto-register --policy pumps

            The authority is thereby trusted to name any thing.

            The gateway's own authority issues what device add and certificate create write: create, status, rotate \
            and forget are about it.
            """,
        subcommands: [
            AuthorityCreateCommand.self, AuthorityStatusCommand.self, AuthorityRotateCommand.self,
            AuthorityForgetCommand.self,
            AuthorityRegisterCommand.self, AuthorityListCommand.self, AuthorityActivateCommand.self,
            AuthorityDeactivateCommand.self, AuthorityRevocationCommand.self, AuthorityDeleteCommand.self,
            AuthorityRegistrationCodeCommand.self,
        ])
}
