public import IoTPolicy
import Synchronization
public import X509Auth

/// Things, certificates, policies and authorities: who may connect, as what, and with which rights.
///
/// Authoritative and in memory, but for the certificates' encodings. Reads are synchronous, take well under a
/// microsecond and never wait for the store. Writes are serialised; each goes to the store first, then to memory, then to the observers, and
/// only then does it return. If the store fails, nothing has changed. Writes that wait for one another
/// share a store transaction.
///
/// Not modelled: thing groups, policy versions other than the current one, transfer between accounts.
public final class DeviceRegistry: Sendable {
    struct State: ~Copyable {
        var snapshot: RegistrySnapshot
        var history: TrustHistory
        var policySets = PolicySetCache()
    }

    let state: Mutex<State>
    let writes: Mutex<WriteQueue>
    let observers: Mutex<ObserverList>
    let store: any RegistryStore
    let limits: RegistryLimits
    let requirements: X509Requirements
    let policyOptions: PolicyOptions
    let lastGeneration: Atomic<UInt64>

    init(
        snapshot: RegistrySnapshot, generation: UInt64, store: any RegistryStore, limits: RegistryLimits,
        requirements: X509Requirements, policyOptions: PolicyOptions
    ) {
        self.lastGeneration = Atomic(generation)
        self.state = Mutex(
            State(
                snapshot: snapshot,
                history: TrustHistory(
                    maximumVersions: limits.trustVersions, maximumSize: limits.trustHistoryEntries)))
        self.writes = Mutex(WriteQueue())
        self.observers = Mutex(ObserverList())
        self.store = store
        self.limits = limits
        self.requirements = requirements
        self.policyOptions = policyOptions
    }

    /// Opens the registry a store holds.
    ///
    /// - Parameters:
    ///   - store: Where the registry is kept.
    ///   - limits: Bounds on what is written from now on.
    ///   - requirements: What a certificate must be to be registered. Judged once, then: certificates that
    ///     are registered already are not judged again.
    ///   - policyOptions: How compiled policies are to be understood.
    /// - Throws: ``RegistryError/Code/storage`` if the store cannot be read,
    ///   ``RegistryError/Code/inconsistentStore`` if what it holds cannot be a registry.
    public static func open(
        store: any RegistryStore, limits: RegistryLimits = .default,
        requirements: X509Requirements = .default, policyOptions: PolicyOptions = .default
    ) async throws(RegistryError) -> DeviceRegistry {
        let contents: RegistryContents
        do {
            contents = try await store.load()
        } catch let error as RegistryError {
            throw error
        } catch {
            throw RegistryError(.storage, "the registry's store cannot be read: \(error)")
        }
        return DeviceRegistry(
            snapshot: try RegistrySnapshot(contents), generation: contents.generation, store: store,
            limits: limits,
            requirements: requirements, policyOptions: policyOptions)
    }

    /// Grows with every committed change, also from one opening of the store to the next. Whoever reads it before reading records can tell later whether
    /// the records may have changed since.
    public var generation: UInt64 { lastGeneration.load(ordering: .acquiring) }

    func read<Result>(_ body: (borrowing RegistrySnapshot) -> Result) -> Result {
        state.withLock { body($0.snapshot) }
    }
}
