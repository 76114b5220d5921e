import Synchronization
import X509Auth

/// A store that lives as long as the process: for tests, and for hosts that fill the registry at start.
public final class InMemoryRegistryStore: RegistryStore {
    private let state: Mutex<State>

    /// Creates a store that already holds `contents`.
    public init(_ contents: RegistryContents = RegistryContents()) {
        state = Mutex(State(contents))
    }

    /// Everything that has been applied.
    public func load() async throws -> RegistryContents {
        state.withLock { $0.contents }
    }

    /// Applies all changes, or, throwing ``RegistryError/Code/storage``, none.
    public func apply(_ changes: [RegistryChange]) async throws {
        try state.withLock { state in
            var draft = state
            for change in changes { try draft.apply(change) }
            state = draft
        }
    }
}

private struct State: Sendable {
    private var things: [String: ThingRecord] = [:]
    private var certificates: [CertificateID: CertificateRecord] = [:]
    private var policies: [String: PolicyRecord] = [:]
    private var authorities: [CertificateID: AuthorityRecord] = [:]
    private var thingAttachments: Set<RegistryContents.Attachment> = []
    private var policyAttachments: Set<RegistryContents.Attachment> = []

    init(_ contents: RegistryContents) {
        for thing in contents.things { things[thing.name] = thing }
        for certificate in contents.certificates { certificates[certificate.id] = certificate }
        for policy in contents.policies { policies[policy.name] = policy }
        for authority in contents.authorities { authorities[authority.id] = authority }
        thingAttachments = Set(contents.thingAttachments)
        policyAttachments = Set(contents.policyAttachments)
    }

    var contents: RegistryContents {
        RegistryContents(
            things: Array(things.values), certificates: Array(certificates.values),
            policies: Array(policies.values), authorities: Array(authorities.values),
            thingAttachments: Array(thingAttachments), policyAttachments: Array(policyAttachments))
    }

    mutating func apply(_ change: RegistryChange) throws(RegistryError) {
        switch change {
        case .putThing(let thing):
            things[thing.name] = thing
        case .removeThing(let name):
            try refuse(if: thingAttachments.contains { $0.name == name }, "thing \(name) is attached")
            things[name] = nil
        case .putCertificate(let certificate):
            certificates[certificate.id] = certificate
        case .setCertificateStatus(let id, let status):
            try refuse(if: certificates[id] == nil, "certificate \(id) does not exist")
            certificates[id]?.status = status
        case .removeCertificate(let id):
            let isAttached =
                thingAttachments.contains { $0.certificate == id }
                || policyAttachments.contains { $0.certificate == id }
            try refuse(if: isAttached, "certificate \(id) is attached")
            certificates[id] = nil
        case .attachThing(let name, let id):
            try refuse(if: things[name] == nil, "thing \(name) does not exist")
            try refuse(if: certificates[id] == nil, "certificate \(id) does not exist")
            thingAttachments.insert(.init(name: name, certificate: id))
        case .detachThing(let name, let id):
            thingAttachments.remove(.init(name: name, certificate: id))
        case .putPolicy(let policy):
            policies[policy.name] = policy
        case .removePolicy(let name):
            let isReferred =
                policyAttachments.contains { $0.name == name }
                || authorities.values.contains { $0.template?.policyNames.contains(name) ?? false }
            try refuse(if: isReferred, "policy \(name) is referred to")
            policies[name] = nil
        case .attachPolicy(let name, let id):
            try refuse(if: policies[name] == nil, "policy \(name) does not exist")
            try refuse(if: certificates[id] == nil, "certificate \(id) does not exist")
            policyAttachments.insert(.init(name: name, certificate: id))
        case .detachPolicy(let name, let id):
            policyAttachments.remove(.init(name: name, certificate: id))
        case .putAuthority(let authority):
            for name in authority.template?.policyNames ?? [] {
                try refuse(if: policies[name] == nil, "policy \(name) does not exist")
            }
            authorities[authority.id] = authority
        case .removeAuthority(let id):
            authorities[id] = nil
        }
    }

    private func refuse(if condition: Bool, _ reason: String) throws(RegistryError) {
        if condition { throw RegistryError(.storage, "the change cannot be kept: \(reason)") }
    }
}
