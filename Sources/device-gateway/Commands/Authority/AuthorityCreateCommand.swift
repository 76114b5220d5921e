import ArgumentParser
import X509Auth

struct AuthorityCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Makes a new gateway's own authority before its first start.",
        discussion: """
            serve makes one by itself, with a key that lies unencrypted in the gateway's directory (mode 0600). \
            This command is for having it otherwise:

              device-gateway ca create --encrypt
              device-gateway ca create --encrypt --ca-passphrase-file /run/secrets/ca

            The gateway then needs the passphrase at every start. Without it the key is lost for good.
            """)

    @Option(help: ArgumentHelp("The authority's common name.", valueName: "name"))
    var commonName = AuthorityDescription().commonName

    @Option(help: ArgumentHelp("Its organization.", valueName: "name"))
    var organization: String?

    @Option(
        help: ArgumentHelp("The kind of key, one of \(KeyKind.names) (default: P-256).", valueName: "kind"),
        transform: KeyKind.named)
    var key: KeyKind = .p256

    @Option(
        name: .customLong("valid-to"),
        help: ArgumentHelp(
            "Last valid second, such as 2040-01-01T00:00:00Z (default: without end).", valueName: "time"))
    var validTo: String?

    @Flag(help: "Encrypts the private key with a passphrase; asks for it unless told where it is.")
    var encrypt = false

    @OptionGroup var passphrase: AuthorityPassphraseOptions
    @OptionGroup var directory: DirectoryOption

    func validate() throws {
        if let validTo, RFC3339.seconds(validTo) == nil {
            throw ValidationError("--valid-to needs a time such as 2040-01-01T00:00:00Z, not “\(validTo)”.")
        }
    }

    func run() async throws {
        let directory = directory.resolved()
        guard !directory.holdsGateway else {
            throw CommandFailure(
                "\(directory.path) has an authority. Replace it with: "
                    + ShellQuoting.line(["device-gateway", "ca", "rotate", "--directory", directory.path]))
        }
        try directory.prepare()
        let lock = try AuthorityLock.acquire(directory)
        defer { withExtendedLifetime(lock) {} }
        let sources = passphrase.sources ?? PassphraseSources(asks: true)
        let newPassphrase = encrypt ? try sources.newPassphrase(for: directory.authorityKey) : nil
        let now = Timestamp.now()
        let description = AuthorityDescription(
            commonName: commonName, organization: organization, key: key,
            notAfter: validTo.flatMap(RFC3339.seconds) ?? ManagedAuthority.notAfter)
        let managed: ManagedAuthority
        do {
            managed = try ManagedAuthority.create(directory, description, passphrase: newPassphrase, now: now)
        } catch let error as X509Error {
            throw CommandFailure(PlainText.sentence(error.message))
        }
        Terminal.print(
            """
            Authority \(managed.authority.certificate.id.string.prefix(16))…, \
            \(PlainText.oneLine(managed.authority.certificate.subject.description)), is made.

              \(directory.authorityCertificate)   its certificate
              \(directory.authorityKey)   its private key, \(newPassphrase == nil ? "not encrypted" : "encrypted")

            Back up both. Start the gateway with: \
            \(ShellQuoting.line(["device-gateway", "serve", "--directory", directory.path] + passphrase.words))
            """)
    }
}

/// The lock of a directory whose authority is about to change.
enum AuthorityLock {
    static func acquire(_ directory: GatewayDirectory) throws -> DirectoryLock {
        do {
            return try DirectoryLock.acquire(directory.lock)
        } catch let held as DirectoryLock.Held {
            throw CommandFailure(
                "The gateway's directory is held by \(held.holder). Its authority changes while it is stopped; "
                    + "stop it, repeat this command, and start it again.")
        }
    }
}
