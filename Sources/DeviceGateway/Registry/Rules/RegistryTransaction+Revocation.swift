import HashTreeCollections
public import X509Auth

extension RegistryTransaction {
    /// Sets what an authority's revocation list is worth. `hard` without a current list refuses all of its
    /// devices.
    ///
    /// - Throws: ``RegistryError/Code/notFound``.
    @discardableResult
    public mutating func setRevocationMode(
        ofAuthority id: CertificateID, to mode: RevocationMode
    ) throws(RegistryError) -> AuthorityRecord {
        let entry = try authorityEntry(id)
        var authority = entry.record
        authority.revocationMode = mode
        put(entry.with(authority))
        return authority
    }

    /// Takes in a revocation list, complete or delta, of the registered authority that signed it.
    ///
    /// - Parameter forced: Also one that is older than what is there. Without it, nobody who got hold of an
    ///   old list can bring it back.
    /// - Returns: The authority.
    /// - Throws: ``RegistryError/Code/notFound`` if no registered authority bears the issuer's name,
    ///   ``RegistryError/Code/untrustedList`` if none of them signed it, ``RegistryError/Code/staleList``.
    @discardableResult
    public mutating func loadRevocationList(
        _ list: CertificateRevocationList, forced: Bool = false
    ) throws(RegistryError) -> AuthorityRecord {
        let entry = try signer(of: list)
        var lists = RevocationLists()
        if !forced {
            lists[entry.record.id] = AuthorityRevocation(
                mode: .none, full: entry.fullList, delta: entry.deltaList)
        } else if list.isDelta {
            lists[entry.record.id] = AuthorityRevocation(mode: .none, full: entry.fullList)
        }
        do throws(X509Error) {
            try lists.load(list, of: entry.certificate)
        } catch {
            throw RegistryError(
                error.code == .staleList ? .staleList : .untrustedList, error.message)
        }
        let loaded = lists[entry.record.id]
        setLists(of: entry, full: loaded?.full, delta: loaded?.delta)
        return entry.record
    }

    /// Removes an authority's lists.
    ///
    /// - Throws: ``RegistryError/Code/notFound``.
    public mutating func removeRevocationLists(ofAuthority id: CertificateID) throws(RegistryError) {
        setLists(of: try authorityEntry(id), full: nil, delta: nil)
    }

    /// Of the authorities with the issuer's name, the one whose key signed the list.
    private func signer(of list: CertificateRevocationList) throws(RegistryError) -> AuthorityEntry {
        let namesakes = draft.authorities(subject: list.issuerDER)
        guard !namesakes.isEmpty else {
            throw RegistryError(
                .notFound,
                "no authority named \(list.issuer) is registered, whose list this is; register it first")
        }
        var reason = ""
        for entry in namesakes {
            do throws(X509Error) {
                try list.verify(issuer: entry.certificate)
                return entry
            } catch {
                reason = error.message
            }
        }
        throw RegistryError(.untrustedList, reason)
    }

    /// Changes the lists and notes for the store what differs.
    mutating func setLists(
        of entry: AuthorityEntry, full: CertificateRevocationList?, delta: CertificateRevocationList?
    ) {
        let id = entry.record.id
        let changes = [(entry.fullList, full, false), (entry.deltaList, delta, true)].compactMap {
            old, new, isDelta -> RegistryChange? in
            if old?.der == new?.der { return nil }
            guard let new else { return .removeRevocationList(authority: id, isDelta: isDelta) }
            return .putRevocationList(
                RevocationListRecord(authority: id, isDelta: isDelta, der: new.der))
        }
        guard !changes.isEmpty else { return }
        undo.append(.authority(id, entry))
        draft.put(entry.with(fullList: full, deltaList: delta))
        for change in changes { record(change, affecting: .allCertificates) }
    }
}
