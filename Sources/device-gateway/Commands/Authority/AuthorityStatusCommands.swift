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
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        try await authority.set(isActive: false, directory)
    }
}

/// Which authority is meant.
struct AuthorityArgument: ParsableArguments {
    @Argument(help: "The authority's id, or its first six or more digits.")
    var id: String

    fileprivate func set(isActive: Bool, _ directory: DirectoryOption) async throws {
        let session = try OperatorSession(directory.resolved())
        let reply = try await session.execute(.setAuthority(id: id, isActive: isActive))
        guard case .authority(let authority) = reply else { throw OperatorSession.unexpectedReply }
        Terminal.print(
            "Authority \(authority.id.prefix(16))… is \(authority.isActive ? "ACTIVE" : "INACTIVE").")
    }
}
