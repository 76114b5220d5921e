import HashTreeCollections
import Synchronization
public import X509Auth

/// What going back to an earlier version of the trust snapshot came to.
public struct TrustRollback: Hashable, Sendable {
    /// The version gone back to.
    public let target: UInt64
    /// The version that came of it: a new one, with the same contents but for what follows.
    public let version: UInt64
    /// Certificates that were revoked since and stay so: `REVOKED` is final.
    public let stillRevoked: [CertificateID]
    /// Certificates that were registered since. They stay registered, so that nobody can register them anew,
    /// and are `INACTIVE`.
    public let deactivated: [CertificateID]
}

extension DeviceRegistry {
    /// The number of the present trust snapshot: certificates' statuses, authorities and their revocation
    /// lists. Grows with each change of them.
    public var trustVersion: UInt64 { state.withLock { $0.history.current } }

    /// The versions that ``rollBackTrust(to:)`` accepts, latest first: of the time since the registry was
    /// opened, bounded by ``RegistryLimits/trustVersions`` and ``RegistryLimits/trustHistoryEntries``.
    public var earlierTrustVersions: [UInt64] { state.withLock { $0.history.versions } }

    /// Makes certificates' statuses, authorities and revocation lists what they were at a version, durably
    /// and at once.
    ///
    /// What is `REVOKED` stays so, certificates registered since are kept `INACTIVE`, and certificates removed
    /// since do not come back, those that were `REVOKED` not as unknown devices either. Things, policies and what is attached to what are not touched.
    ///
    /// - Throws: ``RegistryError/Code/unknownVersion``, ``RegistryError/Code/notFound`` if a template names a
    ///   policy that has been removed since, ``RegistryError/Code/storage``, ``RegistryError/Code/busy``.
    public func rollBackTrust(to version: UInt64) async throws(RegistryError) -> TrustRollback {
        try await write { transaction throws(RegistryError) in try transaction.rollBackTrust(to: version) }
    }
}

extension RegistryTransaction {
    /// See ``DeviceRegistry/rollBackTrust(to:)``.
    public mutating func rollBackTrust(to version: UInt64) throws(RegistryError) -> TrustRollback {
        guard let steps = history.undo(to: version) else {
            let known = history.versions.prefix(8).map(String.init).joined(separator: ", ")
            throw RegistryError(
                .unknownVersion,
                "version \(version) of the trust snapshot is not kept; "
                    + (known.isEmpty ? "there is none to go back to" : "the latest that are: \(known)"))
        }
        var stillRevoked: Set<CertificateID> = []
        var deactivated: Set<CertificateID> = []
        for step in steps {
            switch step {
            case .status(let id, let previous):
                guard let entry = draft.certificates[id], entry.status != previous else { continue }
                if CertificateLifeCycle.allows(entry.status, to: previous, by: .rollback) {
                    try setStatus(of: id, to: previous, by: .rollback)
                } else {
                    stillRevoked.insert(id)
                }
            case .registration(let id):
                guard let entry = draft.certificates[id], entry.status != .revoked else { continue }
                try setStatus(of: id, to: .inactive, by: .rollback)
                deactivated.insert(id)
            case .authority(let id, let previous):
                try restore(id, previous)
            }
        }
        return TrustRollback(
            target: version, version: undo.isEmpty ? history.current : history.current + 1,
            stillRevoked: stillRevoked.sorted(), deactivated: deactivated.sorted())
    }

    private mutating func restore(
        _ id: CertificateID, _ previous: AuthorityEntry?
    ) throws(RegistryError) {
        guard let previous else {
            guard let entry = draft.authorities[id] else { return }
            undo.append(.authority(id, entry))
            draft.removeAuthority(id)
            record(.removeAuthority(id), affecting: .allCertificates)
            return
        }
        let restored = previous.record
        for name in restored.autoRegistration?.policyNames ?? [] { _ = try policyEntry(name) }
        let present =
            draft.authorities[id]
            ?? AuthorityEntry(record: restored, certificate: previous.certificate)
        put(present.with(restored))
        setLists(of: present.with(restored), full: previous.fullList, delta: previous.deltaList)
    }
}
