import ArgumentParser
import DeviceGateway
import X509Auth

struct AuthorityRegisterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Registers an authority's certificate.",
        discussion: """
              device-gateway ca register factory.pem --auto-register --policy pumps

            Registering it again changes what its devices get. Give an authority's certificate, not a device's: \
            whoever holds its key can make devices that are admitted, under any name.
            """)

    @Argument(help: ArgumentHelp("The authority's certificate, PEM.", valueName: "file"))
    var file: String

    @Flag(help: "Admits its devices on first sight.")
    var autoRegister = false

    @Option(
        name: .customLong("policy"),
        help: ArgumentHelp("A policy for such a device's certificate; repeatable.", valueName: "name"))
    var policies: [String] = []

    @OptionGroup var directory: DirectoryOption

    func validate() throws {
        if autoRegister, policies.isEmpty {
            throw ValidationError(
                "--auto-register needs a --policy; without any, its devices could not do anything.")
        }
        if !autoRegister, !policies.isEmpty {
            throw ValidationError("--policy belongs to --auto-register.")
        }
    }

    func run() async throws {
        let pem = try InputFile.text(file)
        let certificate = try Self.certificate(pem, file: file)
        let session = try OperatorSession(directory.resolved())
        let reply = try await session.execute(
            .registerAuthority(pem: pem, autoRegister: autoRegister, policies: policies))
        guard case .authority(let authority) = reply else { throw OperatorSession.unexpectedReply }
        Terminal.print(
            "Authority \(authority.id.prefix(16))…, \(PlainText.oneLine(authority.subject)), is registered: "
                + "\(Self.reach(of: certificate)).")
        if autoRegister {
            Terminal.print(
                "Its devices are admitted on first sight, with \(authority.policies.joined(separator: ", "))."
            )
        }
    }

    static func certificate(_ pem: String, file: String) throws -> X509Certificate {
        do {
            return try X509Certificate(pem: pem)
        } catch {
            throw CommandFailure(
                "\(file) holds no certificate that can be read: \(error.message). "
                    + "Give the authority's certificate in PEM, from -----BEGIN CERTIFICATE----- on.")
        }
    }

    /// How far trust in it goes, so that a slip is noticed: `openssl req -x509` makes every certificate an authority.
    static func reach(of certificate: X509Certificate) -> String {
        let intermediates =
            switch certificate.pathLengthConstraint {
            case nil: "any number of intermediate authorities"
            case 0?: "no intermediate authority"
            case let count?: "at most \(count) intermediate authorit\(count == 1 ? "y" : "ies")"
            }
        return "valid to \(Timestamp.text(certificate.notAfter)), with \(intermediates) below it"
    }
}
