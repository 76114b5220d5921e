import ArgumentParser
import DeviceGateway
import X509Auth

struct CertificateRegisterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Registers a certificate that somebody else issued.",
        discussion: """
              device-gateway certificate register pump7.pem --thing pump7 --policy pumps
              device-gateway certificate register pump7.pem --ca 3fa9c1d2 --thing pump7 --policy pumps

            With --ca the certificate must have been issued by that registered authority. Without, it is your word \
            that it is to be trusted; no authority is asked.
            """)

    @Argument(help: ArgumentHelp("The certificate, PEM.", valueName: "file"))
    var file: String

    @Option(
        help: ArgumentHelp("The registered authority that issued it: the start of its id.", valueName: "id"))
    var ca: String?

    @Option(help: ArgumentHelp("ACTIVE, INACTIVE, or REVOKED to bar it.", valueName: "status"))
    var status = "ACTIVE"

    @Flag(help: "Admits its device only if it names the server it wants (SNI).")
    var sniOnly = false

    @Option(help: ArgumentHelp("The device, made if there is none of that name.", valueName: "name"))
    var thing: String?

    @Flag(help: "Makes device and certificate each other's only one.")
    var exclusive = false

    @Option(
        name: .customLong("policy"),
        help: ArgumentHelp("A policy to attach; repeatable.", valueName: "name"))
    var policies: [String] = []

    @OptionGroup var directory: DirectoryOption

    func validate() throws {
        if exclusive, thing == nil { throw ValidationError("--exclusive needs a --thing.") }
    }

    func run() async throws {
        let pem = try InputFile.text(file)
        do {
            _ = try X509Certificate(pem: pem)
        } catch {
            throw CommandFailure(
                "\(file) holds no certificate that can be read: \(error.message). "
                    + "Give it in PEM, from -----BEGIN CERTIFICATE----- on.")
        }
        let request = CertificateToRegister(
            pem: pem, authority: ca, status: status, sniOnly: sniOnly, thing: thing,
            exclusive: exclusive, policies: policies)
        let reply = try await OperatorSession(directory.resolved()).execute(.registerCertificate(request))
        guard case .changed(let certificates) = reply else { throw OperatorSession.unexpectedReply }
        for certificate in certificates {
            let owner = thing.map { " of \($0)" } ?? ""
            Terminal.print(
                "Certificate \(certificate.id.prefix(16))…\(owner) is registered, \(certificate.status).")
            if certificate.policies.isEmpty {
                Terminal.note("It has no policy yet, so its device may do nothing; see policy attach.")
            }
        }
    }
}
