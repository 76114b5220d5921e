import GatewayTLS
import NIOCore
import NIOSSL

/// What NIOSSL and this side are each set up as.
enum Peers {
    static func version(_ version: GatewayTLS.TLSVersion) -> NIOSSL.TLSVersion {
        switch version {
        case .v1_0: .tlsv1
        case .v1_1: .tlsv11
        case .v1_2: .tlsv12
        case .v1_3: .tlsv13
        }
    }

    static func certificate(_ identity: TestPKI.Identity) throws -> NIOSSLCertificate {
        try NIOSSLCertificate(bytes: Array(identity.certificate.utf8), format: .pem)
    }

    static func key(_ identity: TestPKI.Identity) throws -> NIOSSLPrivateKey {
        try NIOSSLPrivateKey(bytes: Array(identity.key.utf8), format: .pem)
    }

    /// A client of NIOSSL that offers one version and trusts one authority.
    static func theirClient(
        _ identity: TestPKI.Identity? = nil, version: GatewayTLS.TLSVersion = .v1_3,
        trusting authority: TestPKI.Identity? = nil, protocols: [String] = []
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        restrict(&configuration, version)
        configuration.trustRoots = .certificates([
            try certificate(authority ?? TestPKI.shared.authority)
        ])
        if let identity {
            configuration.certificateChain = [.certificate(try certificate(identity))]
            configuration.privateKey = .privateKey(try key(identity))
        }
        configuration.applicationProtocols = protocols
        return try NIOSSLContext(configuration: configuration)
    }

    /// A server of NIOSSL that accepts one version; with an authority it demands a certificate from it.
    static func theirServer(
        _ identity: TestPKI.Identity? = nil, version: GatewayTLS.TLSVersion = .v1_3,
        demandingFrom authority: TestPKI.Identity? = nil, protocols: [String] = [],
        choosing choose: NIOSSLContextCallback? = nil
    ) throws -> NIOSSLContext {
        let identity = try identity ?? TestPKI.shared.serverEC
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(try certificate(identity))],
            privateKey: .privateKey(try key(identity)))
        restrict(&configuration, version)
        if let authority {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates([try certificate(authority)])
        }
        configuration.applicationProtocols = protocols
        configuration.sslContextCallback = choose
        return try NIOSSLContext(configuration: configuration)
    }

    static func ourServer(
        _ identity: TestPKI.Identity? = nil, versions: ClosedRange<GatewayTLS.TLSVersion> = .v1_0 ... .v1_3,
        mode: TLSClientCertificateMode = .none, protocols: [String] = [],
        judge: @escaping @Sendable (TLSPeerCertificates) -> TLSVerdict = { _ in .accept }
    ) throws -> TLSContext {
        try TLSContext(
            server: TLSServerConfiguration(
                credentials: [try (identity ?? TestPKI.shared.serverEC).credential], versions: versions,
                applicationProtocols: protocols, clientCertificate: mode,
                verifyClient: mode == .none ? nil : judge))
    }

    static func ourClient(
        _ identity: TestPKI.Identity? = nil, versions: ClosedRange<GatewayTLS.TLSVersion> = .v1_0 ... .v1_3,
        trusting authority: TestPKI.Identity? = nil, name: String = "gateway.test", protocols: [String] = [],
        resumes: Bool = false
    ) throws -> TLSContext {
        var configuration = TLSClientConfiguration(
            credential: try identity?.credential, versions: versions, serverName: name,
            trustedAuthoritiesPEM: try (authority ?? TestPKI.shared.authority).certificate,
            applicationProtocols: protocols)
        configuration.resumesSessions = resumes
        return try TLSContext(client: configuration)
    }

    private static func restrict(
        _ configuration: inout TLSConfiguration, _ version: GatewayTLS.TLSVersion
    ) {
        configuration.minimumTLSVersion = self.version(version)
        configuration.maximumTLSVersion = self.version(version)
        // Its default has no suite that TLS 1.0 and 1.1 know.
        configuration.cipherSuites = "ALL"
    }
}
