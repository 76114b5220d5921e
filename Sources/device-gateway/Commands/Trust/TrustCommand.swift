import ArgumentParser
import DeviceGateway

struct TrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust",
        abstract: "Goes back to an earlier state of certificates, authorities and lists.",
        discussion: """
            Each change of a certificate's status, of an authority or of a revocation list makes a new version. \
            Versions are kept while the gateway runs.

              device-gateway trust versions
              device-gateway trust rollback 12 --dry-run
              device-gateway trust rollback 12
            """,
        subcommands: [TrustVersionsCommand.self, TrustRollbackCommand.self])
}

struct TrustVersionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "versions", abstract: "Shows the present version and those one can go back to.")

    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let reply = try await OperatorSession(directory.resolved()).execute(.listTrustVersions)
        guard case .trust(let summary) = reply else { throw OperatorSession.unexpectedReply }
        let earlier = summary.earlier.map(String.init).joined(separator: ", ")
        Terminal.print("Present version: \(summary.version)")
        Terminal.print("Earlier ones: \(earlier.isEmpty ? "none" : earlier)")
    }
}

struct TrustRollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Goes back to an earlier version.",
        discussion: """
            REVOKED stays REVOKED. Certificates registered since stay registered and become INACTIVE. Things and \
            policies are not touched.
            """)

    @Argument(help: "The version.")
    var version: UInt64

    @OptionGroup var trial: TrialOptions
    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let session = try OperatorSession(directory.resolved())
        guard let reply = try await session.execute(.rollBackTrust(version: version), trial) else { return }
        guard case .trust(let summary) = reply else { throw OperatorSession.unexpectedReply }
        Terminal.print("Went back to version \(version); the present version is \(summary.version).")
    }
}
