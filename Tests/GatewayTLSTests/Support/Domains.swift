@testable import GatewayTLS

/// Listeners with several domains, and clients that ask for them.
protocol DomainTests {}

extension DomainTests {
    func configuration(
        _ identity: TestPKI.Identity, _ change: (inout TLSServerConfiguration) -> Void = { _ in }
    ) throws -> TLSServerConfiguration {
        var configuration = TLSServerConfiguration(credentials: [try identity.credential])
        change(&configuration)
        return configuration
    }

    func client(
        _ name: String?, versions: ClosedRange<TLSVersion> = .v1_2 ... .v1_3, protocols: [String] = [],
        credential: TestPKI.Identity? = nil, ciphers: String? = nil,
        groups: String = TLSServerConfiguration.defaultGroups
    ) throws -> TLSContext {
        try TLSContext(
            client: TLSClientConfiguration(
                credential: try credential?.credential, versions: versions, serverName: name,
                applicationProtocols: protocols, verification: .dangerouslyNone, cipherSuites: ciphers,
                groups: groups))
    }

    /// One domain for each thing that an SSL does not take over from its new context by itself.
    func gallery() throws -> TLSContext {
        let pki = try TestPKI.shared
        return try TLSContext(domains: [
            TLSDomain(name: "ec", serverNames: ["ec.test"], configuration: try configuration(pki.serverEC)),
            TLSDomain(
                name: "rsa", serverNames: ["rsa.test"], configuration: try configuration(pki.serverRSA)),
            TLSDomain(
                name: "mutual", serverNames: ["mutual.test"],
                configuration: try configuration(pki.serverEC) {
                    $0.clientCertificate = .required
                    $0.verifyClient = { _ in .accept }
                }, applicationProtocol: "mqtt"),
            TLSDomain(
                name: "authority", serverNames: ["authority.test"],
                configuration: try configuration(pki.serverEC) {
                    $0.clientCertificate = .optional
                    $0.clientAuthoritiesPEM = pki.authority.certificate
                }),
            TLSDomain(
                name: "only12", serverNames: ["only12.test"],
                configuration: try configuration(pki.serverEC) { $0.versions = .v1_2 ... .v1_2 }),
            TLSDomain(
                name: "only13", serverNames: ["only13.test"],
                configuration: try configuration(pki.serverEC) { $0.versions = .v1_3 ... .v1_3 }),
            TLSDomain(
                name: "old", serverNames: ["old.test"],
                configuration: try configuration(pki.serverEC) { $0.versions = .v1_0 ... .v1_2 }),
            TLSDomain(
                name: "suite", serverNames: ["suite.test"],
                configuration: try configuration(pki.serverEC) {
                    $0.cipherSuites = "ECDHE-ECDSA-CHACHA20-POLY1305"
                    $0.cipherSuitesTLS13 = "TLS_CHACHA20_POLY1305_SHA256"
                }),
            TLSDomain(
                name: "group", serverNames: ["group.test"],
                configuration: try configuration(pki.serverEC) { $0.groups = "P-384:P-256" }),
            TLSDomain(
                name: "alpn", serverNames: ["alpn.test"],
                configuration: try configuration(pki.serverEC) {
                    $0.applicationProtocols = ["x-amzn-mqtt-ca"]
                }),
        ])
    }
}
