import ArgumentParser
import DeviceGateway
import X509Auth

struct CertificateCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Gives a device one more key and certificate.",
        discussion: """
            For rotation, or when a key was lost. The certificates it has stay as they are; deactivate the old \
            one when the device uses the new one.

              device-gateway certificate create --thing device1 --output ./device1-new
              device-gateway certificate create --thing device1 --key RSA-2048 --valid-to 2030-01-01T00:00:00Z

            A device that made its own key sends a signing request instead: see certificate sign.
            """)

    @Option(help: ArgumentHelp("The device.", valueName: "name"))
    var thing: String

    @Option(
        help: ArgumentHelp("The kind of key, one of \(KeyKind.names) (default: P-256).", valueName: "kind"),
        transform: KeyKind.named)
    var key: KeyKind = .p256

    @OptionGroup var validity: ValidityOption
    @OptionGroup var credential: CredentialOptions

    func run() async throws {
        var wish = CertificateWish()
        wish.key = key
        wish.notAfter = validity.notAfter
        try await credential.issue(for: thing) { [wish] in
            .createCertificate(thing: thing, policies: $0, wish: wish)
        }
    }
}

extension KeyKind {
    /// For help texts.
    static let names = allCases.map(\.rawValue).joined(separator: ", ")

    /// The names in any case, `p256` included.
    static func named(_ argument: String) throws -> KeyKind {
        let wanted = argument.uppercased().filter { $0 != "-" }
        guard let kind = allCases.first(where: { $0.rawValue.filter { $0 != "-" } == wanted }) else {
            throw ValidationError("“\(argument)” is no kind of key; there are \(names).")
        }
        return kind
    }
}

/// When what is issued ends.
struct ValidityOption: ParsableArguments {
    @Option(
        name: .customLong("valid-to"),
        help: ArgumentHelp(
            "Last valid second, such as 2030-01-01T00:00:00Z (default: 2049-12-31T23:59:59Z, as AWS IoT's).",
            valueName: "time"))
    var validTo: String?

    /// Unix seconds; nil: the default.
    var notAfter: Int64? { validTo.flatMap(RFC3339.seconds) }

    func validate() throws {
        if let validTo, RFC3339.seconds(validTo) == nil {
            throw ValidationError("--valid-to needs a time such as 2030-01-01T00:00:00Z, not “\(validTo)”.")
        }
    }
}
