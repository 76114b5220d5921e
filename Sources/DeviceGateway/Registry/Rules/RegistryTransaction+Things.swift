import HashTreeCollections
public import X509Auth

extension RegistryTransaction {
    /// Creates a thing. Creating it again with the same contents changes nothing (AWS IoT API: CreateThing).
    ///
    /// - Throws: ``RegistryError/Code/alreadyExists`` if a thing of that name has other contents,
    ///   ``RegistryError/Code/invalidName`` or ``RegistryError/Code/limitExceeded`` if it is not acceptable.
    @discardableResult
    public mutating func createThing(_ thing: ThingRecord) throws(RegistryError) -> ThingRecord {
        try RegistryNames.check(thing, limits: limits)
        if let existing = draft.things[thing.name]?.record {
            guard existing == thing else {
                throw RegistryError(
                    .alreadyExists,
                    "thing \(RegistryNames.quoted(thing.name)) exists with another type or other attributes; "
                        + "update it instead")
            }
            return existing
        }
        draft.put(thing)
        record(.putThing(thing), affecting: .none)
        return thing
    }

    /// Replaces the type and the attributes of a thing.
    ///
    /// - Throws: ``RegistryError/Code/notFound``, ``RegistryError/Code/invalidName`` or
    ///   ``RegistryError/Code/limitExceeded``.
    @discardableResult
    public mutating func updateThing(_ thing: ThingRecord) throws(RegistryError) -> ThingRecord {
        try RegistryNames.check(thing, limits: limits)
        let entry = try thingEntry(thing.name)
        guard entry.record != thing else { return thing }
        draft.put(thing)
        record(.putThing(thing), affecting: .certificates(Set(entry.certificates.array)))
        return thing
    }

    /// Removes a thing.
    ///
    /// - Throws: ``RegistryError/Code/inUse`` while it is attached to a certificate (AWS IoT API:
    ///   DeleteThing), ``RegistryError/Code/notFound``.
    public mutating func removeThing(_ name: String) throws(RegistryError) {
        let entry = try thingEntry(name)
        guard entry.certificates.isEmpty else {
            throw RegistryError(
                .inUse,
                "thing \(RegistryNames.quoted(name)) is attached to \(entry.certificates.count) certificate(s); "
                    + "detach it first")
        }
        draft.removeThing(name)
        record(.removeThing(name), affecting: .none)
    }

    /// Attaches a thing to a certificate: connections of that certificate whose client identifier is the
    /// thing's name are the thing's. Attaching it again changes nothing.
    ///
    /// - Parameter exclusively: the thing is to be the certificate's only one, and the certificate the
    ///   thing's only one; then its connections are the thing's whatever their client identifier (AWS IoT
    ///   API: AttachThingPrincipal, `EXCLUSIVE_THING`).
    /// - Throws: ``RegistryError/Code/notFound`` if either does not exist, ``RegistryError/Code/inUse`` if an
    ///   exclusive attachment of either, or another where this is to be exclusive, stands in the way.
    public mutating func attach(
        thing name: String, to id: CertificateID, exclusively: Bool = false
    ) throws(RegistryError) {
        let thing = try thingEntry(name)
        let certificate = try certificateEntry(id)
        if certificate.things.contains(name), certificate.isExclusive == exclusively { return }
        try checkExclusivity(thing, certificate, exclusively: exclusively)
        draft.attachThing(name, to: id, exclusively: exclusively)
        record(.attachThing(name: name, certificate: id, isExclusive: exclusively), affecting: id)
    }

    private func checkExclusivity(
        _ thing: ThingEntry, _ certificate: CertificateEntry, exclusively: Bool
    ) throws(RegistryError) {
        let isAlone = { (entry: ThingEntry) in
            entry.certificates.array.allSatisfy { $0 == certificate.id }
        }
        let hasNoOther = certificate.things.array.allSatisfy { $0 == thing.name }
        if exclusively, !isAlone(thing) || !hasNoOther {
            throw RegistryError(
                .inUse,
                "thing \(RegistryNames.quoted(thing.name)) and certificate \(certificate.id) cannot be each "
                    + "other's only one: one of them is attached elsewhere; detach it there first")
        }
        if certificate.isExclusive, !hasNoOther {
            throw RegistryError(
                .inUse,
                "certificate \(certificate.id) is exclusive to thing "
                    + "\(RegistryNames.quoted(certificate.things.first ?? "")); detach it there first")
        }
        if !isAlone(thing), let other = thing.certificates.first,
            draft.certificates[other]?.isExclusive == true
        {
            throw RegistryError(
                .inUse,
                "thing \(RegistryNames.quoted(thing.name)) is exclusive to certificate \(other); "
                    + "detach it there first")
        }
    }

    /// Detaches a thing from a certificate.
    ///
    /// - Throws: ``RegistryError/Code/notFound`` if either does not exist or they are not attached.
    public mutating func detach(thing name: String, from id: CertificateID) throws(RegistryError) {
        _ = try thingEntry(name)
        guard try certificateEntry(id).things.contains(name) else {
            throw RegistryError(
                .notFound,
                "thing \(RegistryNames.quoted(name)) is not attached to certificate \(id); "
                    + "see what is attached to it")
        }
        draft.detachThing(name, from: id)
        record(.detachThing(name: name, certificate: id), affecting: id)
    }
}
