import CGatewayOpenSSL

/// What a context is made from.
struct ContextPlan {
    /// All that isn't text.
    var settings = gw_tls_settings()
    var versions: ClosedRange<TLSVersion>
    var groups: String
    var cipherSuites: String?
    var cipherSuitesTLS13: String?
    var applicationProtocols: [String] = []
    var authoritiesPEM: String?
    var serverName: String?
    var credentials: [TLSCredential] = []
    var verifyClient: (@Sendable (TLSPeerCertificates) -> TLSVerdict)?
    var scope = SessionScope()
    var domain: TLSDomain?
    /// Server: it only receives hellos.
    var choosesDomains = false
    var resumption = TLSResumption.off
    var keyLog: TLSKeyLog?
    /// Client: sessions are kept, to be resumed.
    var keepsSessions = false
    var now: TLSClock?

    init(versions: ClosedRange<TLSVersion>, groups: String) {
        self.versions = versions
        self.groups = groups
    }

    /// The suites that the lists name one by one, as opposed to classes and commands.
    var namedCipherSuites: [String] {
        [
            versions.lowerBound < .v1_3 ? cipherSuites : nil,
            versions.contains(.v1_3) ? cipherSuitesTLS13 : nil,
        ]
        .compactMap { $0 }.flatMap { $0.split { ":, ".contains($0) } }.map(String.init)
        .filter { name in
            name.first?.isLetter == true && name.contains { "-_".contains($0) } && !name.contains("+")
        }
    }

    /// The caller owns what it gets.
    func make() throws(TLSError) -> OpaquePointer {
        var settings = settings
        settings.minimum_version = versions.lowerBound.rawValue
        settings.maximum_version = versions.upperBound.rawValue
        settings.callbacks = .engine(choosesDomains: choosesDomains, hasClock: now != nil)
        settings.key_log = keyLog?.storage.pointer
        switch resumption {
        case .off:
            settings.resumption = keepsSessions ? GW_TLS_RESUMPTION_CACHE : GW_TLS_RESUMPTION_OFF
        case .cache(let cache):
            settings.resumption = GW_TLS_RESUMPTION_CACHE
            settings.session_lifetime = cache.lifetime
        case .tickets(let keys):
            settings.resumption = GW_TLS_RESUMPTION_TICKETS
            settings.session_lifetime = keys.lifetime
        }
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
                                scope.bytes.withUnsafeBufferPointer { scope in
                                    settings.ciphers = ciphers
                                    settings.ciphers_tls13 = ciphersTLS13
                                    settings.groups = groups
                                    settings.server_name = serverName
                                    // An empty text is not the same as none, which means the system's.
                                    settings.authorities =
                                        authoritiesPEM == nil
                                        ? nil
                                        : authorities.assumingMemoryBound(to: CChar.self).baseAddress
                                            ?? groups
                                    settings.authorities_length = authorities.count
                                    settings.protocols = protocols.baseAddress
                                    settings.protocols_length = protocols.count
                                    settings.scope = scope.baseAddress
                                    settings.scope_length = scope.count
                                    return gw_tls_context_new(&settings, &fault)
                                }
                            }
                        }
                    }
                }
            }
        }
        guard let made else { throw Self.error(fault, ciphers, ciphersTLS13, groups, serverName) }
        return made
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
