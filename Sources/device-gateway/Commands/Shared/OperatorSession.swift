import DeviceGateway

/// Where a command is carried out: by the gateway that runs on a directory or, when none does, here,
/// under the directory's lock.
actor OperatorSession {
    private let directory: GatewayDirectory
    private let client: OperatorClient
    /// Set once the lock is held; then no gateway can start before this ends.
    private var home: GatewayHome?

    /// How long a lock is waited for that one and the same holder keeps without answering: another command at work, or
    /// a gateway about to listen. Both may first have to read a registry of a million certificates. A queue of commands
    /// is waited for as long as it moves.
    private static let patience: Duration = .seconds(30)

    init(_ directory: GatewayDirectory) throws {
        try directory.checkIsOpen()
        guard directory.holdsGateway else {
            throw CommandFailure(
                "There is no gateway in \(directory.path). Start one with: "
                    + ShellQuoting.line(["device-gateway", "serve", "--directory", directory.path]))
        }
        self.directory = directory
        self.client = OperatorClient(path: directory.socket)
    }

    deinit {
        // Before the lock goes, so that the next holder finds the registry's file free.
        home?.close()
    }

    /// Carries out one command.
    func execute(_ command: OperatorCommand) async throws -> OperatorReply {
        var patience = LockPatience(Self.patience)
        while true {
            do {
                if let home { return try await home.gatewayOperator().execute(command) }
                return try await client.execute(command)
            } catch  where error.code == .notRunning {
                do {
                    home = try await openHome()
                } catch let held as DirectoryLock.Held {
                    guard patience.waits(for: held, now: .now) else {
                        throw CommandFailure(
                            "The gateway's directory is held by \(held.holder), which doesn't answer on "
                                + "\(directory.socket). If it hangs, end it and try again.")
                    }
                    try await Task.sleep(for: .milliseconds(50))
                }
            } catch {
                throw CommandFailure(error, alternatives: alternatives(to: command, error.candidates ?? []))
            }
        }
    }

    /// All elements of a list, page by page.
    func all<Element>(
        _ command: (_ after: String?) -> OperatorCommand,
        _ page: (OperatorReply) -> OperatorPage<Element>?
    ) async throws -> [Element] {
        var elements: [Element] = []
        var after: String?
        repeat {
            guard let next = page(try await execute(command(after))) else { throw Self.unexpectedReply }
            elements += next.items
            after = next.next
        } while after != nil
        return elements
    }

    /// The command again for each certificate that could have been meant, ready to be pasted.
    private func alternatives(to command: OperatorCommand, _ candidates: [CertificateSummary]) -> String? {
        guard !candidates.isEmpty else { return nil }
        return candidates.compactMap { candidate in
            guard var words = command.words(naming: candidate.shownID(true)) else { return nil }
            if directory != GatewayDirectory("./gateway") { words += ["--directory", directory.path] }
            return "  \(candidate.status), registered \(Timestamp.text(candidate.registeredAt)):\n"
                + "    \(ShellQuoting.line(["device-gateway"] + words))"
        }.joined(separator: "\n")
    }

    private func openHome() async throws -> GatewayHome {
        let lock = try DirectoryLock.acquire(directory.lock)
        try directory.prepare()
        let settings = try SettingsLoader(directory).load()
        return try await GatewayHome.open(
            directory, lock: lock, scope: settings.scope, passphrases: settings.authority.passphrases,
            now: Timestamp.now()
        ).home
    }

    /// The gateway is of another release.
    static let unexpectedReply = CommandFailure(
        "The gateway answered with something that doesn't fit the command; use the device-gateway of its release."
    )
}

extension CommandFailure {
    /// An operator's error as a message, followed by what could be done instead.
    init(_ error: OperatorError, alternatives: String? = nil) {
        var message = error.message
        if let line = error.line, let column = error.column {
            message = "line \(line), column \(column): \(message)"
        }
        if let hint = error.hint { message += "\n  Hint: \(hint)" }
        if let alternatives { message += "\n" + alternatives }
        self.init(message)
    }
}

extension OperatorCommand {
    /// The words of the same command about one certificate; nil for commands about something else.
    fileprivate func words(naming id: String) -> [String]? {
        switch self {
        case .showCertificate: ["certificate", "show", id]
        case .setCertificateStatus(_, "ACTIVE"): ["certificate", "activate", id]
        case .setCertificateStatus(_, "INACTIVE"): ["certificate", "deactivate", id]
        case .setCertificateStatus(_, "REVOKED"): ["certificate", "revoke", id]
        case .attachPolicy(let name, _): ["policy", "attach", name, "--certificate", id]
        case .detachPolicy(let name, _): ["policy", "detach", name, "--certificate", id]
        default: nil
        }
    }
}
