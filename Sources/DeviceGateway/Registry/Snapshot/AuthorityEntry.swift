import X509Auth

/// An authority's record with the certificate and the revocation lists it holds.
final class AuthorityEntry: Sendable {
    let record: AuthorityRecord
    let certificate: X509Certificate
    let fullList: CertificateRevocationList?
    let deltaList: CertificateRevocationList?

    init(
        record: AuthorityRecord, certificate: X509Certificate, fullList: CertificateRevocationList? = nil,
        deltaList: CertificateRevocationList? = nil
    ) {
        self.record = record
        self.certificate = certificate
        self.fullList = fullList
        self.deltaList = deltaList
    }

    /// Whether devices are refused, or may be, for what it says of their certificates.
    var revocation: AuthorityRevocation? {
        guard record.revocationMode != .none else { return nil }
        return AuthorityRevocation(mode: record.revocationMode, full: fullList, delta: deltaList)
    }

    func with(_ record: AuthorityRecord) -> AuthorityEntry {
        AuthorityEntry(
            record: record, certificate: certificate, fullList: fullList, deltaList: deltaList)
    }

    func with(
        fullList: CertificateRevocationList?, deltaList: CertificateRevocationList?
    ) -> AuthorityEntry {
        AuthorityEntry(
            record: record, certificate: certificate, fullList: fullList, deltaList: deltaList)
    }
}
