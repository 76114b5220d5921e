import ArgumentParser
import DeviceGateway
import X509Auth

struct CertificateSignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Issues a certificate for a device's signing request.",
        discussion: """
            The device makes its key itself and never gives it away; it sends a PKCS #10 signing request, signed \
            by that key:

              openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \\
                -keyout device1.private.key -subj /CN=device1 -out device1.csr
              device-gateway certificate sign device1.csr

            The device is the one that the request's common name or --thing names; it is added if it is new. Only \
            that name and the key are taken from the request, never the extensions it asks for. Writes \
            NAME.cert.pem and root-CA.crt.
            """)

    @Argument(help: ArgumentHelp("The signing request, PEM; - is the standard input.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("The device (default: the request's common name).", valueName: "name"))
    var thing: String?

    @Option(
        name: .customLong("dns-name"),
        help: ArgumentHelp("A DNS name to certify besides; repeatable.", valueName: "name"))
    var dnsNames: [String] = []

    @OptionGroup var validity: ValidityOption
    @OptionGroup var credential: CredentialOptions

    func run() async throws {
        let pem = try InputFile.text(file)
        let request: SigningRequest
        do {
            request = try SigningRequest(pem: pem)
        } catch {
            throw CommandFailure("\(file) can't be signed: \(error.message).")
        }
        guard let name = thing ?? request.subject.commonName else {
            throw CommandFailure("\(file) has no common name; name the device with --thing.")
        }
        let ignored = request.alternativeNames.filter { !dnsNames.map(GeneralName.dns).contains($0) }
        if !ignored.isEmpty {
            Terminal.note(
                "Not certified, though asked for: \(ignored.map(\.description).joined(separator: ", ")). "
                    + "DNS names are certified with --dns-name.")
        }
        var wish = CertificateWish()
        wish.request = pem
        wish.notAfter = validity.notAfter
        wish.dnsNames = dnsNames.isEmpty ? nil : dnsNames
        wish.createsThing = true
        try await credential.issue(for: name, writesKey: false) { [wish] in
            .createCertificate(thing: name, policies: $0, wish: wish)
        }
    }
}
