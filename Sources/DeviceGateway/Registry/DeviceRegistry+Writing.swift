public import X509Auth

extension DeviceRegistry {
    /// Makes several changes as one: all are committed, or, if `body` throws, none.
    ///
    /// `body` runs once, on the registry's own task; it must not wait for anything. Once started, a write
    /// is not interrupted by the cancellation of the calling task.
    ///
    /// - Throws: What `body` throws, ``RegistryError/Code/busy``, ``RegistryError/Code/storage``.
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (inout RegistryTransaction) throws(RegistryError) -> Result
    ) async throws(RegistryError) -> Result {
        let outcome: Swift.Result<Result, RegistryError> = await withCheckedContinuation { continuation in
            let write = PendingWrite { transaction in
                let result: Swift.Result<Result, RegistryError>
                do throws(RegistryError) {
                    result = .success(try body(&transaction))
                } catch {
                    result = .failure(error)
                }
                return PendingWrite.Attempt(
                    error: result.failure,
                    answer: { storeError in
                        continuation.resume(returning: storeError.map { .failure($0) } ?? result)
                    })
            }
            if let refusal = enqueue(write) { continuation.resume(returning: .failure(refusal)) }
        }
        return try outcome.get()
    }

    // MARK: Things

    /// See ``RegistryTransaction/createThing(_:)``.
    @discardableResult
    public func createThing(_ thing: ThingRecord) async throws(RegistryError) -> ThingRecord {
        try await write { transaction throws(RegistryError) in try transaction.createThing(thing) }
    }

    /// See ``RegistryTransaction/updateThing(_:)``.
    @discardableResult
    public func updateThing(_ thing: ThingRecord) async throws(RegistryError) -> ThingRecord {
        try await write { transaction throws(RegistryError) in try transaction.updateThing(thing) }
    }

    /// See ``RegistryTransaction/removeThing(_:)``.
    public func removeThing(_ name: String) async throws(RegistryError) {
        try await write { transaction throws(RegistryError) in try transaction.removeThing(name) }
    }

    /// See ``RegistryTransaction/attach(thing:to:exclusively:)``.
    public func attach(
        thing name: String, to id: CertificateID, exclusively: Bool = false
    ) async throws(RegistryError) {
        try await write { transaction throws(RegistryError) in
            try transaction.attach(thing: name, to: id, exclusively: exclusively)
        }
    }

    /// See ``RegistryTransaction/detach(thing:from:)``.
    public func detach(thing name: String, from id: CertificateID) async throws(RegistryError) {
        try await write { transaction throws(RegistryError) in try transaction.detach(thing: name, from: id) }
    }

    // MARK: Certificates

    /// See ``RegistryTransaction/register(certificate:status:mode:authority:now:)``.
    @discardableResult
    public func register(
        certificate: X509Certificate, status: CertificateStatus = .active, mode: CertificateMode = .standard,
        authority: CertificateID? = nil, now: Int64
    ) async throws(RegistryError) -> CertificateRecord {
        try await write { transaction throws(RegistryError) in
            try transaction.register(
                certificate: certificate, status: status, mode: mode, authority: authority, now: now)
        }
    }

    /// See ``RegistryTransaction/setStatus(of:to:)``. When this returns, observers have been told.
    @discardableResult
    public func setStatus(
        of id: CertificateID, to status: CertificateStatus
    ) async throws(RegistryError) -> CertificateRecord {
        try await write { transaction throws(RegistryError) in try transaction.setStatus(of: id, to: status) }
    }

    /// See ``RegistryTransaction/removeCertificate(_:detaching:)``.
    public func removeCertificate(
        _ id: CertificateID, detaching: Bool = false
    ) async throws(RegistryError) {
        try await write { transaction throws(RegistryError) in
            try transaction.removeCertificate(id, detaching: detaching)
        }
    }

    /// See ``RegistryTransaction/admitFirstSight(_:authority:now:)``. A certificate that is registered is
    /// answered at once; of any number of callers at the same time, one registers it.
    @discardableResult
    public func admitFirstSight(
        _ certificate: X509Certificate, authority: CertificateID, now: Int64
    ) async throws(RegistryError) -> CertificateRecord {
        if let existing = self.certificate(certificate.id) { return existing }
        return try await write { transaction throws(RegistryError) in
            try transaction.admitFirstSight(certificate, authority: authority, now: now)
        }
    }

    // MARK: Policies

    /// See ``RegistryTransaction/putPolicy(name:text:)``.
    @discardableResult
    public func putPolicy(name: String, text: String) async throws(RegistryError) -> PolicyRecord {
        try await write { transaction throws(RegistryError) in
            try transaction.putPolicy(name: name, text: text)
        }
    }

    /// See ``RegistryTransaction/removePolicy(_:)``.
    public func removePolicy(_ name: String) async throws(RegistryError) {
        try await write { transaction throws(RegistryError) in try transaction.removePolicy(name) }
    }

    /// See ``RegistryTransaction/attachPolicy(_:to:)``.
    public func attachPolicy(_ name: String, to id: CertificateID) async throws(RegistryError) {
        try await write { transaction throws(RegistryError) in try transaction.attachPolicy(name, to: id) }
    }

    /// See ``RegistryTransaction/detachPolicy(_:from:)``.
    public func detachPolicy(_ name: String, from id: CertificateID) async throws(RegistryError) {
        try await write { transaction throws(RegistryError) in try transaction.detachPolicy(name, from: id) }
    }

    // MARK: Authorities

    /// See ``RegistryTransaction/registerAuthority(certificate:mode:autoRegistration:isActive:revocationMode:now:)``.
    @discardableResult
    public func registerAuthority(
        certificate: X509Certificate, mode: CertificateMode = .standard, autoRegistration: AutoRegistration?,
        isActive: Bool = true, revocationMode: RevocationMode? = nil, now: Int64
    ) async throws(RegistryError) -> AuthorityRecord {
        try await write { transaction throws(RegistryError) in
            try transaction.registerAuthority(
                certificate: certificate, mode: mode, autoRegistration: autoRegistration,
                isActive: isActive, revocationMode: revocationMode, now: now)
        }
    }

    /// See ``RegistryTransaction/setAuthority(_:isActive:)``.
    @discardableResult
    public func setAuthority(
        _ id: CertificateID, isActive: Bool
    ) async throws(RegistryError) -> AuthorityRecord {
        try await write { transaction throws(RegistryError) in
            try transaction.setAuthority(id, isActive: isActive)
        }
    }

    /// See ``RegistryTransaction/setAutoRegistration(ofAuthority:to:)``.
    @discardableResult
    public func setAutoRegistration(
        ofAuthority id: CertificateID, to autoRegistration: AutoRegistration?
    ) async throws(RegistryError) -> AuthorityRecord {
        try await write { transaction throws(RegistryError) in
            try transaction.setAutoRegistration(ofAuthority: id, to: autoRegistration)
        }
    }

    /// See ``RegistryTransaction/setRevocationMode(ofAuthority:to:)``.
    @discardableResult
    public func setRevocationMode(
        ofAuthority id: CertificateID, to mode: RevocationMode
    ) async throws(RegistryError) -> AuthorityRecord {
        try await write { transaction throws(RegistryError) in
            try transaction.setRevocationMode(ofAuthority: id, to: mode)
        }
    }

    /// See ``RegistryTransaction/loadRevocationList(_:forced:)``.
    @discardableResult
    public func loadRevocationList(
        _ list: CertificateRevocationList, forced: Bool = false
    ) async throws(RegistryError) -> AuthorityRecord {
        try await write { transaction throws(RegistryError) in
            try transaction.loadRevocationList(list, forced: forced)
        }
    }

    /// See ``RegistryTransaction/removeAuthority(_:)``.
    public func removeAuthority(_ id: CertificateID) async throws(RegistryError) {
        try await write { transaction throws(RegistryError) in try transaction.removeAuthority(id) }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
