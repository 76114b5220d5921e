import ArgumentParser
import DeviceGateway
import X509Auth

struct AuthorityRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Replaces the gateway's own authority, with overlap.",
        discussion: """
            Makes a new key under the same name. From the next start on, certificates are issued with it. Nobody is \
            shut out: devices keep the certificates they have, and those that know only the old authority verify \
            the gateway by a cross-certificate, which the old key signs before it is removed.

            While the gateway is stopped:

              device-gateway ca rotate

            Then, in your own time, a new certificate for each device that ca status counts as relying on the old \
            one; its old certificate is deactivated when it uses the new one. When none is left, forget it:

              device-gateway certificate create --thing device1 --output ./device1-new
              device-gateway ca status
              device-gateway ca forget 3fa9c1d2

            A key that was encrypted stays encrypted, with the same passphrase; --encrypt asks for a new one.
            """)

    @Option(
        help: ArgumentHelp("The kind of key, one of \(KeyKind.names) (default: P-256).", valueName: "kind"),
        transform: KeyKind.named)
    var key: KeyKind = .p256

    @Flag(help: "Encrypts the new key with a new passphrase; asks for it.")
    var encrypt = false

    @Option(
        name: .customLong("new-ca-passphrase-file"),
        help: ArgumentHelp("File with the new passphrase, instead of asking.", valueName: "file"))
    var newPassphraseFile: String?

    @OptionGroup var offline: OfflineAuthority

    func validate() throws {
        if newPassphraseFile != nil, !encrypt {
            throw ValidationError("--new-ca-passphrase-file belongs to --encrypt.")
        }
    }

    func run() async throws {
        let directory = try offline.open()
        let lock = try AuthorityLock.acquire(directory)
        defer { withExtendedLifetime(lock) {} }
        let now = Timestamp.now()
        let passphrases = try offline.passphrases(directory)
        // Of the key as it is; a person is asked once.
        var passphrase: String?
        let managed = try ManagedAuthority.open(directory, now: now) { path in
            let given = try passphrases.passphrase(toOpen: path)
            passphrase = given
            return given
        }
        if encrypt {
            passphrase = try PassphraseSources(file: newPassphraseFile, asks: true)
                .newPassphrase(for: directory.authorityKey)
        }
        let successor: X509Certificate
        do {
            successor = try AuthorityRotation.rotate(
                directory, managed, key: key, passphrase: passphrase, now: now)
        } catch let error as X509Error {
            throw CommandFailure(PlainText.sentence(error.message))
        }
        let old = managed.authority.certificate.id.string.prefix(16)
        Terminal.print(
            """
            Authority \(successor.id.string.prefix(16))… issues from the gateway's next start on. Its key is \
            \(passphrase == nil ? "not encrypted" : "encrypted").
            The key of \(old)… is gone; its certificate is kept for the devices that rely on it.

            Back up \(directory.path), start the gateway, and give the devices new certificates in their own time: \
            ca status tells how many are left.
            """)
    }
}

struct AuthorityForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Ends the overlap with an earlier authority of the gateway's own.",
        discussion: """
            Refused while a certificate of it is ACTIVE. A device that has it as root-CA.crt and none newer can't \
            verify the gateway any more.
            """)

    @Argument(help: "The authority's id, or its first six or more digits.")
    var id: String

    @OptionGroup var offline: OfflineAuthority

    func run() async throws {
        let directory = try offline.open()
        let lock = try AuthorityLock.acquire(directory)
        let settings = try SettingsLoader(directory).load()
        let passphrases = try offline.passphrases(directory)
        let (home, _) = try await GatewayHome.open(
            directory, lock: lock, scope: settings.scope, passphrases: passphrases, now: Timestamp.now())
        defer { home.close() }
        guard
            case .managedAuthorities(let all) = try await home.gatewayOperator().execute(
                .listManagedAuthorities)
        else { throw OperatorSession.unexpectedReply }
        let meant = all.filter { $0.id.hasPrefix(id.lowercased()) }
        guard id.count >= 6, meant.count == 1, let authority = meant.first,
            let found = CertificateID(authority.id)
        else {
            throw CommandFailure("No single authority of the gateway's own has that id; see ca status.")
        }
        do {
            try AuthorityRotation.forget(
                found, directory, home.managed, devices: authority.activeCertificates)
        } catch let error as X509Error {
            throw CommandFailure(PlainText.sentence(error.message))
        }
        Terminal.print("Authority \(authority.id.prefix(16))… is forgotten from the gateway's next start on.")
    }
}

/// A gateway that is stopped while its authority changes.
struct OfflineAuthority: ParsableArguments {
    @OptionGroup var passphrase: AuthorityPassphraseOptions
    @OptionGroup var directory: DirectoryOption

    func open() throws -> GatewayDirectory {
        let directory = directory.resolved()
        try directory.checkIsOpen()
        guard directory.holdsGateway else {
            throw CommandFailure("There is no gateway in \(directory.path).")
        }
        return directory
    }

    func passphrases(_ directory: GatewayDirectory) throws -> PassphraseSources {
        if let sources = passphrase.sources { return sources }
        return try SettingsLoader(directory).load().authority.passphrases
    }
}
