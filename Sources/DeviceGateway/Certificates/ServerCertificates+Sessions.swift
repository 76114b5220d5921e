import GatewayTLS
import X509Auth

extension ServerCertificates {
    /// Frees the TLS sessions of certificates that a change has shut out. Nothing rests on it: whoever resumes is judged
    /// again. Sessions in tickets are their clients' and cannot be forgotten.
    func forgetSessions(_ effect: RegistryEffect) {
        guard case .cache(let cache) = endpoint.resumption, cache.count > 0 else { return }
        let admission = core.admission
        let now = core.clock.now().unixSeconds
        cache.removeAll { digest in
            guard let id = CertificateID(octets: digest.span.bytes), effect.concerns(id) else { return false }
            return !admission.accepts(id, now: now)
        }
    }
}

extension RegistryEffect {
    fileprivate func concerns(_ id: CertificateID) -> Bool {
        switch self {
        case .allCertificates: true
        case .certificates(let ids): ids.contains(id)
        }
    }
}
