public import GatewayTLS

extension Gateway {
    /// The TLS endpoint's settings now in force; `nil` while the gateway doesn't run, or without one.
    public var tlsEndpoint: TLSEndpoint? { certificates?.endpoint }

    /// Presents other server credentials to devices that connect from now on. Live connections keep theirs.
    ///
    /// Every version of every domain is tried by a handshake in memory first, which takes milliseconds: call
    /// it on no event loop.
    ///
    /// - Parameters:
    ///   - credentials: one, or one RSA and one EC side by side.
    ///   - domain: the ``GatewayDomain/name`` of those whose credentials are replaced; `nil`: the endpoint's own.
    /// - Throws: ``GatewayError`` when the credentials have expired or cannot work, or the gateway doesn't run.
    ///   Then everything stays as it was.
    public func replaceCredentials(_ credentials: [TLSCredential], domain: String? = nil) throws(GatewayError)
    {
        let certificates = try runningCertificates()
        if let domain, !certificates.endpoint.domains.contains(where: { $0.name == domain }) {
            throw GatewayError(.invalidRequest, "there is no domain \"\(LogText.escape(domain))\"")
        }
        try certificates.replace { endpoint in
            guard let domain else {
                endpoint.credentials = credentials
                return
            }
            for index in endpoint.domains.indices where endpoint.domains[index].name == domain {
                endpoint.domains[index].credentials = credentials
            }
        }
    }

    /// Puts the TLS endpoint's settings in the place of those in force, for connections that begin from now on:
    /// credentials, versions, domains. Its address and its proxies stay as they were at the start.
    ///
    /// - Throws: ``GatewayError`` when the new settings cannot work, name another host or port, or the gateway
    ///   doesn't run. Then everything stays as it was.
    public func reloadTLS(_ endpoint: TLSEndpoint) throws(GatewayError) {
        let certificates = try runningCertificates()
        let current = certificates.endpoint
        guard endpoint.host == current.host, endpoint.port == current.port else {
            throw GatewayError(
                .invalidConfiguration,
                "the TLS endpoint's address can't change while the gateway runs: it is "
                    + "\(current.host):\(current.port), not \(endpoint.host):\(endpoint.port)")
        }
        try certificates.replace { $0 = endpoint }
    }

    private func runningCertificates() throws(GatewayError) -> ServerCertificates {
        if let certificates { return certificates }
        throw GatewayError(.notRunning, "the gateway has no TLS endpoint, or doesn't run")
    }
}
