import ArgumentParser
import DeviceGateway
import X509Auth

struct AuthorityRegisterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Registers an authority's certificate.",
        discussion: """
              device-gateway ca register factory.pem --verification proof.pem --auto-register --policy pumps
              device-gateway ca register factory.pem --sni-only --auto-register --pending
              device-gateway ca register factory.pem --without-proof --auto-register --template template.json

            Registering it again changes what its devices get. Give an authority's certificate, not a device's: \
            whoever holds its key can make devices that are admitted, under any name.

            To prove that you hold the authority's key, issue a certificate with it whose common name is the code \
            that ca registration-code shows, and give that as --verification. Without the proof an authority is \
            registered --sni-only, as AWS IoT has it, or --without-proof, on your word alone. One that is registered \
            with its proof needs none again.
            """)

    @Argument(help: ArgumentHelp("The authority's certificate, PEM.", valueName: "file"))
    var file: String

    @Flag(help: "Admits its devices on first sight.")
    var autoRegister = false

    @Option(
        name: .customLong("policy"),
        help: ArgumentHelp("A policy for such a device's certificate; repeatable.", valueName: "name"))
    var policies: [String] = []

    @Flag(help: "Registers such a device PENDING_ACTIVATION, for somebody to activate.")
    var pending = false

    @Option(
        help: ArgumentHelp(
            "An AWS IoT provisioning template that says what such a device gets.", valueName: "file"))
    var template: String?

    @Option(
        help: ArgumentHelp(
            "A certificate that the authority issued for the registration code, PEM.", valueName: "file"))
    var verification: String?

    @Flag(help: "Admits its devices only if they name the server they want (SNI).")
    var sniOnly = false

    @Flag(help: "Takes your word for it that the authority's key is in the right hands.")
    var withoutProof = false

    @Option(
        help: ArgumentHelp(
            "What its revocation list is worth: none, soft, or hard, which admits nobody without a current one.",
            valueName: "mode"))
    var revocation: String?

    @OptionGroup var directory: DirectoryOption

    func validate() throws {
        let kinds = [!policies.isEmpty, pending, template != nil].filter { $0 }.count
        if autoRegister, kinds == 0 {
            throw ValidationError(
                "--auto-register needs a --policy; without any, its devices could not do anything. Or --pending, or "
                    + "a --template.")
        }
        if !autoRegister, kinds > 0 {
            throw ValidationError("--policy, --pending and --template belong to --auto-register.")
        }
        if kinds > 1 {
            throw ValidationError("Give one of --policy, --pending and --template.")
        }
        if [sniOnly, verification != nil, withoutProof].count(where: \.self) > 1 {
            throw ValidationError("Give one of --verification, --sni-only and --without-proof.")
        }
    }

    func run() async throws {
        let pem = try InputFile.text(file)
        let certificate = try Self.certificate(pem, file: file)
        let firstSight: AuthorityToRegister.FirstSight =
            !autoRegister ? .refused : pending ? .pending : template != nil ? .template : .commonName
        let request = AuthorityToRegister(
            pem: pem, verificationPEM: try verification.map(InputFile.text), withoutProof: withoutProof,
            sniOnly: sniOnly, firstSight: firstSight, policies: policies,
            template: try template.map(InputFile.text),
            revocationMode: revocation)
        let session = try OperatorSession(directory.resolved())
        let reply = try await session.execute(.registerAuthority(request))
        guard case .authority(let authority) = reply else { throw OperatorSession.unexpectedReply }
        Terminal.print(
            "Authority \(authority.id.prefix(16))…, \(PlainText.oneLine(authority.subject)), is registered: "
                + "\(Self.reach(of: certificate)).")
        if let sentence = authority.firstSightSentence { Terminal.print(sentence) }
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
