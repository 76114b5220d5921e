import DeviceGateway
import GatewayStorage
import IoTPolicy
import X509Auth

/// A gateway's directory, locked and opened: everything that is kept between runs.
struct GatewayHome {
    let directory: GatewayDirectory
    let lock: DirectoryLock
    let managed: ManagedAuthority
    let registry: DeviceRegistry
    private let store: SQLiteRegistryStore

    /// Issues the certificates of devices and of the server.
    var authority: CertificateAuthority { managed.authority }

    /// Something that opening the directory did.
    enum Event: Equatable {
        case createdAuthority
        case wroteConfiguration
        case createdPolicy(String)
        case rewrotePolicy(String, scope: String)
    }

    /// Carries out operators' commands on this directory's registry.
    ///
    /// - Parameter tlsPort: the port of the gateway that runs on it; nil while none does.
    /// - Parameter sessionsEnded: the live sessions of that gateway that a change would end.
    func gatewayOperator(
        tlsPort: @escaping @Sendable () -> Int? = { nil },
        sessionsEnded: @escaping @Sendable (RegistryPreview) async -> [ConnectionSummary] = { _ in [] }
    ) -> GatewayOperator {
        GatewayOperator(
            registry: registry, authority: authority, succession: managed.succession, now: Timestamp.now,
            tlsPort: tlsPort,
            registrationCode: { [directory] in RegistrationCodeFile.code(at: directory.registrationCode) },
            sessionsEnded: sessionsEnded)
    }

    /// Opens a directory whose lock is held, making what is missing.
    ///
    /// Every file appears whole or not at all, in an order that lets the next start tell a making that
    /// was interrupted from a loss: such a directory is completed, a loss is reported.
    static func open(
        _ directory: GatewayDirectory, lock: DirectoryLock, scope: ARNScope,
        passphrases: PassphraseSources = .none, now: Int64
    ) async throws -> (home: GatewayHome, events: [Event]) {
        directory.removeLeftovers()
        var events: [Event] = []
        let managed = try ManagedAuthority.open(
            directory, now: now, passphrase: passphrases.passphrase(toOpen:))
        if managed.isNew { events.append(.createdAuthority) }
        let store = try SQLiteRegistryStore(file: directory.registry)
        let registry = try await DeviceRegistry.open(store: store)
        if registry.isEmpty {
            _ = try await registry.putPolicy(
                name: DefaultPolicy.name, text: DefaultPolicy.document(scope: scope))
            events.append(.createdPolicy(DefaultPolicy.name))
        }
        let home = GatewayHome(
            directory: directory, lock: lock, managed: managed, registry: registry, store: store)
        return (home, events)
    }

    /// Closes the registry's file, so that it is one file again. Nothing is lost without it.
    func close() {
        store.close()
    }

    /// Writes the configuration file if there is none.
    static func completeConfiguration(_ directory: GatewayDirectory) throws -> [Event] {
        guard !DurableFile.exists(directory.configuration) else { return [] }
        try DurableFile.replace(directory.configuration, with: ConfigurationTemplate.text, mode: 0o600)
        return [.wroteConfiguration]
    }

    /// Follows a change of partition, Region or account in the default policy, as long as nobody has
    /// edited it: with the old ARNs it would allow nothing any more. For the gateway alone: a command may
    /// run with other flags and variables.
    func adoptScope(_ scope: ARNScope) async throws -> [Event] {
        let wanted = DefaultPolicy.document(scope: scope)
        guard let current = registry.policy(DefaultPolicy.name)?.text, current != wanted,
            let old = Self.scopeNamed(in: current), current == DefaultPolicy.document(scope: old)
        else { return [] }
        _ = try await registry.putPolicy(name: DefaultPolicy.name, text: wanted)
        return [.rewrotePolicy(DefaultPolicy.name, scope: scope.arn(client: "…"))]
    }

    /// The scope of the first ARN in a document.
    private static func scopeNamed(in document: String) -> ARNScope? {
        let parts = document.split(separator: "\"").first { $0.hasPrefix("arn:") }?
            .split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard let parts, parts.count == 6 else { return nil }
        return ARNScope(partition: String(parts[1]), region: String(parts[3]), accountID: String(parts[4]))
    }
}

extension DeviceRegistry {
    /// Whether nothing has ever been put there.
    fileprivate var isEmpty: Bool {
        allPolicies.isEmpty && allCertificates.isEmpty && allThings.isEmpty && allAuthorities.isEmpty
    }
}
