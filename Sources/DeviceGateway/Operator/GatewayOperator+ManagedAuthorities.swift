import X509Auth

/// One of the gateway's own authorities.
public struct ManagedAuthoritySummary: Hashable, Sendable, Codable {
    /// SHA-256 of its certificate, 64 hexadecimal digits.
    public let id: String
    /// Its name.
    public let subject: String
    /// Whether it issues the new certificates. The others are kept for their devices only.
    public let isCurrent: Bool
    /// When its certificate began and ends, Unix seconds.
    public let notBefore: Int64
    /// Last valid second, Unix time.
    public let notAfter: Int64
    /// Registered certificates of it that are ACTIVE.
    public let activeCertificates: Int
}

extension GatewayOperator {
    private static let pageOfCertificates = 1_000

    func managedAuthorities() async throws(RegistryError) -> [ManagedAuthoritySummary] {
        var counts: [CertificateID: Int] = [:]
        let issuers = Set(succession.all.map(\.subjectDER))
        var last: CertificateID?
        while true {
            let page = registry.certificates(after: last, limit: Self.pageOfCertificates)
            let ids = page.filter { $0.status == .active && issuers.contains($0.issuer) }.map(\.id)
            // Successors share a name; only the encoding tells whose key signed.
            for der in try await registry.certificateEncodings(ids).values {
                guard let issuer = succession.issuer(ofDER: der) else { continue }
                counts[issuer.id, default: 0] += 1
            }
            guard page.count == Self.pageOfCertificates, let end = page.last?.id else { break }
            last = end
        }
        return succession.all.map { authority in
            ManagedAuthoritySummary(
                id: authority.id.string, subject: authority.subject.description,
                isCurrent: authority.id == succession.current.id, notBefore: authority.notBefore,
                notAfter: authority.notAfter, activeCertificates: counts[authority.id] ?? 0)
        }
    }
}
