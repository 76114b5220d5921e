import HashTreeCollections
import X509Auth

/// The registry's whole state as one value: persistent hash trees, so that a copy costs nothing and a
/// draft can be thrown away. It keeps its indexes in step; the rules are ``RegistryTransaction``'s.
struct RegistrySnapshot: Sendable {
    private(set) var things: TreeDictionary<String, ThingEntry> = [:]
    private(set) var certificates: TreeDictionary<CertificateID, CertificateEntry> = [:]
    private(set) var policies: TreeDictionary<String, PolicyEntry> = [:]
    private(set) var authorities: TreeDictionary<CertificateID, AuthorityEntry> = [:]
    /// By the authority's own name, which is the issuer name of what it signs.
    private var authoritiesBySubject: TreeDictionary<[UInt8], [CertificateID]> = [:]
    private var certificatesByIdentity: TreeDictionary<IssuedIdentity, [CertificateID]> = [:]

    // MARK: Lookups

    func authorities(subject: [UInt8]) -> [AuthorityEntry] {
        (authoritiesBySubject[subject] ?? []).compactMap { authorities[$0] }
    }

    func certificates(issuer: [UInt8], serialNumber: [UInt8]) -> [CertificateID] {
        certificatesByIdentity[IssuedIdentity(issuer: issuer, serialNumber: serialNumber)] ?? []
    }

    /// The parsed policies of these names in order, or `nil` if one is missing.
    func parsedPolicies(_ names: [String]) -> [ParsedPolicy]? {
        var found: [ParsedPolicy] = []
        found.reserveCapacity(names.count)
        for name in names {
            guard let entry = policies[name] else { return nil }
            found.append(entry.policy)
        }
        return found
    }

    // MARK: Things

    mutating func put(_ thing: ThingRecord) {
        things[thing.name, default: ThingEntry(record: thing)].record = thing
    }

    /// The thing must be attached to nothing.
    mutating func removeThing(_ name: String) {
        things[name] = nil
    }

    mutating func attachThing(_ name: String, to id: CertificateID) {
        guard let entry = certificates[id], things[name] != nil else { return }
        certificates[id] = CertificateEntry(
            record: entry.record, things: entry.things.inserting(name), policies: entry.policies)
        things[name]?.certificates.insert(id)
    }

    mutating func detachThing(_ name: String, from id: CertificateID) {
        guard let entry = certificates[id] else { return }
        certificates[id] = CertificateEntry(
            record: entry.record, things: entry.things.filter { $0 != name }, policies: entry.policies)
        things[name]?.certificates.remove(id)
    }

    // MARK: Certificates

    mutating func put(_ certificate: CertificateRecord) {
        if let entry = certificates[certificate.id] {
            certificates[certificate.id] = CertificateEntry(
                record: certificate, things: entry.things, policies: entry.policies)
        } else {
            certificates[certificate.id] = CertificateEntry(record: certificate)
            certificatesByIdentity[certificate.identity, default: []].append(certificate.id)
        }
    }

    /// The certificate must be attached to nothing.
    mutating func removeCertificate(_ id: CertificateID) {
        guard let entry = certificates.removeValue(forKey: id) else { return }
        let remaining = certificatesByIdentity[entry.record.identity]?.filter { $0 != id } ?? []
        certificatesByIdentity[entry.record.identity] = remaining.isEmpty ? nil : remaining
    }

    // MARK: Policies

    mutating func put(_ policy: ParsedPolicy) {
        policies[policy.record.name, default: PolicyEntry(policy: policy)].policy = policy
    }

    /// The policy must be attached to nothing.
    mutating func removePolicy(_ name: String) {
        policies[name] = nil
    }

    mutating func attachPolicy(_ name: String, to id: CertificateID) {
        guard let entry = certificates[id], policies[name] != nil else { return }
        certificates[id] = CertificateEntry(
            record: entry.record, things: entry.things, policies: entry.policies.inserting(name))
        policies[name]?.certificates.insert(id)
    }

    mutating func detachPolicy(_ name: String, from id: CertificateID) {
        guard let entry = certificates[id] else { return }
        certificates[id] = CertificateEntry(
            record: entry.record, things: entry.things, policies: entry.policies.filter { $0 != name })
        policies[name]?.certificates.remove(id)
    }

    // MARK: Authorities

    mutating func put(_ authority: AuthorityEntry) {
        let id = authority.record.id
        if authorities.updateValue(authority, forKey: id) == nil {
            authoritiesBySubject[authority.certificate.subjectDER, default: []].append(id)
        }
    }

    mutating func removeAuthority(_ id: CertificateID) {
        guard let authority = authorities.removeValue(forKey: id) else { return }
        let subject = authority.certificate.subjectDER
        let remaining = authoritiesBySubject[subject]?.filter { $0 != id } ?? []
        authoritiesBySubject[subject] = remaining.isEmpty ? nil : remaining
    }
}

extension CertificateRecord {
    fileprivate var identity: IssuedIdentity {
        IssuedIdentity(issuer: issuer, serialNumber: serialNumber)
    }
}

extension [String] {
    /// The sorted list with one more name, once.
    fileprivate func inserting(_ name: String) -> [String] {
        guard let index = firstIndex(where: { $0 >= name }) else { return self + [name] }
        guard self[index] != name else { return self }
        var copy = self
        copy.insert(name, at: index)
        return copy
    }
}
