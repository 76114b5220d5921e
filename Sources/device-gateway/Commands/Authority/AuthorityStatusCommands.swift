import ArgumentParser
import DeviceGateway

struct AuthorityActivateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activate", abstract: "Lets an authority admit devices (again).")

    @OptionGroup var authority: AuthorityArgument
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        try await authority.set(isActive: true, directory)
    }
}

struct AuthorityDeactivateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deactivate", abstract: "Stops an authority from admitting new devices.",
        discussion: "Devices that it has admitted stay; shut them out by their certificates.")

    @OptionGroup var authority: AuthorityArgument
    @OptionGroup var trial: TrialOptions
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        try await authority.set(isActive: false, directory, trial)
    }
}

struct AuthorityRevocationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revocation", abstract: "Sets what an authority's revocation list is worth.",
        discussion: """
            none: it is not looked at. soft: listed devices are refused. hard: so are all others when there is no \
            current list; load its successor in time.
            """)

    @OptionGroup var authority: AuthorityArgument

    @Argument(help: "none, soft or hard.")
    var mode: String

    @OptionGroup var trial: TrialOptions
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        try await authority.execute(.setRevocationMode(id: authority.id, mode: mode), directory, trial) {
            "Authority \($0.id.prefix(16))…: revocation \($0.revocationMode)."
        }
    }
}

struct AuthorityDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Removes an authority that was deactivated, and its revocation lists.",
        discussion: "Devices that it has admitted stay; shut them out by their certificates.")

    @OptionGroup var authority: AuthorityArgument
    @OptionGroup var trial: TrialOptions
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        try await authority.execute(.removeAuthority(id: authority.id), directory, trial) {
            "Authority \($0.id.prefix(16))… is removed."
        }
    }
}

struct AuthorityRegistrationCodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registration-code",
        abstract: "Shows the code that a verification certificate must carry as common name.")

    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let reply = try await OperatorSession(directory.resolved()).execute(.showRegistrationCode)
        guard case .registrationCode(let code) = reply else { throw OperatorSession.unexpectedReply }
        Terminal.print(code)
    }
}

/// Which authority is meant.
struct AuthorityArgument: ParsableArguments {
    @Argument(help: "The authority's id, or its first six or more digits.")
    var id: String

    fileprivate func set(
        isActive: Bool, _ directory: DirectoryOption, _ trial: TrialOptions? = nil
    ) async throws {
        try await execute(.setAuthority(id: id, isActive: isActive), directory, trial) {
            "Authority \($0.id.prefix(16))… is \($0.isActive ? "ACTIVE" : "INACTIVE")."
        }
    }

    fileprivate func execute(
        _ command: OperatorCommand, _ directory: DirectoryOption, _ trial: TrialOptions?,
        _ sentence: (AuthoritySummary) -> String
    ) async throws {
        let session = try OperatorSession(directory.resolved())
        guard let reply = try await session.execute(command, trial) else { return }
        guard case .authority(let authority) = reply else { throw OperatorSession.unexpectedReply }
        Terminal.print(sentence(authority))
    }
}
