import HashTreeCollections
public import IoTPolicy
import Synchronization
public import X509Auth

extension DeviceRegistry {
    // MARK: Certificates

    /// The certificate, if it is registered.
    public func certificate(_ id: CertificateID) -> CertificateRecord? {
        read { $0.certificates[id]?.record }
    }

    /// The things attached to a certificate, by name.
    public func things(attachedTo id: CertificateID) -> [ThingRecord] {
        read { snapshot in
            (snapshot.certificates[id]?.things ?? []).compactMap { snapshot.things[$0]?.record }
        }
    }

    /// The thing of that name, if it is attached to the certificate.
    public func thing(_ name: String, attachedTo id: CertificateID) -> ThingRecord? {
        read { snapshot in
            guard let entry = snapshot.certificates[id], entry.things.contains(name) else { return nil }
            return snapshot.things[name]?.record
        }
    }

    /// The policies attached to a certificate, by name.
    public func policies(attachedTo id: CertificateID) -> [PolicyRecord] {
        read { snapshot in
            (snapshot.certificates[id]?.policies ?? []).compactMap { snapshot.policies[$0]?.policy.record }
        }
    }

    /// All certificates, by identifier.
    public var allCertificates: [CertificateRecord] {
        read { $0.certificates }.values.map(\.record).sorted(byText: \.id)
    }

    // MARK: Things, policies, authorities

    /// The thing, if it exists.
    public func thing(_ name: String) -> ThingRecord? {
        read { $0.things[name]?.record }
    }

    /// The certificates a thing is attached to, sorted.
    public func certificates(attachedTo thing: String) -> [CertificateID] {
        (read { $0.things[thing]?.certificates } ?? []).sorted(byText: \.self)
    }

    /// All things, by name.
    public var allThings: [ThingRecord] {
        read { $0.things }.values.map(\.record).sorted { $0.name < $1.name }
    }

    /// The policy, if it exists.
    public func policy(_ name: String) -> PolicyRecord? {
        read { $0.policies[name]?.policy.record }
    }

    /// The certificates a policy is attached to, sorted.
    public func policyTargets(_ name: String) -> [CertificateID] {
        (read { $0.policies[name]?.certificates } ?? []).sorted(byText: \.self)
    }

    /// All policies, by name.
    public var allPolicies: [PolicyRecord] {
        read { $0.policies }.values.map(\.policy.record).sorted { $0.name < $1.name }
    }

    /// The authority, if it is registered.
    public func authority(_ id: CertificateID) -> AuthorityRecord? {
        read { $0.authorities[id]?.record }
    }

    /// All authorities, by identifier.
    public var allAuthorities: [AuthorityRecord] {
        read { $0.authorities }.values.map(\.record).sorted(byText: \.id)
    }

    // MARK: Compiled policies

    /// The policies attached to a certificate, ready to be evaluated; for an unknown certificate a set that
    /// allows nothing. Certificates with the same policies share one set.
    ///
    /// A set's `generation` is a number of its own: two different sets never have the same one, so
    /// comparing it tells whether anything changed. It is not a ``generation`` of the registry.
    public func compiledPolicies(attachedTo id: CertificateID) -> PolicySet {
        compiledPolicies { $0.certificates[id]?.policies } ?? PolicySet([], options: policyOptions)
    }

    /// The named policies, ready to be evaluated, or `nil` if one of them does not exist: a listener must
    /// not run on a part of what it was given.
    public func compiledPolicies(named names: [String]) -> PolicySet? {
        let list = Set(names).sorted()
        return compiledPolicies { _ in list }
    }

    /// Looks up under the lock and compiles outside it: a large policy must not hold up every handshake.
    private func compiledPolicies(list: (borrowing RegistrySnapshot) -> [String]?) -> PolicySet? {
        enum Found {
            case nothing
            case ready(PolicySet)
            case toCompile(names: [String], sources: [ParsedPolicy], serial: UInt64)
        }
        let found = state.withLock { state -> Found in
            guard let names = list(state.snapshot), let sources = state.snapshot.parsedPolicies(names) else {
                return .nothing
            }
            if let set = state.policySets.set(named: names, sources: sources) { return .ready(set) }
            return .toCompile(names: names, sources: sources, serial: state.policySets.nextSerial())
        }
        switch found {
        case .nothing: return nil
        case .ready(let set): return set
        case .toCompile(let names, let sources, let serial):
            let compiled = PolicySet(
                sources.map { NamedPolicy(name: $0.record.name, document: $0.document) },
                options: policyOptions, generation: serial)
            return state.withLock { state in
                // Another caller may have been faster; all must end up with one set.
                if let set = state.policySets.set(named: names, sources: sources) { return set }
                state.policySets.insert(
                    compiled, named: names, sources: sources,
                    bound: state.snapshot.certificates.count + 64)
                return compiled
            }
        }
    }
}

extension Sequence {
    /// Sorted by identifier, whose text is made once per element.
    fileprivate func sorted(byText id: KeyPath<Element, CertificateID>) -> [Element] {
        map { (text: $0[keyPath: id].string, element: $0) }.sorted { $0.text < $1.text }.map(\.element)
    }
}
