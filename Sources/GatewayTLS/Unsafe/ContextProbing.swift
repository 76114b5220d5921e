import CGatewayOpenSSL

extension ContextStorage {
    /// Every version must work with some credential, every credential with some version.
    func probeServer(_ credentials: [TLSCredential]) throws(TLSError) {
        var unused = Set(credentials.indices)
        for version in versions.versions {
            var reason: String?
            var works = false
            for (index, credential) in credentials.enumerated() {
                var fault = gw_tls_fault()
                if gw_tls_context_probe(pointer, version.rawValue, credential.keyKind, &fault) == 1 {
                    works = true
                    unused.remove(index)
                } else {
                    reason = reason ?? fault.words
                }
            }
            guard works else { throw Self.unavailable(version, reason) }
        }
        if let index = unused.min() {
            throw TLSError(
                code: .invalidConfiguration, sideAtFault: .local,
                message: "the credential \(credentials[index]) works with none of TLS \(versions.sentence) "
                    + "under the configured cipher suites and groups")
        }
    }

    func probeClient() throws(TLSError) {
        for version in versions.versions {
            var fault = gw_tls_fault()
            guard gw_tls_context_probe(pointer, version.rawValue, "", &fault) == 1 else {
                throw Self.unavailable(version, fault.words)
            }
        }
    }

    private static func unavailable(_ version: TLSVersion, _ reason: String?) -> TLSError {
        TLSError(
            code: .versionUnavailable, openSSLReason: reason, sideAtFault: .local,
            message: "\(version) is configured but does not work here: a handshake with it in memory failed. "
                + "Either the configured cipher suites, groups and credentials don't suit it, or this "
                + "system's OpenSSL policy (openssl.cnf, crypto-policies, FIPS) forbids it")
    }
}
