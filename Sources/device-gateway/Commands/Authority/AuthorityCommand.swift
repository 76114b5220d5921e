import ArgumentParser

struct AuthorityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ca",
        abstract: "Registers certificate authorities whose devices are admitted in bulk.",
        discussion: """
            A device whose certificate verifies to a registered authority is admitted on first sight, as a thing \
            named by the common name in its certificate, without being added one by one:

              device-gateway ca register factory.pem --auto-register --policy pumps

            The authority is thereby trusted to name any thing.
            """,
        subcommands: [
            AuthorityRegisterCommand.self, AuthorityListCommand.self, AuthorityActivateCommand.self,
            AuthorityDeactivateCommand.self,
        ])
}
