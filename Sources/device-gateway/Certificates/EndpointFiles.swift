import DeviceGateway
import GatewayTLS
import X509Auth

/// Makes the TLS endpoint of the settings and the files that they name; again whenever those change.
struct EndpointFiles: Sendable {
    let settings: GatewaySettings
    let directory: GatewayDirectory
    let managed: ManagedAuthority
    let names: MachineNames
    let environment: [String: String]
    /// Kept over readings, or nobody could resume what began before one.
    var resumption = TLSResumption.off
    var keyLog: TLSKeyLog?

    /// What was read.
    struct Contents {
        var endpoint: TLSEndpoint
        /// The certificate in the gateway's directory; nil when the settings name others.
        var own: ServerCredential?
        /// What an operator ought to know.
        var remarks: [String] = []
    }

    /// - Parameters:
    ///   - now: Unix seconds.
    ///   - issuesMissing: whether to issue a certificate where the directory has none.
    /// - Throws: A sentence naming the file.
    func read(now: Int64, issuesMissing: Bool) throws -> Contents {
        var contents = Contents(endpoint: TLSEndpoint(credentials: []))
        var endpoint = TLSEndpoint(
            host: settings.tls.host, port: settings.tls.port, credentials: [],
            versions: settings.tls.versions)
        if settings.tls.credentials.isEmpty {
            let own = try ServerCredential.open(
                directory, managed: managed, names: names, now: now, issuesMissing: issuesMissing)
            contents.own = own
            endpoint.credentials = [own.credential]
        } else {
            endpoint.credentials = try read(settings.tls.credentials, now, &contents.remarks)
        }
        endpoint.securityPolicy = settings.tls.securityPolicy
        endpoint.securityPolicyMinimumVersion = settings.tls.minimumVersion
        endpoint.clientCertificate = settings.tls.clientCertificate
        endpoint.applicationProtocols = settings.tls.applicationProtocols
        endpoint.resumption = resumption
        endpoint.keyLog = keyLog
        if !settings.tls.proxyTrustedPeers.isEmpty {
            endpoint.proxy = PROXYProtocol(trustedPeers: settings.tls.proxyTrustedPeers)
        }
        endpoint.unknownServerName = settings.tls.unknownServerName
        if let file = settings.tls.clientAuthoritiesFile {
            let path = directory.resolve(file)
            guard let text = try DurableFile.readText(path, limit: ManagedAuthority.sizeLimit) else {
                throw CommandFailure("\(path), which tls.client-authorities-file names, is missing.")
            }
            endpoint.clientAuthoritiesPEM = text
        }
        for (name, domain) in settings.domains.sorted(by: { $0.key < $1.key }) {
            endpoint.domains.append(
                domain.domain(name: name, credentials: try read(domain.credentials, now, &contents.remarks)))
        }
        contents.endpoint = endpoint
        return contents
    }

    /// Every file that ``read(now:issuesMissing:)`` reads.
    var paths: [String] {
        var paths = files(settings.tls.credentials).paths
        if settings.tls.credentials.isEmpty { paths += [directory.serverCertificate, directory.serverKey] }
        if let file = settings.tls.clientAuthoritiesFile { paths.append(directory.resolve(file)) }
        for (_, domain) in settings.domains { paths += files(domain.credentials).paths }
        return Set(paths).sorted()
    }

    private func read(
        _ settings: CredentialSettings, _ now: Int64, _ remarks: inout [String]
    ) throws -> [TLSCredential] {
        do {
            return try files(settings).read(now: now, remarks: &remarks)
        } catch {
            throw CommandFailure(PlainText.sentence(error.message))
        }
    }

    private func files(_ settings: CredentialSettings) -> CredentialFiles {
        CredentialFiles(settings: settings, directory: directory, environment: environment)
    }
}
