import ArgumentParser

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Puts policies, attaches them, and tests them before they are put.",
        discussion: """
            Policies are AWS IoT Core policy documents.

              device-gateway policy check pumps.json
              device-gateway policy test --file pumps.json --thing pump-7 --action connect
              device-gateway policy put pumps pumps.json
              device-gateway policy attach pumps --thing pump-7

            check, test, cases and compare work on files alone and need no gateway.
            """,
        subcommands: [
            PolicyPutCommand.self, PolicyListCommand.self, PolicyShowCommand.self, PolicyAttachCommand.self,
            PolicyDetachCommand.self, PolicyCheckCommand.self, PolicyTestCommand.self,
            PolicyCasesCommand.self,
            PolicyCompareCommand.self,
        ])
}
