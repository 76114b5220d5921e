import ArgumentParser
import DeviceGateway
import X509Auth

struct CertificateShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a registered certificate, or what is in a file.",
        discussion: """
            Given an id, its first six or more digits, or --thing, it shows what the gateway has registered. Given a \
            file, it explains every certificate, signing request and revocation list in it (PEM or DER), with \
            warnings of what will not work; no gateway is needed for that.

              device-gateway certificate show 3fa9c1d2
              device-gateway certificate show --thing device1
              device-gateway certificate show device1.cert.pem --key device1.private.key

            Six to 64 hexadecimal digits are an id; a file of such a name is written ./NAME.
            """)

    @Argument(
        help: ArgumentHelp("A certificate's id or its first digits, or a file.", valueName: "id-or-file"))
    var subject: String?

    @Option(help: ArgumentHelp("The device whose certificate is meant, instead of an id.", valueName: "name"))
    var thing: String?

    @Option(
        help: ArgumentHelp(
            "With a file: says whether this private key belongs to its first certificate.", valueName: "file")
    )
    var key: String?

    @Flag(help: "Prints JSON.")
    var json = false

    @Flag(help: "Prints the registered certificate in PEM.")
    var pem = false

    @OptionGroup var directory: DirectoryOption

    func validate() throws {
        guard (subject == nil) != (thing == nil) else {
            throw ValidationError(
                "Name the certificate: its id, a file, or --thing with the device's name.")
        }
        if file == nil, key != nil { throw ValidationError("--key goes with a file.") }
        if file != nil, pem { throw ValidationError("--pem goes with a registered certificate.") }
    }

    /// The file that is meant; nil: a registered certificate.
    var file: String? {
        guard let subject, !Self.isID(subject) else { return nil }
        return subject
    }

    static func isID(_ text: String) -> Bool {
        (CertificateSelector.minimumPrefixLength...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                    UInt8(ascii: "A")...UInt8(ascii: "F"):
                    true
                default: false
                }
            }
    }

    func run() async throws {
        if let file {
            let inspection = try CredentialInspection(file: file, key: key, now: Timestamp.now())
            return Terminal.print(
                json
                    ? try JSONOutput.text(inspection.findings)
                    : inspection.text(Terminal.style(isPlainWanted: false)))
        }
        let selector: CertificateSelector = subject.map { .id($0) } ?? .thing(thing ?? "")
        let reply = try await OperatorSession(directory.resolved()).execute(.showCertificate(selector))
        guard case .certificate(let detail) = reply else { throw OperatorSession.unexpectedReply }
        if json { return Terminal.print(try JSONOutput.text(detail)) }
        if pem {
            return Terminal.print(detail.pem.hasSuffix("\n") ? String(detail.pem.dropLast()) : detail.pem)
        }
        var fields = Fields()
        fields.add("Certificate", detail.summary.id)
        fields.add("Status", detail.summary.status)
        fields.add("Devices", detail.summary.things.joined(separator: ", "))
        fields.add("Policies", detail.summary.policies.joined(separator: ", "))
        fields.add("Subject", detail.subject)
        fields.add("Issuer", detail.issuer)
        fields.add("Serial number", detail.serialNumber)
        fields.add("Key", detail.key)
        fields.add("Valid from", Timestamp.text(detail.summary.notBefore))
        fields.add("Valid to", Timestamp.text(detail.summary.notAfter))
        fields.add("Registered", Timestamp.text(detail.summary.registeredAt))
        fields.add("Admitted by", detail.summary.authority)
        Terminal.print(fields.rendered())
        if let certificate = try? X509Certificate(pem: detail.pem) {
            let style = Terminal.style(isPlainWanted: false)
            for warning in CertificateReport(certificate, now: Timestamp.now()).warnings {
                Terminal.print("\(style.paint("Warning:", .yellow)) \(PlainText.oneLine(warning))")
            }
        }
    }
}
