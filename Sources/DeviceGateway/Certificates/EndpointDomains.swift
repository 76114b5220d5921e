import GatewayTLS

/// A TLS endpoint's settings as GatewayTLS wants them: a list of domains, the default one last.
struct EndpointDomains: Sendable {
    /// The domain that answers whoever no other does.
    static let defaultName = "default"

    let domains: [TLSDomain]
    let unknownServerName: TLSUnknownServerName
    /// Everything the endpoint presents, with the domain it was given to.
    let credentials: [(domain: String, credential: TLSCredential)]

    /// - Parameters:
    ///   - endpoint: what was configured.
    ///   - verifyClient: the judge of devices' certificates, in every domain.
    /// - Throws: ``GatewayError`` with `.invalidConfiguration` naming the domain.
    init(
        _ endpoint: TLSEndpoint, verifyClient: @escaping @Sendable (TLSPeerCertificates) -> TLSVerdict
    ) throws(GatewayError) {
        var standard = TLSServerConfiguration(
            credentials: endpoint.credentials, versions: endpoint.versions,
            applicationProtocols: endpoint.applicationProtocols,
            clientCertificate: endpoint.clientCertificate, verifyClient: verifyClient,
            clientAuthoritiesPEM: endpoint.clientAuthoritiesPEM)
        standard.resumption = endpoint.resumption
        standard.keyLog = endpoint.keyLog
        if let policy = endpoint.securityPolicy {
            standard.apply(
                policy.forPort(endpoint.port), minimumVersion: endpoint.securityPolicyMinimumVersion)
        }
        try Self.check(standard.clientCertificate, of: "the TLS endpoint")
        var domains: [TLSDomain] = []
        for domain in endpoint.domains {
            domains.append(try Self.domain(domain, standard, port: endpoint.port))
        }
        credentials =
            endpoint.domains.flatMap { domain in domain.credentials.map { (domain.name, $0) } }
            + endpoint.credentials.map { (Self.defaultName, $0) }
        domains.append(
            TLSDomain(
                name: Self.defaultName, configuration: standard,
                applicationProtocol: GatewayDomain.secureMQTT))
        self.domains = domains
        unknownServerName = endpoint.domains.isEmpty ? .useDefault : endpoint.unknownServerName
    }

    private static func domain(
        _ domain: GatewayDomain, _ standard: TLSServerConfiguration, port: Int
    ) throws(GatewayError) -> TLSDomain {
        guard domain.name != defaultName else {
            throw GatewayError(
                .invalidConfiguration,
                "a domain can't be called \"\(defaultName)\": that is what answers devices of no domain")
        }
        guard domain.applicationProtocol == GatewayDomain.secureMQTT else {
            throw GatewayError(
                .invalidConfiguration,
                "the domain \"\(LogText.escape(domain.name))\" is to speak "
                    + "\(LogText.escape(domain.applicationProtocol)); this gateway speaks MQTT over TLS only "
                    + "(\(GatewayDomain.secureMQTT))")
        }
        guard !domain.serverNames.isEmpty else {
            throw GatewayError(
                .invalidConfiguration,
                "the domain \"\(LogText.escape(domain.name))\" has no server names; no device could reach it")
        }
        var configuration = standard
        if !domain.credentials.isEmpty { configuration.credentials = domain.credentials }
        if let policy = domain.securityPolicy { configuration.apply(policy.forPort(port)) }
        if let versions = domain.versions { configuration.versions = versions }
        if let mode = domain.clientCertificate { configuration.clientCertificate = mode }
        if let protocols = domain.applicationProtocols { configuration.applicationProtocols = protocols }
        try check(configuration.clientCertificate, of: "the domain \"\(LogText.escape(domain.name))\"")
        return TLSDomain(
            name: domain.name, serverNames: domain.serverNames, ports: domain.ports,
            configuration: configuration, applicationProtocol: domain.applicationProtocol)
    }

    private static func check(_ mode: TLSClientCertificateMode, of place: String) throws(GatewayError) {
        guard mode == .none else { return }
        throw GatewayError(
            .invalidConfiguration,
            "\(place) asks for no client certificates, so that no device could be known; "
                + "let it require them or make them optional")
    }
}
