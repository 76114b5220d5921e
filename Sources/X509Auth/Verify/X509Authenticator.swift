/// Decides whether a client certificate identifies a device that may connect.
///
/// A value over a trust source: no state, no clock, no I/O. A registered certificate is recognised by the
/// SHA-256 digest of its bytes and is not parsed at all. An unknown one must verify to a registered
/// authority that lets unknown devices in.
public struct X509Authenticator: Sendable {
    private let trust: any TrustSource
    private let requirements: X509Requirements

    /// An authenticator over `trust`.
    public init(trust: any TrustSource, requirements: X509Requirements = .default) {
        self.trust = trust
        self.requirements = requirements
    }

    /// The verdict on a client's certificates.
    ///
    /// Called inside the handshake, and again when the connection is admitted: a resumed session skips
    /// the handshake's check, and a status can change in between.
    ///
    /// - Parameters:
    ///   - leaf: The device's certificate in DER, as received.
    ///   - chain: Whatever else the client sent, in any order; most clients send nothing.
    ///   - now: Unix seconds.
    public func judge(leaf: [UInt8], chain: [[UInt8]], now: Int64) -> X509Verdict {
        if leaf.isEmpty { return .rejected(.missingCertificate) }
        guard leaf.count <= requirements.maximumCertificateSize else {
            return .rejected(
                X509Rejection(
                    .tooLarge,
                    "the client's certificate has \(leaf.count) bytes; at most \(requirements.maximumCertificateSize) are accepted"
                ))
        }
        let id = CertificateID(der: leaf)
        if let record = trust.registeredCertificate(id) {
            return judge(record, now: now)
        }
        do {
            let firstSight = FirstSight(trust: trust, requirements: requirements, now: now)
            return .firstSight(id, authority: try firstSight.authority(for: leaf, chain: chain))
        } catch {
            return .rejected(error)
        }
    }

    /// The verdict on a certificate that is registered, by its record alone: for a live connection whose
    /// certificate was proved in the handshake, when the registry changes.
    public func judge(_ record: RegisteredCertificate, now: Int64) -> X509Verdict {
        guard record.status == .active else {
            let advice =
                record.status == .revoked
                ? "issue the device a new certificate" : "activate it if the device is to connect"
            return .rejected(
                X509Rejection(
                    .inactive(record.status),
                    "certificate \(record.id) is \(record.status.rawValue); \(advice)"))
        }
        guard now >= record.notBefore else {
            return .rejected(.notYetValid("certificate \(record.id)", from: record.notBefore, now: now))
        }
        guard now <= record.notAfter else {
            return .rejected(.expired("certificate \(record.id)", at: record.notAfter, now: now))
        }
        if let authority = record.authority {
            if let rejection = rejection(of: record, by: authority, now: now) { return .rejected(rejection) }
            for other in record.otherAuthorities {
                if let rejection = rejection(of: record, by: other, now: now) { return .rejected(rejection) }
            }
        }
        return .registered(record.id)
    }

    private func rejection(
        of record: RegisteredCertificate, by authority: CertificateID, now: Int64
    ) -> X509Rejection? {
        guard !record.serialNumber.isEmpty, let revocation = trust.revocation(of: authority) else {
            return nil
        }
        let check = RevocationCheck(
            name: "certificate \(record.id)", authority: authority, revocation: revocation, now: now)
        return check.rejection(serialNumber: record.serialNumber)
    }
}
