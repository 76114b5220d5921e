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

    /// The registered certificate of that issuer and serial number, whatever its bytes.
    ///
    /// - Parameters:
    ///   - issuerDER: the issuer's name.
    ///   - serialNumber: `SerialNumber.bytes`.
    public func certificate(issuerDER: [UInt8], serialNumber: [UInt8]) -> CertificateRecord? {
        read { $0.certificate(issuer: issuerDER, serialNumber: serialNumber)?.record }
    }

    /// The certificates whose identifiers follow `id`, in order.
    ///
    /// - Parameter limit: how many at most.
    public func certificates(after id: CertificateID?, limit: Int) -> [CertificateRecord] {
        let from = id ?? CertificateID(lowestWith: 0)
        return read { snapshot in
            var records: [CertificateRecord] = []
            guard limit > 0 else { return records }
            snapshot.certificates.forEach(from: from) { entry in
                if entry.id != id { records.append(entry.record) }
                return records.count < limit
            }
            return records
        }
    }

    /// The certificates whose identifiers begin with these lowercase hexadecimal digits, in order.
    ///
    /// - Parameter limit: how many at most.
    public func certificates(idPrefix prefix: String, limit: Int) -> [CertificateRecord] {
        let digits = prefix.prefix(64)
        guard let first = CertificateID(digits + String(repeating: "0", count: 64 - digits.count)),
            let last = CertificateID(digits + String(repeating: "f", count: 64 - digits.count))
        else { return [] }
        return read { snapshot in
            var records: [CertificateRecord] = []
            snapshot.certificates.forEach(from: first) { entry in
                guard records.count < limit, entry.id <= last else { return false }
                records.append(entry.record)
                return true
            }
            return records
        }
    }

    /// The things attached to a certificate, by name.
    public func things(attachedTo id: CertificateID) -> [ThingRecord] {
        read { snapshot in
            (snapshot.certificates[id]?.things.array ?? []).compactMap { snapshot.things[$0]?.record }
        }
    }

    /// The thing of that name, if it is attached to the certificate.
    public func thing(_ name: String, attachedTo id: CertificateID) -> ThingRecord? {
        read { snapshot in
            guard let entry = snapshot.certificates[id], entry.things.contains(name) else { return nil }
            return snapshot.things[name]?.record
        }
    }

    /// The thing that a connection of this certificate is: the exclusive one, or else the attached one whose
    /// name is the client identifier (AWS IoT Developer Guide: "Associating an AWS IoT thing to an MQTT
    /// client connection"). Without either the first that is attached, so that explanations can say which name
    /// would have done: the policy engine holds to the rule that only those give thing variables a value.
    func associatedThing(of id: CertificateID, clientID: String) -> (thing: ThingRecord, isExclusive: Bool)? {
        read { snapshot in
            guard let entry = snapshot.certificates[id] else { return nil }
            let name = entry.things.contains(clientID) ? clientID : entry.things.first
            guard let name, let thing = snapshot.things[name]?.record else { return nil }
            return (thing, entry.isExclusive)
        }
    }

    /// Whether the certificate's thing is attached exclusively.
    public func hasExclusiveThing(_ id: CertificateID) -> Bool {
        read { $0.certificates[id]?.isExclusive ?? false }
    }

    /// The policies attached to a certificate, by name.
    public func policies(attachedTo id: CertificateID) -> [PolicyRecord] {
        read { snapshot in
            (snapshot.certificates[id]?.policies ?? []).compactMap { snapshot.policies[$0]?.policy.record }
        }
    }

    /// How many certificates are registered.
    public var certificateCount: Int { read { $0.certificates.count } }

    /// All certificates, by identifier. With very many, ask for pages: ``certificates(after:limit:)``.
    public var allCertificates: [CertificateRecord] {
        var records: [CertificateRecord] = []
        read { $0.certificates }.forEach { records.append($0.record) }
        return records
    }

    /// The certificate's DER encoding as it was registered, from the store; nil: not registered.
    ///
    /// - Throws: ``RegistryError/Code/storage``, ``RegistryError/Code/inconsistentStore`` if the store holds
    ///   other bytes than the identifier names.
    public func certificateDER(_ id: CertificateID) async throws(RegistryError) -> [UInt8]? {
        try await certificateEncodings([id])[id]
    }

    /// The DER encodings of those of the certificates that are registered.
    ///
    /// - Throws: as ``certificateDER(_:)``.
    public func certificateEncodings(
        _ ids: [CertificateID]
    ) async throws(RegistryError) -> [CertificateID: [UInt8]] {
        let encodings: [CertificateID: [UInt8]]
        do {
            encodings = try await store.encodings(of: ids)
        } catch {
            throw RegistryError(.storage, "the registry's store cannot be read: \(error)")
        }
        for (id, der) in encodings where CertificateID(der: der) != id {
            throw RegistryError(
                .inconsistentStore,
                "stored certificate \(id) holds other bytes than its identifier names; restore a backup")
        }
        return encodings
    }

    // MARK: Things, policies, authorities

    /// The thing, if it exists.
    public func thing(_ name: String) -> ThingRecord? {
        read { $0.things[name]?.record }
    }

    /// The things whose names follow `name`, in order.
    ///
    /// - Parameter limit: how many at most.
    public func things(after name: String?, limit: Int) -> [ThingRecord] {
        read { snapshot in
            var records: [ThingRecord] = []
            guard limit > 0 else { return records }
            snapshot.things.forEach(from: name ?? "") { entry in
                if entry.name != name { records.append(entry.record) }
                return records.count < limit
            }
            return records
        }
    }

    /// The certificates a thing is attached to, sorted.
    public func certificates(attachedTo thing: String) -> [CertificateID] {
        read { $0.things[thing]?.certificates.array } ?? []
    }

    /// All things, by name.
    public var allThings: [ThingRecord] {
        var records: [ThingRecord] = []
        read { $0.things }.forEach { records.append($0.record) }
        return records
    }

    /// The policy, if it exists.
    public func policy(_ name: String) -> PolicyRecord? {
        read { $0.policies[name]?.policy.record }
    }

    /// How many certificates a policy is attached to.
    public func policyTargetCount(_ name: String) -> Int {
        read { $0.policies[name]?.targetCount ?? 0 }
    }

    /// The certificates a policy is attached to, sorted. Looks at every certificate.
    ///
    /// - Parameter limit: how many at most; nil: all.
    public func policyTargets(_ name: String, limit: Int? = nil) -> [CertificateID] {
        var wanted = min(policyTargetCount(name), limit ?? .max)
        var ids: [CertificateID] = []
        read { $0.certificates }.forEach(from: CertificateID(lowestWith: 0)) { entry in
            if entry.policies.contains(name), wanted > 0 {
                ids.append(entry.id)
                wanted -= 1
            }
            return wanted > 0
        }
        return ids
    }

    /// All policies, by name.
    public var allPolicies: [PolicyRecord] {
        read { $0.policies }.values.map(\.policy.record).sorted { $0.name < $1.name }
    }

    /// The authority, if it is registered.
    public func authority(_ id: CertificateID) -> AuthorityRecord? {
        read { $0.authorities[id]?.record }
    }

    /// The revocation lists of an authority: the complete one, then the delta, as far as there are any.
    public func revocationLists(of authority: CertificateID) -> [CertificateRevocationList] {
        read { snapshot in
            guard let entry = snapshot.authorities[authority] else { return [] }
            return [entry.fullList, entry.deltaList].compactMap { $0 }
        }
    }

    /// All authorities, by identifier.
    public var allAuthorities: [AuthorityRecord] {
        read { $0.authorities }.values.map(\.record).sorted { $0.id < $1.id }
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
