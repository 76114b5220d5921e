import HashTreeCollections
public import X509Auth

extension RegistryTransaction {
    /// Registers a certificate authority, or, if it is registered, gives it these settings.
    ///
    /// - Parameters:
    ///   - mode: ``CertificateMode/standard`` is for the caller to grant once ownership of the key has been
    ///     proved (`ProofOfPossession`), or where that is not asked for.
    ///   - autoRegistration: What becomes of its devices at first sight; `nil`: unknown devices are refused.
    ///   - isActive: Whether it admits devices at all.
    ///   - revocationMode: What its revocation list is worth; nil: as it was, at first `none`.
    ///   - now: Unix seconds; kept from the first registration.
    /// - Throws: ``RegistryError/Code/invalidCertificate`` if it may not issue certificates,
    ///   ``RegistryError/Code/invalidTemplate``, ``RegistryError/Code/notFound`` for a policy,
    ///   ``RegistryError/Code/limitExceeded``.
    @discardableResult
    public mutating func registerAuthority(
        certificate: X509Certificate, mode: CertificateMode = .standard, autoRegistration: AutoRegistration?,
        isActive: Bool = true, revocationMode: RevocationMode? = nil, now: Int64
    ) throws(RegistryError) -> AuthorityRecord {
        do throws(X509Rejection) {
            try requirements.checkAuthority(certificate)
        } catch {
            throw RegistryError(.invalidCertificate, error.message)
        }
        try check(autoRegistration)
        let existing = draft.authorities[certificate.id]
        if existing == nil {
            let namesakes = draft.authorities(subject: certificate.subjectDER).count
            guard namesakes < limits.authoritiesPerSubject else {
                throw RegistryError(
                    .limitExceeded,
                    "\(namesakes) authorities named \(certificate.subject) are registered, no more are "
                        + "allowed; remove one")
            }
        }
        let authority = AuthorityRecord(
            id: certificate.id, der: certificate.der, isActive: isActive, mode: mode,
            autoRegistration: autoRegistration,
            revocationMode: revocationMode ?? existing?.record.revocationMode ?? .none,
            registeredAt: existing?.record.registeredAt ?? now)
        put(existing?.with(authority) ?? AuthorityEntry(record: authority, certificate: certificate))
        return authority
    }

    /// Turns an authority on or off. Off, it admits nobody new; its registered devices are not affected.
    ///
    /// - Throws: ``RegistryError/Code/notFound``.
    @discardableResult
    public mutating func setAuthority(
        _ id: CertificateID, isActive: Bool
    ) throws(RegistryError) -> AuthorityRecord {
        let entry = try authorityEntry(id)
        var authority = entry.record
        authority.isActive = isActive
        put(entry.with(authority))
        return authority
    }

    /// Changes what becomes of an authority's devices at first sight; `nil`: unknown devices are refused.
    ///
    /// - Throws: ``RegistryError/Code/notFound`` for the authority or a policy,
    ///   ``RegistryError/Code/invalidTemplate``, ``RegistryError/Code/limitExceeded``.
    @discardableResult
    public mutating func setAutoRegistration(
        ofAuthority id: CertificateID, to autoRegistration: AutoRegistration?
    ) throws(RegistryError) -> AuthorityRecord {
        let entry = try authorityEntry(id)
        try check(autoRegistration)
        var authority = entry.record
        authority.autoRegistration = autoRegistration
        put(entry.with(authority))
        return authority
    }

    /// Removes an authority and its revocation lists. Its registered devices are not affected otherwise.
    ///
    /// - Throws: ``RegistryError/Code/inUse`` while it is active (AWS IoT API: DeleteCACertificate),
    ///   ``RegistryError/Code/notFound``.
    public mutating func removeAuthority(_ id: CertificateID) throws(RegistryError) {
        let entry = try authorityEntry(id)
        guard !entry.record.isActive else {
            throw RegistryError(.inUse, "authority \(id) is active; turn it off before removing it")
        }
        undo.append(.authority(id, entry))
        draft.removeAuthority(id)
        record(.removeAuthority(id), affecting: .allCertificates)
    }

    mutating func put(_ entry: AuthorityEntry) {
        let previous = draft.authorities[entry.record.id]
        guard previous?.record != entry.record else { return }
        undo.append(.authority(entry.record.id, previous))
        draft.put(entry)
        record(.putAuthority(entry.record), affecting: .allCertificates)
    }

    private func check(_ autoRegistration: AutoRegistration?) throws(RegistryError) {
        guard case .commonName(let template)? = autoRegistration else { return }
        for name in template.policyNames { _ = try policyEntry(name) }
        guard Set(template.policyNames).count == template.policyNames.count else {
            throw RegistryError(.invalidTemplate, "the template names a policy twice; name it once")
        }
        guard template.policyNames.count <= limits.policiesPerCertificate else {
            throw RegistryError(
                .limitExceeded,
                "the template names \(template.policyNames.count) policies, at most "
                    + "\(limits.policiesPerCertificate) are allowed; merge their statements")
        }
        guard CertificateLifeCycle.initialByTemplate.contains(template.status) else {
            throw RegistryError(
                .invalidTemplate,
                "a template cannot register certificates as \(template.status.rawValue); "
                    + "use ACTIVE, INACTIVE or PENDING_ACTIVATION")
        }
    }
}
