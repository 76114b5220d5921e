import ArgumentParser
import DeviceGateway

/// What a new credential gets and where it is written.
struct CredentialOptions: ParsableArguments {
    @Option(
        name: [.long, .short],
        help: ArgumentHelp("Where the files are written.", valueName: "dir"))
    var output = "."

    @Option(
        name: .customLong("policy"),
        help: ArgumentHelp(
            "A policy for the certificate; repeatable (default: \(DefaultPolicy.name)).", valueName: "name"))
    var policies: [String] = []

    @Option(help: ArgumentHelp("The gateway's name as the device reaches it.", valueName: "host"))
    var host = "localhost"

    @OptionGroup var directory: DirectoryOption

    /// Has a credential issued and writes it, so that either the files are there or nothing is.
    ///
    /// - Parameter writesKey: false where the device has its key already.
    func issue(
        for thing: String, writesKey: Bool = true, _ command: (_ policies: [String]) -> OperatorCommand
    ) async throws {
        let directory = directory.resolved()
        let session = try OperatorSession(directory)
        let settings = try SettingsLoader(directory).load()
        let kit = ConnectionKit(thing: thing, directory: output)
        try kit.checkFree(
            root: try DurableFile.readText(directory.authorityCertificate, limit: 1_048_576),
            writesKey: writesKey)

        let reply = try await session.execute(command(policies.isEmpty ? [DefaultPolicy.name] : policies))
        guard case .credential(let credential) = reply else { throw OperatorSession.unexpectedReply }
        do {
            try kit.write(credential)
        } catch {
            // The key is lost with this process; its certificate must not stay valid.
            _ = try? await session.execute(
                .setCertificateStatus(.id(credential.certificateID), status: "REVOKED"))
            throw CommandFailure(
                "\(error)\nThe certificate issued for it, \(credential.certificateID.prefix(16))…, was revoked. "
                    + "When the files can be written, get another with: "
                    + ShellQuoting.line(["device-gateway", "certificate", "create", "--thing", thing]))
        }
        Terminal.print(
            kit.explanation(of: credential, host: host, port: credential.tlsPort ?? settings.tls.port))
    }
}
