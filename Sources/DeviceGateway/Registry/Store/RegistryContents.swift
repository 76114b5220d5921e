public import X509Auth

/// Everything a ``RegistryStore`` holds, on its way into memory.
///
/// A store adds what it keeps, things and certificates before what attaches them. It need not be in order,
/// but certificates by ascending identifier and things by ascending name are taken in fastest.
public struct RegistryContents: Sendable {
    var things = SortedTable<ThingEntry>()
    private(set) var certificates = SortedTable<CertificateEntry>()
    /// In no order. One of a certificate that was added again is there twice.
    private(set) var identities: [IssuedIdentity] = []
    var issuers = InternTable<IssuerName>()
    var policyLists = InternTable<[String]>()
    var tombstones: Set<CertificateTombstone> = []
    var policyRecords: [PolicyRecord] = []
    var authorityRecords: [AuthorityRecord] = []
    var revocationLists: [RevocationListRecord] = []
    /// One, and one more for each list of changes that was applied: what a registry's ``DeviceRegistry/generation`` goes
    /// on from.
    public var generation: UInt64 = 1
    /// Attachments to what is not there; a registry refuses to open.
    private(set) var dangling: [Attachment] = []
    var policyTargets: [String: Int] = [:]
    private var lastPolicyList: [String] = []
    private var lastIssuer = IssuerName([])
    private var lastThing: SortedTable<ThingEntry>.Position?
    private var lastCertificate: SortedTable<CertificateEntry>.Position?

    /// A thing or policy attached to a certificate.
    public struct Attachment: Hashable, Sendable {
        /// The thing's or the policy's name.
        public var name: String
        /// The certificate.
        public var certificate: CertificateID
        /// Of a thing: it is the certificate's only one, and the certificate its only one.
        public var isExclusive: Bool

        /// Creates an attachment.
        public init(name: String, certificate: CertificateID, isExclusive: Bool = false) {
            self.name = name
            self.certificate = certificate
            self.isExclusive = isExclusive
        }
    }

    /// Nothing.
    public init() {}

    // MARK: Adding

    /// Adds a thing.
    public mutating func add(_ thing: ThingRecord) { things.put(ThingEntry(thing)) }

    /// Adds a certificate.
    public mutating func add(_ certificate: CertificateRecord) {
        put(CertificateEntry(certificate, issuer: shared(certificate.issuer)))
    }

    /// Adds a certificate without making a record of it: for stores with very many.
    ///
    /// - Parameters:
    ///   - issuer: the issuer's name; DER.
    ///   - serialNumber: the serial number's octets.
    public mutating func addCertificate(
        id: CertificateID, status: CertificateStatus, mode: CertificateMode, notBefore: Int64,
        notAfter: Int64, issuer: [UInt8], serialNumber: RawSpan, authority: CertificateID?,
        registeredAt: Int64
    ) {
        put(
            CertificateEntry(
                id: id, status: status, mode: mode, notBefore: notBefore, notAfter: notAfter,
                issuer: shared(issuer), serialNumber: CompactOctets(serialNumber), authority: authority,
                registeredAt: registeredAt))
    }

    /// Adds what remains of a revoked certificate that was removed.
    public mutating func add(_ tombstone: CertificateTombstone) { tombstones.insert(tombstone) }

    /// Adds a policy.
    public mutating func add(_ policy: PolicyRecord) { policyRecords.append(policy) }

    /// Adds an authority.
    public mutating func add(_ authority: AuthorityRecord) { authorityRecords.append(authority) }

    /// Adds a revocation list.
    public mutating func add(_ list: RevocationListRecord) { revocationLists.append(list) }

    /// Attaches a thing to a certificate; both have been added. Fastest by ascending name of the thing.
    public mutating func attachThing(_ attachment: Attachment) {
        guard let thing = things.position(of: attachment.name, after: lastThing),
            let certificate = certificates.position(of: attachment.certificate)
        else {
            dangling.append(attachment)
            return
        }
        lastThing = thing
        let name = things[thing].name
        things[thing].certificates.insert(attachment.certificate)
        certificates[certificate].things.insert(name)
        certificates[certificate].isExclusive = attachment.isExclusive
    }

    /// Attaches a policy to a certificate, which has been added. Fastest by ascending identifier.
    public mutating func attachPolicy(_ attachment: Attachment) {
        guard let position = certificates.position(of: attachment.certificate, after: lastCertificate) else {
            dangling.append(attachment)
            return
        }
        lastCertificate = position
        let policies = certificates[position].policies
        guard !policies.contains(attachment.name) else { return }
        policyTargets[attachment.name, default: 0] += 1
        if policies.isEmpty, lastPolicyList.count == 1, lastPolicyList[0] == attachment.name {
            _ = policyLists.take(lastPolicyList)
        } else {
            lastPolicyList = policyLists.take(policies.inserting(attachment.name))
            policyLists.give(policies)
        }
        certificates[position].policies = lastPolicyList
    }

    private mutating func put(_ certificate: CertificateEntry) {
        certificates.put(certificate)
        // Now, while it is at hand: each of a million rows is in nobody's cache later.
        identities.append(IssuedIdentity(certificate))
    }

    private mutating func shared(_ issuer: [UInt8]) -> IssuerName {
        lastIssuer = issuers.take(issuer == lastIssuer.der ? lastIssuer : IssuerName(issuer))
        return lastIssuer
    }
}

// MARK: Reading

extension RegistryContents {
    /// All things, by name.
    public var allThings: [ThingRecord] {
        var records: [ThingRecord] = []
        things.forEach { records.append($0.record) }
        return records
    }

    /// All certificates, by identifier.
    public var allCertificates: [CertificateRecord] {
        var records: [CertificateRecord] = []
        certificates.forEach { records.append($0.record) }
        return records
    }

    /// What remains of revoked certificates that were removed.
    public var allTombstones: [CertificateTombstone] { Array(tombstones) }

    /// All policies.
    public var allPolicies: [PolicyRecord] { policyRecords }

    /// All authorities.
    public var allAuthorities: [AuthorityRecord] { authorityRecords }

    /// All revocation lists.
    public var allRevocationLists: [RevocationListRecord] { revocationLists }

    /// Which things are attached to which certificates.
    public var thingAttachments: [Attachment] {
        var attachments: [Attachment] = []
        certificates.forEach { certificate in
            for name in certificate.things.array {
                attachments.append(
                    Attachment(
                        name: name, certificate: certificate.id, isExclusive: certificate.isExclusive))
            }
        }
        return attachments + dangling
    }

    /// Which policies are attached to which certificates.
    public var policyAttachments: [Attachment] {
        var attachments: [Attachment] = []
        certificates.forEach { certificate in
            for name in certificate.policies {
                attachments.append(Attachment(name: name, certificate: certificate.id))
            }
        }
        return attachments
    }
}
