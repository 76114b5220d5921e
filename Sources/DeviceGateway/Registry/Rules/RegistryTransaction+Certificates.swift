import HashTreeCollections
public import X509Auth

extension RegistryTransaction {
    /// Registers a device certificate.
    ///
    /// - Parameters:
    ///   - status: `ACTIVE`, `INACTIVE`, or `REVOKED` to bar a certificate that was never seen.
    ///   - mode: ``CertificateMode/sniOnly``: its device is admitted only if it names the server it wants.
    ///   - authority: The registered authority that issued it, if one did; recorded, and its name and signature
    ///     checked (AWS IoT API: RegisterCertificate). Without one the registering is the operator's word
    ///     (RegisterCertificateWithoutCA); if a registered authority did sign it, that is recorded all the same,
    ///     for its revocation lists.
    ///   - now: Unix seconds.
    /// - Throws: ``RegistryError/Code/alreadyExists``, ``RegistryError/Code/twin`` for a registered issuer and
    ///   serial number in other bytes, ``RegistryError/Code/revoked`` for those of a certificate that was revoked and
    ///   removed, ``RegistryError/Code/notFound`` for the authority,
    ///   ``RegistryError/Code/invalidCertificate`` if the authority did not issue it or it is weaker than
    ///   `X509Requirements` allow,
    ///   ``RegistryError/Code/invalidTransition``, ``RegistryError/Code/limitExceeded``.
    @discardableResult
    public mutating func register(
        certificate: X509Certificate, status: CertificateStatus = .active, mode: CertificateMode = .standard,
        authority: CertificateID? = nil, now: Int64
    ) throws(RegistryError) -> CertificateRecord {
        guard CertificateLifeCycle.initialByHand.contains(status) else { throw Self.notSettable(status) }
        if let existing = draft.certificates[certificate.id] {
            throw RegistryError(
                .alreadyExists,
                "certificate \(existing.id) is already registered, \(existing.status.rawValue); "
                    + "set its status instead")
        }
        if let authority {
            try checkIssuer(of: certificate, is: try authorityEntry(authority))
        }
        return try insert(
            certificate, status: status, mode: mode, authority: authority ?? issuer(of: certificate), now: now
        )
    }

    /// Changes a certificate's status. Leaving `ACTIVE` ends its connections. Setting the status it has
    /// changes nothing.
    ///
    /// - Throws: ``RegistryError/Code/invalidTransition`` for a `REVOKED` certificate, which stays so, and
    ///   for the statuses that are not set by hand (AWS IoT API: UpdateCertificate);
    ///   ``RegistryError/Code/notFound``.
    @discardableResult
    public mutating func setStatus(
        of id: CertificateID, to status: CertificateStatus
    ) throws(RegistryError) -> CertificateRecord {
        try setStatus(of: id, to: status, by: .byHand)
    }

    @discardableResult
    mutating func setStatus(
        of id: CertificateID, to status: CertificateStatus, by cause: CertificateLifeCycle.Cause
    ) throws(RegistryError) -> CertificateRecord {
        var certificate = try certificateEntry(id).record
        guard certificate.status != status else { return certificate }
        guard CertificateLifeCycle.allows(certificate.status, to: status, by: cause) else {
            if certificate.status == .revoked {
                throw RegistryError(
                    .invalidTransition,
                    "certificate \(id) is REVOKED, which is final; register a new certificate for the device")
            }
            if certificate.status == .pendingTransfer {
                throw RegistryError(
                    .invalidTransition,
                    "certificate \(id) is PENDING_TRANSFER; it can only be set INACTIVE or REVOKED")
            }
            throw Self.notSettable(status)
        }
        undo.append(.status(id, certificate.status))
        certificate.status = status
        draft.setStatus(of: id, to: status)
        record(.setCertificateStatus(id, status), affecting: id)
        return certificate
    }

    /// Removes a certificate.
    ///
    /// A removed certificate is unknown: if its authority admits unknown devices, it comes back with its
    /// next connection, unless it was `REVOKED`: then its issuer's name and serial number are barred for good. To keep
    /// a device out, revoke its certificate.
    ///
    /// - Parameter detaching: Whether to detach its things and policies; otherwise there must be none.
    /// - Throws: ``RegistryError/Code/inUse`` if it is `ACTIVE` or something is attached (AWS IoT API:
    ///   DeleteCertificate), ``RegistryError/Code/notFound``.
    public mutating func removeCertificate(
        _ id: CertificateID, detaching: Bool = false
    ) throws(RegistryError) {
        let entry = try certificateEntry(id)
        guard entry.status != .active else {
            throw RegistryError(
                .inUse, "certificate \(id) is ACTIVE; set it INACTIVE or REVOKED before removing it")
        }
        guard detaching || (entry.things.isEmpty && entry.policies.isEmpty) else {
            throw RegistryError(
                .inUse,
                "certificate \(id) has \(entry.things.count) thing(s) and \(entry.policies.count) policy(ies) "
                    + "attached; detach them first, or ask for it")
        }
        for name in entry.things.array { try detach(thing: name, from: id) }
        for name in entry.policies { try detachPolicy(name, from: id) }
        draft.removeCertificate(id)
        record(.removeCertificate(id), affecting: id)
        guard entry.status == .revoked else { return }
        let tombstone = CertificateTombstone(issuer: entry.issuer.der, serialNumber: entry.serialNumber.array)
        draft.put(tombstone)
        record(.putTombstone(tombstone), affecting: id)
    }

    /// Inserts a certificate not yet there: the one way in, whoever asks.
    mutating func insert(
        _ certificate: X509Certificate, status: CertificateStatus, mode: CertificateMode = .standard,
        authority: CertificateID?, now: Int64
    ) throws(RegistryError) -> CertificateRecord {
        // An ECDSA signature (r, s) can be turned by anyone into (r, n-s), which verifies, too.
        let twin = draft.certificate(
            issuer: certificate.issuerDER, serialNumber: certificate.serialNumber.bytes)
        if let twin {
            throw RegistryError(
                .twin,
                "certificate \(certificate.id) has the issuer and the serial number of registered certificate "
                    + "\(twin.id); issue a new certificate with a serial number of its own")
        }
        let identity = CertificateTombstone(
            issuer: certificate.issuerDER, serialNumber: certificate.serialNumber.bytes)
        guard !draft.tombstones.contains(identity) else {
            throw RegistryError(
                .revoked,
                "certificate \(certificate.id) was REVOKED, which is final, though it has been removed since; issue "
                    + "the device a new certificate with a serial number of its own")
        }
        guard draft.certificates.count < limits.certificates else {
            throw RegistryError(
                .limitExceeded,
                "\(draft.certificates.count) certificates are registered, no more are allowed; remove some "
                    + "or raise the limit")
        }
        do throws(X509Rejection) {
            try requirements.check(certificate)
        } catch {
            throw RegistryError(.invalidCertificate, error.message)
        }
        let new = CertificateRecord(
            certificate, status: status, mode: mode, authority: authority, registeredAt: now)
        draft.insert(new)
        undo.append(.registration(new.id))
        record(.insertCertificate(new, der: certificate.der), affecting: new.id)
        return new
    }

    /// The registered authority that signed a certificate itself: its revocation lists apply, and not those of
    /// another of the same name.
    private func issuer(of certificate: X509Certificate) -> CertificateID? {
        draft.authorities(subject: certificate.issuerDER)
            .first { certificate.isSigned(by: $0.certificate) }?.record.id
    }

    private func checkIssuer(
        of certificate: X509Certificate, is authority: AuthorityEntry
    ) throws(RegistryError) {
        guard certificate.issuerDER == authority.certificate.subjectDER else {
            throw RegistryError(
                .invalidCertificate,
                "certificate \(certificate.id) was issued by \(certificate.issuer), not by authority "
                    + "\(authority.record.id), \(authority.certificate.subject); name the authority that "
                    + "issued it, or none")
        }
        guard certificate.isSigned(by: authority.certificate) else {
            throw RegistryError(
                .invalidCertificate,
                "certificate \(certificate.id) is not signed by authority \(authority.record.id), though it "
                    + "names it; if several authorities bear that name, name the right one")
        }
    }

    static func notSettable(_ status: CertificateStatus) -> RegistryError {
        RegistryError(
            .invalidTransition,
            "status \(status.rawValue) cannot be set by hand; use ACTIVE, INACTIVE or REVOKED")
    }
}
