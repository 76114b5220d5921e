import Synchronization
public import X509Auth

/// A store that lives as long as the process: for tests, and for hosts that fill the registry at start.
public final class InMemoryRegistryStore: RegistryStore {
    private let state = Mutex(State())

    /// An empty store.
    public init() {}

    /// Everything that has been applied.
    public func load() async throws -> RegistryContents {
        state.withLock { $0.contents }
    }

    /// Applies all changes, or, throwing ``RegistryError/Code/storage``, none.
    public func apply(_ changes: [RegistryChange]) async throws {
        try state.withLock { state in
            guard !changes.isEmpty else { return }
            var draft = state
            draft.generation += 1
            for change in changes { try draft.apply(change) }
            state = draft
        }
    }

    /// The encodings of those of the certificates that it holds.
    public func encodings(of certificates: [CertificateID]) async throws -> [CertificateID: [UInt8]] {
        state.withLock { state in
            var found: [CertificateID: [UInt8]] = [:]
            for id in certificates { found[id] = state.encodings[id] }
            return found
        }
    }
}

private struct State: Sendable {
    struct ThingAttachment: Hashable {
        var thing: String
        var certificate: CertificateID
    }
    struct ListKey: Hashable {
        var authority: CertificateID
        var isDelta: Bool
    }

    var generation: UInt64 = 1
    private var things: [String: ThingRecord] = [:]
    private var certificates: [CertificateID: CertificateRecord] = [:]
    private(set) var encodings: [CertificateID: [UInt8]] = [:]
    private var tombstones: Set<CertificateTombstone> = []
    private var policies: [String: PolicyRecord] = [:]
    private var authorities: [CertificateID: AuthorityRecord] = [:]
    private var revocationLists: [ListKey: RevocationListRecord] = [:]
    /// Whether it is exclusive.
    private var thingAttachments: [ThingAttachment: Bool] = [:]
    private var policyAttachments: Set<RegistryContents.Attachment> = []

    var contents: RegistryContents {
        var contents = RegistryContents()
        contents.generation = generation
        // In their order, which is how they are taken in fastest.
        for thing in things.values.sorted(by: { $0.name < $1.name }) { contents.add(thing) }
        for certificate in certificates.values.sorted(by: { $0.id < $1.id }) { contents.add(certificate) }
        for tombstone in tombstones { contents.add(tombstone) }
        for policy in policies.values { contents.add(policy) }
        for authority in authorities.values { contents.add(authority) }
        for list in revocationLists.values { contents.add(list) }
        for (attachment, isExclusive) in thingAttachments {
            contents.attachThing(
                .init(
                    name: attachment.thing, certificate: attachment.certificate, isExclusive: isExclusive))
        }
        for attachment in policyAttachments { contents.attachPolicy(attachment) }
        return contents
    }

    mutating func apply(_ change: RegistryChange) throws(RegistryError) {
        switch change {
        case .putThing(let thing):
            things[thing.name] = thing
        case .removeThing(let name):
            try refuse(if: thingAttachments.keys.contains { $0.thing == name }, "thing \(name) is attached")
            things[name] = nil
        case .insertCertificate(let certificate, let der):
            try refuse(
                if: certificates[certificate.id] != nil, "certificate \(certificate.id) exists")
            certificates[certificate.id] = certificate
            encodings[certificate.id] = der
        case .setCertificateStatus(let id, let status):
            try requireCertificate(id)
            certificates[id]?.status = status
        case .removeCertificate(let id):
            let isAttached =
                thingAttachments.keys.contains { $0.certificate == id }
                || policyAttachments.contains { $0.certificate == id }
            try refuse(if: isAttached, "certificate \(id) is attached")
            certificates[id] = nil
            encodings[id] = nil
        case .putTombstone(let tombstone):
            tombstones.insert(tombstone)
        case .attachThing(let name, let id, let isExclusive):
            try refuse(if: things[name] == nil, "thing \(name) does not exist")
            try requireCertificate(id)
            thingAttachments[ThingAttachment(thing: name, certificate: id)] = isExclusive
        case .detachThing(let name, let id):
            thingAttachments[ThingAttachment(thing: name, certificate: id)] = nil
        case .putPolicy(let policy):
            policies[policy.name] = policy
        case .removePolicy(let name):
            let isReferred =
                policyAttachments.contains { $0.name == name }
                || authorities.values.contains { $0.autoRegistration?.policyNames.contains(name) ?? false }
            try refuse(if: isReferred, "policy \(name) is referred to")
            policies[name] = nil
        case .attachPolicy(let name, let id):
            try refuse(if: policies[name] == nil, "policy \(name) does not exist")
            try requireCertificate(id)
            policyAttachments.insert(.init(name: name, certificate: id))
        case .detachPolicy(let name, let id):
            policyAttachments.remove(.init(name: name, certificate: id))
        default:
            try applyToAuthorities(change)
        }
    }

    private mutating func applyToAuthorities(_ change: RegistryChange) throws(RegistryError) {
        switch change {
        case .putAuthority(let authority):
            for name in authority.autoRegistration?.policyNames ?? [] {
                try refuse(if: policies[name] == nil, "policy \(name) does not exist")
            }
            authorities[authority.id] = authority
        case .removeAuthority(let id):
            authorities[id] = nil
            revocationLists = revocationLists.filter { $0.key.authority != id }
        case .putRevocationList(let list):
            try refuse(
                if: authorities[list.authority] == nil, "authority \(list.authority) does not exist")
            revocationLists[ListKey(authority: list.authority, isDelta: list.isDelta)] = list
        case .removeRevocationList(let authority, let isDelta):
            revocationLists[ListKey(authority: authority, isDelta: isDelta)] = nil
        default:
            break
        }
    }

    private func requireCertificate(_ id: CertificateID) throws(RegistryError) {
        try refuse(if: certificates[id] == nil, "certificate \(id) does not exist")
    }

    private func refuse(if condition: Bool, _ reason: String) throws(RegistryError) {
        if condition { throw RegistryError(.storage, "the change cannot be kept: \(reason)") }
    }
}
