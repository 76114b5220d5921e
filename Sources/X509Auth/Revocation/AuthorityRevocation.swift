/// What is known about the revocations of one authority, and what that is worth.
///
/// Lists that arrive here have been verified by ``CertificateRevocationList/verify(issuer:)``.
public struct AuthorityRevocation: Sendable {
    /// What the list is worth.
    public var mode: RevocationMode
    /// The complete list.
    public var full: CertificateRevocationList?
    /// Changes since a complete list.
    public var delta: CertificateRevocationList?

    /// From a registry's record.
    public init(
        mode: RevocationMode, full: CertificateRevocationList? = nil, delta: CertificateRevocationList? = nil
    ) {
        self.mode = mode
        self.full = full
        self.delta = delta
    }

    /// What the lists say of one certificate.
    public enum Answer: Hashable, Sendable {
        /// A current list does not name it.
        case notRevoked
        /// A list names it. That holds even when the list has expired.
        case revoked(RevocationEntry)
        /// There is no list.
        case noList
        /// The list ended at this time, Unix seconds.
        case expired(at: Int64)
        /// The list begins at this time, Unix seconds.
        case notYetValid(from: Int64)
    }

    /// Looks a certificate up, whatever the ``mode``.
    ///
    /// - Parameters:
    ///   - serialNumber: ``SerialNumber/bytes``.
    ///   - now: Unix seconds.
    public func answer(serialNumber: [UInt8], now: Int64, isAuthority: Bool = false) -> Answer {
        guard let full, !full.isDelta, !isAuthority || full.scope != .endEntities else {
            // Without its base a delta cannot clear anybody, but it can still name one.
            if let entry = delta?.entry(serial: serialNumber), entry.reason != .removeFromCRL {
                return .revoked(entry)
            }
            return .noList
        }
        if let delta, delta.applies(to: full), let entry = delta.entry(serial: serialNumber) {
            // Only a current delta releases; a list's naming somebody never lapses.
            if entry.reason != .removeFromCRL { return .revoked(entry) }
            if delta.isCurrent(at: now), full.isCurrent(at: now) { return .notRevoked }
        }
        if let entry = full.entry(serial: serialNumber) { return .revoked(entry) }
        if now < full.thisUpdate { return .notYetValid(from: full.thisUpdate) }
        if let nextUpdate = full.nextUpdate, now > nextUpdate { return .expired(at: nextUpdate) }
        return .notRevoked
    }
}
