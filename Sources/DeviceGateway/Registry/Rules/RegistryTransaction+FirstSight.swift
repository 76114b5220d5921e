import HashTreeCollections
public import X509Auth

extension RegistryTransaction {
    /// Registers an unknown device by its authority's template: creates the thing, unless it exists,
    /// registers the certificate, attaches both and the policies.
    ///
    /// The caller has verified the chain from the authority to the certificate and the dates.
    /// A certificate that is registered by now is returned as it is, whatever its status.
    ///
    /// - Parameter now: Unix seconds.
    /// - Throws: ``RegistryError/Code/notAdmitted`` if the authority is unknown, inactive or without a
    ///   template, or if it has issued another registered certificate with the same serial number: the same
    ///   certificate in other bytes must not come back under a new identifier.
    ///   ``RegistryError/Code/invalidTemplate`` if the template does not fit the certificate, and the errors
    ///   of the single steps.
    @discardableResult
    public mutating func admitFirstSight(
        _ certificate: X509Certificate, authority: CertificateID, now: Int64
    ) throws(RegistryError) -> CertificateRecord {
        if let existing = draft.certificates[certificate.id]?.record { return existing }
        guard let entry = draft.authorities[authority], entry.record.isActive,
            let template = entry.record.template
        else {
            throw RegistryError(
                .notAdmitted,
                "certificate \(certificate.id) is unknown, and authority \(authority) does not admit unknown "
                    + "devices; register the certificate, or register the authority active and with a template"
            )
        }
        let twins = draft.certificates(
            issuer: certificate.issuerDER, serialNumber: certificate.serialNumber.bytes)
        if let twin = twins.first {
            throw RegistryError(
                .notAdmitted,
                "certificate \(certificate.id) has the issuer and the serial number of registered certificate "
                    + "\(twin); issue a new certificate with a serial number of its own")
        }

        let thing = try thingName(for: certificate, by: template)
        if draft.things[thing] == nil { try createThing(ThingRecord(name: thing)) }
        let new = try insert(certificate, status: template.status, authority: authority, now: now)
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
