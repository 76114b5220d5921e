import HashTreeCollections
import Synchronization
public import X509Auth

/// What a write would come to, without making it: the blast radius of a change of trust.
///
/// The change is carried out on a copy of the registry, and the copy is asked by the same code that admits
/// devices: what is predicted is what happens, if nothing else changes in between.
public struct RegistryPreview: Sendable {
    /// The ``DeviceRegistry/generation`` that the change was tried on.
    public let generation: UInt64
    /// Certificates that are admitted now and would not be, in order.
    public let certificates: [CertificateID]
    /// Certificates that are not admitted now and would be, in order.
    public let readmitted: [CertificateID]
    /// Whose connections would be judged anew.
    let effect: RegistryEffect
    /// The registry as it would be. Nothing that is done to it is kept.
    let registry: DeviceRegistry
}

extension DeviceRegistry {
    /// Tries a write on a copy. Nothing changes.
    ///
    /// - Parameter now: Unix seconds.
    /// - Throws: what `body` throws.
    public func preview(
        now: Int64, _ body: (inout RegistryTransaction) throws(RegistryError) -> Void
    ) throws(RegistryError) -> RegistryPreview {
        // In this order: a change in between makes the preview outdated, not wrong.
        let generation = self.generation
        let (before, history) = state.withLock { ($0.snapshot, $0.history) }
        var transaction = RegistryTransaction(
            draft: before, generation: generation, history: history, limits: limits,
            requirements: requirements)
        try body(&transaction)
        let after = DeviceRegistry(
            snapshot: transaction.draft, generation: generation, store: store, limits: limits,
            requirements: requirements,
            policyOptions: policyOptions)
        let concerned = Self.concerned(by: transaction.undo, removed: transaction.changes, in: before)
        let judgeBefore = DeviceRegistry(
            snapshot: before, generation: generation, store: store, limits: limits,
            requirements: requirements,
            policyOptions: policyOptions)
        let isAdmitted = { (registry: DeviceRegistry, authenticator: X509Authenticator, id: CertificateID) in
            guard let record = registry.registeredCertificate(id) else { return false }
            if case .rejected = authenticator.judge(record, now: now) { return false }
            return true
        }
        let authenticators = (X509Authenticator(trust: judgeBefore), X509Authenticator(trust: after))
        var lost: [CertificateID] = []
        var gained: [CertificateID] = []
        for id in concerned {
            switch (isAdmitted(judgeBefore, authenticators.0, id), isAdmitted(after, authenticators.1, id)) {
            case (true, false): lost.append(id)
            case (false, true): gained.append(id)
            default: break
            }
        }
        return RegistryPreview(
            generation: generation, certificates: lost, readmitted: gained, effect: transaction.effect,
            registry: after)
    }

    /// The certificates whose admission a change may have altered, in order.
    private static func concerned(
        by undo: [TrustUndo], removed changes: [RegistryChange], in before: RegistrySnapshot
    ) -> [CertificateID] {
        var ids: Set<CertificateID> = []
        var subjects: Set<IssuerName> = []
        for step in undo {
            switch step {
            case .status(let id, _), .registration(let id): ids.insert(id)
            case .authority(let id, let previous):
                if let entry = previous ?? before.authorities[id] {
                    subjects.insert(IssuerName(entry.certificate.subjectDER))
                }
            }
        }
        for case .removeCertificate(let id) in changes { ids.insert(id) }
        guard !subjects.isEmpty else { return ids.sorted() }
        // In order already, and there may be a million.
        var ofSubjects: [CertificateID] = []
        before.certificates.forEach { entry in
            let isNamed = ids.remove(entry.id) != nil
            if isNamed || subjects.contains(entry.issuer) { ofSubjects.append(entry.id) }
        }
        return ids.isEmpty ? ofSubjects : (ofSubjects + ids).sorted()
    }
}
