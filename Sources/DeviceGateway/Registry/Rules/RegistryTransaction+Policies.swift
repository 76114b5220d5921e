import HashTreeCollections
import IoTPolicy
public import X509Auth

extension RegistryTransaction {
    /// Creates a policy, version 1, or replaces its text, which makes the next version and is in force at
    /// once for every certificate it is attached to. The same text again changes nothing.
    ///
    /// - Throws: ``RegistryError/Code/malformedPolicy`` if the text is no policy,
    ///   ``RegistryError/Code/invalidName``, ``RegistryError/Code/limitExceeded``.
    @discardableResult
    public mutating func putPolicy(name: String, text: String) throws(RegistryError) -> PolicyRecord {
        try RegistryNames.checkPolicy(name)
        guard text.utf8.count <= limits.policyTextBytes else {
            throw RegistryError(
                .limitExceeded,
                "the text of policy \(RegistryNames.quoted(name)) has \(text.utf8.count) bytes, at most "
                    + "\(limits.policyTextBytes) are allowed; shorten it")
        }
        let previous = draft.policies[name]?.policy.record
        // String equality is canonical equivalence; a policy is its bytes.
        if let previous, previous.text.utf8.elementsEqual(text.utf8) { return previous }
        let document: PolicyDocument
        do throws(PolicyError) {
            document = try PolicyDocument(json: text)
        } catch {
            throw RegistryError(
                .malformedPolicy, "policy \(RegistryNames.quoted(name)) is malformed: \(error)",
                policyError: error)
        }
        let policy = PolicyRecord(name: name, text: text, version: (previous?.version ?? 0) + 1)
        draft.put(ParsedPolicy(record: policy, document: document))
        // A new one is attached to nobody yet; a fleet that is provisioned may bring one each.
        record(.putPolicy(policy), affecting: previous == nil ? .none : .allCertificates)
        return policy
    }

    /// Removes a policy.
    ///
    /// - Throws: ``RegistryError/Code/inUse`` while it is attached to a certificate (AWS IoT API:
    ///   DeletePolicy) or named by an authority's template, ``RegistryError/Code/notFound``.
    public mutating func removePolicy(_ name: String) throws(RegistryError) {
        let entry = try policyEntry(name)
        guard entry.targetCount == 0 else {
            throw RegistryError(
                .inUse,
                "policy \(RegistryNames.quoted(name)) is attached to \(entry.targetCount) certificate(s); "
                    + "detach it first")
        }
        let user = draft.authorities.values.first {
            $0.record.autoRegistration?.policyNames.contains(name) ?? false
        }
        if let user {
            throw RegistryError(
                .inUse,
                "policy \(RegistryNames.quoted(name)) is in the template of authority \(user.record.id); "
                    + "change the template first")
        }
        draft.removePolicy(name)
        record(.removePolicy(name), affecting: .allCertificates)
    }

    /// Attaches a policy to a certificate. Attaching it again changes nothing.
    ///
    /// - Throws: ``RegistryError/Code/limitExceeded`` if the certificate has as many as
    ///   ``RegistryLimits/policiesPerCertificate`` allows, ``RegistryError/Code/notFound``.
    public mutating func attachPolicy(_ name: String, to id: CertificateID) throws(RegistryError) {
        _ = try policyEntry(name)
        let entry = try certificateEntry(id)
        guard !entry.policies.contains(name) else { return }
        guard entry.policies.count < limits.policiesPerCertificate else {
            throw RegistryError(
                .limitExceeded,
                "certificate \(id) has \(entry.policies.count) policies, no more are allowed; "
                    + "detach one or merge their statements")
        }
        draft.attachPolicy(name, to: id)
        record(.attachPolicy(name: name, certificate: id), affecting: id)
    }

    /// Detaches a policy from a certificate.
    ///
    /// - Throws: ``RegistryError/Code/notFound`` if either does not exist or they are not attached.
    public mutating func detachPolicy(_ name: String, from id: CertificateID) throws(RegistryError) {
        _ = try policyEntry(name)
        guard try certificateEntry(id).policies.contains(name) else {
            throw RegistryError(
                .notFound,
                "policy \(RegistryNames.quoted(name)) is not attached to certificate \(id); "
                    + "see what is attached to it")
        }
        draft.detachPolicy(name, from: id)
        record(.detachPolicy(name: name, certificate: id), affecting: id)
    }
}
