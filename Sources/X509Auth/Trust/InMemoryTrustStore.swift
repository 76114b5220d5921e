import Synchronization

/// A trust source kept in memory: for tests, tools, and hosts that have a registry of their own and fill
/// this from it.
///
/// Readers take a short lock; nothing is computed under it but dictionary look-ups.
public final class InMemoryTrustStore: TrustSource, Sendable {
    private struct IssuerAndSerial: Hashable {
        let issuerDER: [UInt8]
        let serialNumber: [UInt8]
    }

    private struct Device {
        var record: RegisteredCertificate
        let issuerAndSerial: IssuerAndSerial
        let authorityKeyIdentifier: [UInt8]?
    }

    private struct State {
        var devices: [CertificateID: Device] = [:]
        var known: [IssuerAndSerial: Int] = [:]
        /// Whatever was revoked, registered still or not, in whatever bytes. Never forgotten.
        var revoked: Set<IssuerAndSerial> = []
        var authorities: [[UInt8]: [RegisteredAuthority]] = [:]
        var revocations = RevocationLists()

        /// What is revoked is an issuer and serial number, in whatever bytes.
        mutating func revoke(_ key: IssuerAndSerial) {
            revoked.insert(key)
            guard known[key, default: 0] > 1 else { return }
            for id in devices.filter({ $0.value.issuerAndSerial == key }).keys {
                devices[id]?.record.status = .revoked
            }
        }
    }

    private let state = Mutex(State())
    private let requirements: X509Requirements

    /// An empty store that registers only what `requirements` admits.
    public init(requirements: X509Requirements = .default) {
        self.requirements = requirements
    }

    // MARK: Devices

    /// Registers a device certificate, or sets the status of one that is registered.
    ///
    /// - Throws: ``X509Error/Code-swift.struct/unacceptableKey`` or
    ///   ``X509Error/Code-swift.struct/refused`` for a certificate the requirements refuse, or whose issuer and
    ///   serial number were revoked, also if it was removed since.
    @discardableResult
    public func register(
        _ certificate: X509Certificate, status: CertificateStatus = .active
    ) throws(X509Error) -> RegisteredCertificate {
        do {
            try requirements.check(certificate)
        } catch {
            throw X509Error(
                code: error.reason == .weakKey ? .unacceptableKey : .refused, message: error.message)
        }
        let key = IssuerAndSerial(
            issuerDER: certificate.issuerDER, serialNumber: certificate.serialNumber.bytes)
        let record = RegisteredCertificate(certificate, status: status)
        let isRevoked = state.withLock { state in
            if status != .revoked, state.revoked.contains(key) { return true }
            if state.devices[certificate.id] == nil { state.known[key, default: 0] += 1 }
            state.devices[certificate.id] = Device(
                record: record, issuerAndSerial: key,
                authorityKeyIdentifier: certificate.authorityKeyIdentifier)
            if status == .revoked { state.revoke(key) }
            return false
        }
        if isRevoked { throw Self.revoked(certificate.id) }
        return record
    }

    /// Changes a device certificate's status. Nothing leads out of ``CertificateStatus/revoked``, and others of the same
    /// issuer and serial number are revoked with the one.
    public func setStatus(_ status: CertificateStatus, of id: CertificateID) throws(X509Error) {
        let error: X509Error? = state.withLock { state in
            guard let device = state.devices[id] else { return Self.unknown(id) }
            if status == .revoked {
                state.revoke(device.issuerAndSerial)
            } else if state.revoked.contains(device.issuerAndSerial) {
                return Self.revoked(id)
            }
            state.devices[id]?.record.status = status
            return nil
        }
        if let error { throw error }
    }

    /// Forgets a device certificate. One that is ``CertificateStatus/revoked`` stays out for as long as the store
    /// lives: neither it nor other bytes with its issuer and serial number can be registered, by hand or at first
    /// sight. What remains of it is those two, some hundred bytes; only the store's owner makes that grow.
    ///
    /// - Returns: Whether it was registered.
    @discardableResult
    public func remove(_ id: CertificateID) -> Bool {
        state.withLock { state in
            guard let device = state.devices.removeValue(forKey: id) else { return false }
            let count = (state.known[device.issuerAndSerial] ?? 1) - 1
            state.known[device.issuerAndSerial] = count > 0 ? count : nil
            return true
        }
    }

    // MARK: Authorities

    /// Registers an authority, or replaces the record of one that is registered.
    ///
    /// - Throws: ``X509Error/Code-swift.struct/notAnAuthority`` or
    ///   ``X509Error/Code-swift.struct/unacceptableKey`` for a certificate that may not issue.
    public func register(
        authority certificate: X509Certificate, status: RegisteredAuthority.Status = .active,
        allowsAutoRegistration: Bool
    ) throws(X509Error) {
        do {
            try requirements.checkAuthority(certificate)
        } catch {
            throw X509Error(
                code: error.reason == .weakKey ? .unacceptableKey : .notAnAuthority, message: error.message)
        }
        let record = RegisteredAuthority(
            certificate: certificate, status: status, allowsAutoRegistration: allowsAutoRegistration)
        state.withLock { state in
            state.authorities[certificate.subjectDER, default: []].removeAll { $0.id == record.id }
            state.authorities[certificate.subjectDER, default: []].append(record)
        }
    }

    /// Forgets an authority. Its registered devices stay.
    ///
    /// - Returns: Whether it was registered.
    @discardableResult
    public func removeAuthority(_ certificate: X509Certificate) -> Bool {
        state.withLock { state in
            guard var records = state.authorities[certificate.subjectDER],
                let index = records.firstIndex(where: { $0.id == certificate.id })
            else { return false }
            records.remove(at: index)
            state.authorities[certificate.subjectDER] = records.isEmpty ? nil : records
            return true
        }
    }

    // MARK: Revocation

    /// Sets what an authority's revocation list is worth.
    public func setRevocationMode(_ mode: RevocationMode, of authority: CertificateID) {
        state.withLock { $0.revocations.setMode(mode, of: authority) }
    }

    /// Loads an authority's complete or delta list.
    ///
    /// - Throws: The errors of ``RevocationLists/load(_:of:)``; the lists in force stay.
    public func load(
        _ list: CertificateRevocationList, of authority: X509Certificate
    ) throws(X509Error) {
        var lists = state.withLock { $0.revocations }
        // The signature over a large list takes its time: not under the lock.
        try lists.load(list, of: authority)
        let revocation = lists[authority.id]
        state.withLock { $0.revocations[authority.id] = revocation }
    }

    // MARK: TrustSource

    /// The record of a device certificate, with the authority that bears its issuer's name and key identifier.
    public func registeredCertificate(_ id: CertificateID) -> RegisteredCertificate? {
        state.withLock { state in
            guard let device = state.devices[id] else { return nil }
            var record = device.record
            if record.authority == nil {
                record.authority =
                    state.authorities[device.issuerAndSerial.issuerDER]?.first { authority in
                        guard let wanted = device.authorityKeyIdentifier,
                            let has = authority.certificate.subjectKeyIdentifier
                        else { return true }
                        return wanted == has
                    }?.id
            }
            return record
        }
    }

    /// An authority's mode and lists.
    public func revocation(of authority: CertificateID) -> AuthorityRevocation? {
        state.withLock { $0.revocations[authority] }
    }

    /// Authorities by subject, without those whose key identifier differs.
    public func registeredAuthorities(
        issuerDER: [UInt8], keyIdentifier: [UInt8]?
    ) -> [RegisteredAuthority] {
        let named = state.withLock { $0.authorities[issuerDER] ?? [] }
        guard let keyIdentifier else { return named }
        return named.filter { authority in
            authority.certificate.subjectKeyIdentifier.map { $0 == keyIdentifier } ?? true
        }
    }

    /// Whether a device certificate with this issuer and serial number is registered, or was revoked and removed.
    public func isKnown(issuerDER: [UInt8], serialNumber: [UInt8]) -> Bool {
        let key = IssuerAndSerial(issuerDER: issuerDER, serialNumber: serialNumber)
        return state.withLock { $0.known[key] != nil || $0.revoked.contains(key) }
    }

    private static func unknown(_ id: CertificateID) -> X509Error {
        X509Error(code: .refused, message: "certificate \(id) is not registered")
    }

    private static func revoked(_ id: CertificateID) -> X509Error {
        X509Error(
            code: .refused, message: "certificate \(id) is REVOKED for good; issue the device a new one")
    }
}
