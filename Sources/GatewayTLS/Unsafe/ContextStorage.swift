import CGatewayOpenSSL

/// One configuration as OpenSSL holds it, with what the engine needs of it beside.
///
/// Unchecked because it holds a pointer: an `SSL_CTX` may be shared between threads as long as nobody
/// changes it, and nothing does after `init`.
final class ContextStorage: @unchecked Sendable {
    let pointer: OpaquePointer
    let isServer: Bool
    let versions: ClosedRange<TLSVersion>
    let applicationProtocols: [String]
    /// Client: what is sent as SNI.
    let sentServerName: String?
    let verifyClient: (@Sendable (TLSPeerCertificates) -> TLSVerdict)?

    convenience init(server configuration: TLSServerConfiguration) throws(TLSError) {
        try configuration.validate()
        var settings = gw_tls_settings()
        settings.is_server = 1
        settings.client_certificate =
            switch configuration.clientCertificate {
            case .none: GW_TLS_CLIENT_CERTIFICATE_NONE
            case .optional: GW_TLS_CLIENT_CERTIFICATE_OPTIONAL
            case .required: GW_TLS_CLIENT_CERTIFICATE_REQUIRED
            }
        settings.verify_chain = configuration.clientAuthoritiesPEM == nil ? 0 : 1
        try self.init(
            settings, versions: configuration.versions, groups: configuration.groups,
            cipherSuites: configuration.cipherSuites,
            cipherSuitesTLS13: configuration.cipherSuitesTLS13,
            applicationProtocols: configuration.applicationProtocols,
            authoritiesPEM: configuration.clientAuthoritiesPEM, serverName: nil,
            credentials: configuration.credentials, verifyClient: configuration.verifyClient)
        try probeServer(configuration.credentials)
    }

    convenience init(client configuration: TLSClientConfiguration) throws(TLSError) {
        try configuration.validate()
        var settings = gw_tls_settings()
        settings.verify_chain = configuration.verification == .full ? 1 : 0
        try self.init(
            settings, versions: configuration.versions, groups: configuration.groups,
            cipherSuites: configuration.cipherSuites,
            cipherSuitesTLS13: configuration.cipherSuitesTLS13,
            applicationProtocols: configuration.applicationProtocols,
            authoritiesPEM: configuration.trustedAuthoritiesPEM,
            serverName: configuration.serverName,
            credentials: configuration.credential.map { [$0] } ?? [], verifyClient: nil)
        let key = ClientProbes.Key(
            versions: configuration.versions, groups: configuration.groups,
            cipherSuites: configuration.cipherSuites,
            cipherSuitesTLS13: configuration.cipherSuitesTLS13)
        // A simulator makes one context a device; what the system allows is the same for all of them.
        if !ClientProbes.havePassed(key) {
            try probeClient()
            ClientProbes.passed(key)
        }
    }

    private init(
        _ base: gw_tls_settings, versions: ClosedRange<TLSVersion>, groups: String,
        cipherSuites: String?, cipherSuitesTLS13: String?, applicationProtocols: [String],
        authoritiesPEM: String?, serverName: String?, credentials: [TLSCredential],
        verifyClient: (@Sendable (TLSPeerCertificates) -> TLSVerdict)?
    ) throws(TLSError) {
        var settings = base
        settings.minimum_version = versions.lowerBound.rawValue
        settings.maximum_version = versions.upperBound.rawValue
        settings.judge = judgePeer
        let protocols = applicationProtocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        let ciphers = cipherSuites ?? DefaultCipherSuites.list(for: versions)
        let ciphersTLS13 = cipherSuitesTLS13 ?? DefaultCipherSuites.tls13
        var fault = gw_tls_fault()
        let made = ciphers.withCString { ciphers in
            ciphersTLS13.withCString { ciphersTLS13 in
                groups.withCString { groups in
                    withOptionalCString(serverName) { serverName in
                        withOptionalUTF8(authoritiesPEM) { authorities in
                            protocols.withUnsafeBufferPointer { protocols in
                                settings.ciphers = ciphers
                                settings.ciphers_tls13 = ciphersTLS13
                                settings.groups = groups
                                settings.server_name = serverName
                                // An empty text is not the same as none, which means the system's.
                                settings.authorities =
                                    authoritiesPEM == nil
                                    ? nil
                                    : authorities.assumingMemoryBound(to: CChar.self).baseAddress ?? groups
                                settings.authorities_length = authorities.count
                                settings.protocols = protocols.baseAddress
                                settings.protocols_length = protocols.count
                                return gw_tls_context_new(&settings, &fault)
                            }
                        }
                    }
                }
            }
        }
        guard let made else { throw Self.error(fault, ciphers, ciphersTLS13, groups, serverName) }
        pointer = made
        isServer = settings.is_server == 1
        self.versions = versions
        self.applicationProtocols = applicationProtocols
        sentServerName = serverName.flatMap { isIPAddress($0) ? nil : $0 }
        self.verifyClient = verifyClient
        for credential in credentials {
            guard gw_tls_context_add_credential(made, credential.storage.pointer, &fault) == 1 else {
                throw TLSError(
                    code: .invalidConfiguration, openSSLReason: fault.words, sideAtFault: .local,
                    message: "OpenSSL refuses the credential \(credential); it must be at least as strong "
                        + "as RSA-2048 and SHA-256")
            }
        }
    }

    deinit { gw_tls_context_free(pointer) }

    /// Every version must work with some credential, every credential with some version.
    private func probeServer(_ credentials: [TLSCredential]) throws(TLSError) {
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

    private func probeClient() throws(TLSError) {
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

    private static func error(
        _ fault: gw_tls_fault, _ ciphers: String, _ ciphersTLS13: String, _ groups: String,
        _ serverName: String?
    ) -> TLSError {
        var code = TLSError.Code.invalidConfiguration
        let message: String
        switch fault.kind {
        case GW_TLS_FAULT_VERSIONS:
            message = "OpenSSL does not accept the range of TLS versions"
        case GW_TLS_FAULT_CIPHERS:
            message = "no cipher suite up to TLS 1.2 is known by \"\(ciphers)\""
        case GW_TLS_FAULT_CIPHERS_TLS13:
            message = "a TLS 1.3 cipher suite is unknown in \"\(ciphersTLS13)\""
        case GW_TLS_FAULT_GROUPS:
            message = "a group is unknown in \"\(groups)\""
        case GW_TLS_FAULT_AUTHORITIES:
            message = "the authorities are not a list of PEM certificates that can be read"
        case GW_TLS_FAULT_SERVER_NAME:
            message = "\"\(serverName ?? "")\" is not a host name or address"
        default:
            code = .internalFailure
            message = "OpenSSL could not make a context"
        }
        return TLSError(code: code, openSSLReason: fault.words, sideAtFault: .local, message: message)
    }
}
