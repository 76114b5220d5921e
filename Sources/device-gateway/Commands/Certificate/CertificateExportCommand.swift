import ArgumentParser
import DeviceGateway

struct CertificateExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a registered certificate in PEM.",
        discussion: "Never a key: the registry has none.")

    @OptionGroup var certificate: CertificateOption

    @Option(help: ArgumentHelp("Where to, a new file; without it to standard output.", valueName: "file"))
    var output: String?

    @OptionGroup var directory: DirectoryOption

    func run() async throws {
        let reply = try await OperatorSession(directory.resolved()).execute(
            .showCertificate(certificate.selector))
        guard case .certificate(let detail) = reply else { throw OperatorSession.unexpectedReply }
        let pem = detail.pem.hasSuffix("\n") ? String(detail.pem.dropLast()) : detail.pem
        guard let output else { return Terminal.print(pem) }
        try DurableFile.write(pem + "\n", toNew: output, mode: 0o644)
        Terminal.note("Wrote certificate \(detail.summary.id.prefix(16))… to \(output).")
    }
}
