import HashTreeCollections
import IoTPolicy
import X509Auth

/// The registry's whole state as one value: a copy costs next to nothing and a draft can be thrown away. It
/// keeps its indexes in step; the rules are ``RegistryTransaction``'s.
struct RegistrySnapshot: Sendable {
    private(set) var things = SortedTable<ThingEntry>()
    private(set) var certificates = SortedTable<CertificateEntry>()
    private(set) var policies: TreeDictionary<String, PolicyEntry> = [:]
    private(set) var authorities: TreeDictionary<CertificateID, AuthorityEntry> = [:]
    /// By the authority's own name, which is the issuer name of what it signs.
    private var authoritiesBySubject: TreeDictionary<IssuerName, [CertificateID]> = [:]
    private var identities = SortedTable<IssuedIdentity>()
    /// Of revoked certificates that were removed. Their issuers' names are shared.
    private(set) var tombstones: TreeSet<CertificateTombstone> = []
    private var issuers = InternTable<IssuerName>()
    private var policyLists = InternTable<[String]>()

    // MARK: Lookups

    func authorities(subject: [UInt8]) -> [AuthorityEntry] {
        (authoritiesBySubject[IssuerName(subject)] ?? []).compactMap { authorities[$0] }
    }

    /// The registered certificate of that issuer and serial number, if there is one.
    func certificate(issuer: [UInt8], serialNumber: [UInt8]) -> CertificateEntry? {
        let issuer = IssuerName(issuer)
        let serialNumber = CompactOctets(serialNumber)
        let hash = IssuedIdentity.hash(issuer: issuer, serialNumber: serialNumber)
        var found: CertificateEntry?
        identities.forEach(from: .init(hash: hash, leadingWord: 0)) { identity in
            guard identity.key.hash == hash else { return false }
            found = certificate(identity.key.leadingWord) {
                $0.serialNumber == serialNumber && $0.issuer == issuer
            }
            return found == nil
        }
        return found
    }

    private func certificate(
        _ leadingWord: UInt64, where matches: (CertificateEntry) -> Bool
    ) -> CertificateEntry? {
        var found: CertificateEntry?
        certificates.forEach(from: CertificateID(lowestWith: leadingWord)) { entry in
            guard entry.id.leadingWord == leadingWord else { return false }
            if matches(entry) { found = entry }
            return found == nil
        }
        return found
    }

    /// What deciding about a certificate takes.
    ///
    /// Field by field from where the row lies: a copy of the row would touch, to count a reference, the name of each
    /// thing that is attached to it.
    func registered(_ id: CertificateID) -> RegisteredCertificate? {
        guard let position = certificates.position(of: id) else { return nil }
        let authorities = directAuthorities(ofCertificateAt: position)
        return RegisteredCertificate(
            id: id, status: certificates[position].status, notBefore: certificates[position].notBefore,
            notAfter: certificates[position].notAfter, authority: authorities.first,
            otherAuthorities: authorities.count > 1 ? Array(authorities.dropFirst()) : [],
            serialNumber: certificates[position].serialNumber.array)
    }

    /// The registered authority that issued a certificate itself: the one it was registered under. Where that is not
    /// recorded, because the authority was registered later or the certificate came with intermediates, all that
    /// bear its issuer's name: any of them may have, and a revocation must not be missed.
    private func directAuthorities(
        ofCertificateAt position: SortedTable<CertificateEntry>.Position
    ) -> [CertificateID] {
        guard let ids = authoritiesBySubject[certificates[position].issuer] else { return [] }
        if ids.count > 1, let id = certificates[position].authority, ids.contains(id) { return [id] }
        return ids
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
        if things.contains(thing.name) {
            things.update(thing.name) { $0.set(thing) }
        } else {
            things.put(ThingEntry(thing))
        }
    }

    /// The thing must be attached to nothing.
    mutating func removeThing(_ name: String) {
        things.remove(name)
    }

    mutating func attachThing(_ name: String, to id: CertificateID, exclusively: Bool = false) {
        guard certificates.contains(id), let thing = things[name] else { return }
        certificates.update(id) { certificate in
            // The thing's own copy of its name, not another.
            certificate.things.insert(thing.name)
            certificate.isExclusive = exclusively
        }
        things.update(name) { $0.certificates.insert(id) }
    }

    mutating func detachThing(_ name: String, from id: CertificateID) {
        certificates.update(id) { certificate in
            certificate.things.remove(name)
            if certificate.things.isEmpty { certificate.isExclusive = false }
        }
        things.update(name) { $0.certificates.remove(id) }
    }

    // MARK: Certificates

    /// A certificate not yet there.
    mutating func insert(_ certificate: CertificateRecord) {
        let entry = CertificateEntry(certificate, issuer: issuers.take(IssuerName(certificate.issuer)))
        certificates.put(entry)
        identities.put(IssuedIdentity(entry))
    }

    mutating func setStatus(of id: CertificateID, to status: CertificateStatus) {
        certificates.update(id) { $0.status = status }
    }

    /// The certificate must be attached to nothing.
    mutating func removeCertificate(_ id: CertificateID) {
        guard let entry = certificates.remove(id) else { return }
        identities.remove(IssuedIdentity(entry).key)
        issuers.give(entry.issuer)
    }

    /// Bars an issuer's serial number for good.
    mutating func put(_ tombstone: CertificateTombstone) {
        guard !tombstones.contains(tombstone) else { return }
        var tombstone = tombstone
        tombstone.issuer = issuers.take(IssuerName(tombstone.issuer)).der
        tombstones.insert(tombstone)
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
        guard let entry = certificates[id], policies[name] != nil, !entry.policies.contains(name) else {
            return
        }
        setPolicies(entry.policies.inserting(name), of: entry)
        policies[name]?.targetCount += 1
    }

    mutating func detachPolicy(_ name: String, from id: CertificateID) {
        guard let entry = certificates[id], entry.policies.contains(name) else { return }
        setPolicies(entry.policies.filter { $0 != name }, of: entry)
        policies[name]?.targetCount -= 1
    }

    private mutating func setPolicies(_ names: [String], of entry: CertificateEntry) {
        let shared = names.isEmpty ? [] : policyLists.take(names)
        policyLists.give(entry.policies)
        certificates.update(entry.id) { $0.policies = shared }
    }

    // MARK: Authorities

    mutating func put(_ authority: AuthorityEntry) {
        let id = authority.record.id
        if authorities.updateValue(authority, forKey: id) == nil {
            authoritiesBySubject[IssuerName(authority.certificate.subjectDER), default: []].append(id)
        }
    }

    mutating func removeAuthority(_ id: CertificateID) {
        guard let authority = authorities.removeValue(forKey: id) else { return }
        let subject = IssuerName(authority.certificate.subjectDER)
        let remaining = authoritiesBySubject[subject]?.filter { $0 != id } ?? []
        authoritiesBySubject[subject] = remaining.isEmpty ? nil : remaining
    }

    // MARK: Building

    /// Takes over tables as a store filled them; policies and authorities follow.
    init(
        things: SortedTable<ThingEntry>, certificates: SortedTable<CertificateEntry>,
        identities: consuming [IssuedIdentity], issuers: InternTable<IssuerName>,
        policyLists: InternTable<[String]>
    ) {
        self.things = things
        self.certificates = certificates
        self.issuers = issuers
        self.policyLists = policyLists
        identities.sort { $0.key < $1.key }
        self.identities = SortedTable(sorted: identities)
    }

    /// How many certificates a policy is attached to, once all are there.
    mutating func setTargetCount(of policy: String, to count: Int) {
        policies[policy]?.targetCount = count
    }
}
