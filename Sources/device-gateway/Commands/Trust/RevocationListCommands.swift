import ArgumentParser
import DeviceGateway

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct RevocationListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crl", abstract: "Loads authorities' certificate revocation lists.",
        discussion: """
              device-gateway crl load factory.crl --dry-run
              device-gateway crl load factory.crl
              device-gateway ca revocation 3fa9c1d2 soft

            A list counts as its authority's revocation mode says; ca list shows both.
            """,
        subcommands: [RevocationListLoadCommand.self])
}

struct RevocationListLoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Loads a revocation list, complete or delta, PEM or DER.",
        discussion: """
            The authority that signed it must be registered. An older list than the one there is is refused, so \
            that nobody can bring back what has been revoked; --force takes it all the same.
            """)

    @Argument(help: ArgumentHelp("The list, a file that the gateway's user can read.", valueName: "file"))
    var file: String

    @Flag(help: "Takes an older list, too.")
    var force = false

    @OptionGroup var trial: TrialOptions
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let path = URL(fileURLWithPath: file).standardizedFileURL.path
        let session = try OperatorSession(directory.resolved())
        let command = OperatorCommand.loadRevocationList(path: path, force: force)
        guard let reply = try await session.execute(command, trial) else { return }
        guard case .authority(let authority) = reply else { throw OperatorSession.unexpectedReply }
        for list in authority.revocationLists {
            Terminal.print("Authority \(authority.id.prefix(16))…: \(list.text).")
        }
        if authority.revocationMode == "none" {
            Terminal.note(
                "It is not looked at: the authority's revocation mode is none. See ca revocation.")
        }
    }
}
