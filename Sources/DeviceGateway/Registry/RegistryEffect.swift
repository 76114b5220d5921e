public import X509Auth

/// Whose rights or identity a committed change may have altered.
public enum RegistryEffect: Hashable, Sendable {
    /// Connections of these certificates.
    case certificates(Set<CertificateID>)
    /// Any connection: a policy's text or an authority changed.
    case allCertificates
}

extension RegistryEffect {
    /// No connection at all.
    static let none = RegistryEffect.certificates([])

    mutating func formUnion(_ other: RegistryEffect) {
        switch (self, other) {
        case (.certificates(let mine), .certificates(let others)): self = .certificates(mine.union(others))
        case (.allCertificates, _), (_, .allCertificates): self = .allCertificates
        }
    }

    mutating func insert(_ id: CertificateID) {
        guard case .certificates(var ids) = self else { return }
        self = .none
        ids.insert(id)
        self = .certificates(ids)
    }
}
