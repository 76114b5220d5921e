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
    let now: TLSClock?
    let resumption: TLSResumption
    let clientSessions: ClientSessions?
    /// The domain's name and the application protocol it is for.
    let domain: String?
    let domainApplicationProtocol: String?
    let unavailableCipherSuites: [String]
    /// OpenSSL's context refers to them.
    private let credentials: [TLSCredential]
    private let keyLog: TLSKeyLog?

    /// A server's, of one domain or of all connections.
    convenience init(
        server configuration: TLSServerConfiguration, domain: TLSDomain?, now: TLSClock?
    ) throws(TLSError) {
        try configuration.validate()
        var plan = ContextPlan(versions: configuration.versions, groups: configuration.groups)
        plan.settings.is_server = 1
        plan.settings.client_certificate =
            switch configuration.clientCertificate {
            case .none: GW_TLS_CLIENT_CERTIFICATE_NONE
            case .optional: GW_TLS_CLIENT_CERTIFICATE_OPTIONAL
            case .required: GW_TLS_CLIENT_CERTIFICATE_REQUIRED
            }
        plan.settings.verify_chain = configuration.clientAuthoritiesPEM == nil ? 0 : 1
        plan.cipherSuites = configuration.cipherSuites
        plan.cipherSuitesTLS13 = configuration.cipherSuitesTLS13
        plan.applicationProtocols = configuration.applicationProtocols
        plan.authoritiesPEM = configuration.clientAuthoritiesPEM
        plan.credentials = configuration.credentials
        plan.verifyClient = configuration.verifyClient
        plan.resumption = configuration.resumption
        plan.keyLog = configuration.keyLog
        plan.scope = SessionScope(server: configuration, domain: domain)
        plan.domain = domain
        plan.now = now
        try self.init(plan)
        try probeServer(configuration.credentials)
    }

    /// A client's.
    convenience init(client configuration: TLSClientConfiguration, now: TLSClock?) throws(TLSError) {
        try configuration.validate()
        var plan = ContextPlan(versions: configuration.versions, groups: configuration.groups)
        plan.settings.verify_chain = configuration.verification == .full ? 1 : 0
        plan.cipherSuites = configuration.cipherSuites
        plan.cipherSuitesTLS13 = configuration.cipherSuitesTLS13
        plan.applicationProtocols = configuration.applicationProtocols
        plan.authoritiesPEM = configuration.trustedAuthoritiesPEM
        plan.serverName = configuration.serverName
        plan.credentials = configuration.credential.map { [$0] } ?? []
        plan.keepsSessions = configuration.resumesSessions
        plan.settings.wants_staple = configuration.requestsStaple ? 1 : 0
        plan.keyLog = configuration.keyLog
        plan.now = now
        try self.init(plan)
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

    /// One that receives hellos, and has another chosen to answer each.
    convenience init(receivingHellosWith now: TLSClock?) throws(TLSError) {
        var plan = ContextPlan(versions: .v1_0 ... .v1_3, groups: TLSServerConfiguration.defaultGroups)
        plan.settings.is_server = 1
        plan.choosesDomains = true
        plan.now = now
        try self.init(plan)
    }

    private init(_ plan: ContextPlan) throws(TLSError) {
        let made = try plan.make()
        pointer = made
        isServer = plan.settings.is_server == 1
        versions = plan.versions
        applicationProtocols = plan.applicationProtocols
        sentServerName = plan.serverName.flatMap { isIPAddress($0) ? nil : $0 }
        verifyClient = plan.verifyClient
        now = plan.now
        resumption = plan.resumption
        clientSessions = plan.keepsSessions ? ClientSessions() : nil
        domain = plan.domain?.name
        domainApplicationProtocol = plan.domain?.applicationProtocol
        credentials = plan.credentials
        keyLog = plan.keyLog
        unavailableCipherSuites = plan.namedCipherSuites.filter {
            gw_tls_context_offers(made, $0) == 0
        }
        var fault = gw_tls_fault()
        for credential in plan.credentials {
            guard gw_tls_context_add_credential(pointer, credential.storage.pointer, &fault) == 1 else {
                throw TLSError(
                    code: .invalidConfiguration, openSSLReason: fault.words, sideAtFault: .local,
                    message: "OpenSSL refuses the credential \(credential); it must be at least as strong "
                        + "as RSA-2048 and SHA-256")
            }
        }
    }

    deinit { gw_tls_context_free(pointer) }

    /// The sessions that libssl holds, beside the cache and unbounded.
    var strayedSessions: Int { gw_tls_context_session_count(pointer) }
}
