import HashTreeCollections
public import X509Auth

/// One write in the making: reads see what it has changed so far; nothing else does until it is committed.
/// If its body throws, it leaves nothing behind.
///
/// All of the registry's rules are here and in its extensions.
public struct RegistryTransaction: Sendable {
    var draft: RegistrySnapshot
    /// The registry's generation that this write is made on.
    let generation: UInt64
    /// What the trust snapshot was before this write.
    let history: TrustHistory
    let limits: RegistryLimits
    let requirements: X509Requirements
    private(set) var changes: [RegistryChange] = []
    private(set) var effect = RegistryEffect.none
    /// What would take the changes of trust back, in the order they were made.
    var undo: [TrustUndo] = []

    init(
        draft: RegistrySnapshot, generation: UInt64, history: TrustHistory, limits: RegistryLimits,
        requirements: X509Requirements
    ) {
        self.draft = draft
        self.generation = generation
        self.history = history
        self.limits = limits
        self.requirements = requirements
    }

    /// Notes what the store is to be told, and whom it concerns.
    mutating func record(_ change: RegistryChange, affecting affected: RegistryEffect) {
        changes.append(change)
        effect.formUnion(affected)
    }

    mutating func record(_ change: RegistryChange, affecting id: CertificateID) {
        changes.append(change)
        effect.insert(id)
    }

    /// Refuses the write if anything has changed since a preview was made.
    ///
    /// - Throws: ``RegistryError/Code/changedMeanwhile``.
    public func require(generation: UInt64) throws(RegistryError) {
        guard generation == self.generation else {
            throw RegistryError(
                .changedMeanwhile,
                "the registry has changed since the preview was made (generation \(generation), now "
                    + "\(self.generation)); look at it again")
        }
    }

    // MARK: Reading

    /// The thing as this write leaves it, if it exists.
    public func thing(_ name: String) -> ThingRecord? { draft.things[name]?.record }

    /// The certificate as this write leaves it, if it is registered.
    public func certificate(_ id: CertificateID) -> CertificateRecord? { draft.certificates[id]?.record }

    /// Names of the policies attached to a certificate as this write leaves it, sorted.
    public func policies(attachedTo id: CertificateID) -> [String] { draft.certificates[id]?.policies ?? [] }

    /// The policy as this write leaves it, if it exists.
    public func policy(_ name: String) -> PolicyRecord? { draft.policies[name]?.policy.record }

    /// The authority as this write leaves it, if it is registered.
    public func authority(_ id: CertificateID) -> AuthorityRecord? { draft.authorities[id]?.record }

    // MARK: What must exist

    func thingEntry(_ name: String) throws(RegistryError) -> ThingEntry {
        guard let entry = draft.things[name] else {
            throw RegistryError(
                .notFound, "there is no thing \(RegistryNames.quoted(name)); create it first")
        }
        return entry
    }

    func certificateEntry(_ id: CertificateID) throws(RegistryError) -> CertificateEntry {
        guard let entry = draft.certificates[id] else {
            throw RegistryError(.notFound, "certificate \(id) is not registered; register it first")
        }
        return entry
    }

    func policyEntry(_ name: String) throws(RegistryError) -> PolicyEntry {
        guard let entry = draft.policies[name] else {
            throw RegistryError(
                .notFound, "there is no policy \(RegistryNames.quoted(name)); put it first")
        }
        return entry
    }

    func authorityEntry(_ id: CertificateID) throws(RegistryError) -> AuthorityEntry {
        guard let entry = draft.authorities[id] else {
            throw RegistryError(.notFound, "authority \(id) is not registered; register it first")
        }
        return entry
    }
}
