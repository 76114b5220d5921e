import HashTreeCollections
public import X509Auth

extension RegistryTransaction {
    /// Registers a certificate authority, or, if it is registered, gives it this template and state.
    ///
    /// - Parameters:
    ///   - template: What is made for its devices at first sight; `nil`: unknown devices are refused.
    ///   - isActive: Whether it admits devices at all.
    ///   - now: Unix seconds; kept from the first registration.
    /// - Throws: ``RegistryError/Code/invalidCertificate`` if it may not issue certificates,
    ///   ``RegistryError/Code/invalidTemplate``, ``RegistryError/Code/notFound`` for a policy,
    ///   ``RegistryError/Code/limitExceeded``.
    @discardableResult
    public mutating func registerAuthority(
        certificate: X509Certificate, template: ProvisioningTemplate?, isActive: Bool = true, now: Int64
    ) throws(RegistryError) -> AuthorityRecord {
        do throws(X509Rejection) {
            try requirements.checkAuthority(certificate)
        } catch {
            throw RegistryError(.invalidCertificate, error.message)
        }
        if let template { try check(template) }
        let existing = draft.authorities[certificate.id]?.record
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
            id: certificate.id, der: certificate.der, isActive: isActive, template: template,
            registeredAt: existing?.registeredAt ?? now)
        put(authority, certificate)
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
        put(authority, entry.certificate)
        return authority
    }

    /// Changes what is made for an authority's devices at first sight; `nil`: unknown devices are refused.
    ///
    /// - Throws: ``RegistryError/Code/notFound`` for the authority or a policy,
    ///   ``RegistryError/Code/invalidTemplate``, ``RegistryError/Code/limitExceeded``.
    @discardableResult
    public mutating func setTemplate(
        ofAuthority id: CertificateID, to template: ProvisioningTemplate?
    ) throws(RegistryError) -> AuthorityRecord {
        let entry = try authorityEntry(id)
        if let template { try check(template) }
        var authority = entry.record
        authority.template = template
        put(authority, entry.certificate)
        return authority
    }

    /// Removes an authority. Its registered devices are not affected.
    ///
    /// - Throws: ``RegistryError/Code/inUse`` while it is active (AWS IoT API: DeleteCACertificate),
    ///   ``RegistryError/Code/notFound``.
    public mutating func removeAuthority(_ id: CertificateID) throws(RegistryError) {
        guard !(try authorityEntry(id).record.isActive) else {
            throw RegistryError(.inUse, "authority \(id) is active; turn it off before removing it")
        }
        draft.removeAuthority(id)
        record(.removeAuthority(id), affecting: .allCertificates)
    }

    private mutating func put(_ authority: AuthorityRecord, _ certificate: X509Certificate) {
        guard draft.authorities[authority.id]?.record != authority else { return }
        draft.put(AuthorityEntry(record: authority, certificate: certificate))
        record(.putAuthority(authority), affecting: .allCertificates)
    }

    private func check(_ template: ProvisioningTemplate) throws(RegistryError) {
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
        switch template.status {
        case .active, .inactive, .pendingActivation: return
        case .revoked, .pendingTransfer, .registerInactive:
            throw RegistryError(
                .invalidTemplate,
                "a template cannot register certificates as \(template.status.rawValue); "
                    + "use ACTIVE, INACTIVE or PENDING_ACTIVATION")
        }
    }
}
