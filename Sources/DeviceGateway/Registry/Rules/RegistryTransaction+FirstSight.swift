import HashTreeCollections
public import X509Auth

extension RegistryTransaction {
    /// Registers an unknown device as its authority has it: `PENDING_ACTIVATION` and nothing else
    /// (just-in-time registration), or with thing and policies by template (just-in-time provisioning).
    ///
    /// The caller has verified the chain from the authority to the certificate, dates and revocation.
    /// A certificate that is registered by now is returned as it is, whatever its status.
    ///
    /// - Parameter now: Unix seconds.
    /// - Throws: ``RegistryError/Code/notAdmitted`` if the authority is unknown, inactive or does not register
    ///   unknown devices, ``RegistryError/Code/twin`` if a certificate with the same issuer and serial number
    ///   is registered: the same certificate in other bytes must not come back under a new identifier.
    ///   ``RegistryError/Code/invalidTemplate`` if the template does not fit the certificate, and the errors
    ///   of the single steps.
    @discardableResult
    public mutating func admitFirstSight(
        _ certificate: X509Certificate, authority: CertificateID, now: Int64
    ) throws(RegistryError) -> CertificateRecord {
        if let existing = draft.certificates[certificate.id]?.record { return existing }
        guard let entry = draft.authorities[authority], entry.record.isActive,
            let autoRegistration = entry.record.autoRegistration
        else {
            throw RegistryError(
                .notAdmitted,
                "certificate \(certificate.id) is unknown, and authority \(authority) does not admit unknown "
                    + "devices; register the certificate, or register the authority active and with "
                    + "auto-registration")
        }
        switch autoRegistration {
        case .pendingActivation:
            return try insert(
                certificate, status: .pendingActivation, mode: entry.record.mode, authority: authority,
                now: now)
        case .commonName(let template):
            return try provision(certificate, by: template, entry.record, now: now)
        case .template(let document):
            return try provision(certificate, by: document, entry.record, now: now)
        }
    }

    private mutating func provision(
        _ certificate: X509Certificate, by template: ProvisioningTemplate, _ authority: AuthorityRecord,
        now: Int64
    ) throws(RegistryError) -> CertificateRecord {
        let thing = try thingName(for: certificate, by: template)
        if draft.things[thing] == nil { try createThing(ThingRecord(name: thing)) }
        let new = try insert(
            certificate, status: template.status, mode: authority.mode, authority: authority.id, now: now)
        try attach(thing: thing, to: new.id)
        for name in template.policyNames { try attachPolicy(name, to: new.id) }
        return new
    }

    private func thingName(
        for certificate: X509Certificate, by template: ProvisioningTemplate
    ) throws(RegistryError) -> String {
        switch template.thingName {
        case .subjectCommonName:
            guard let name = certificate.subject.commonName else {
                throw RegistryError(
                    .invalidTemplate,
                    "certificate \(certificate.id) has no common name to take a thing name from; "
                        + "issue it with the thing's name as common name")
            }
            do throws(RegistryError) {
                try RegistryNames.checkThing(name)
            } catch {
                throw RegistryError(
                    .invalidTemplate,
                    "the common name of certificate \(certificate.id) cannot name a thing: \(error)")
            }
            return name
        }
    }
}
