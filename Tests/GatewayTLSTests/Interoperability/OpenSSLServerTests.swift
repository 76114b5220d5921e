import GatewayTLS
import Testing

/// The client role against the `openssl` command's server.
@Suite("openssl s_server")
struct OpenSSLServerTests {
    @Test(
        "each version, both kinds of key, with a client certificate", arguments: TLSVersion.allCases,
        [false, true])
    func versions(_ version: TLSVersion, _ isRSA: Bool) throws {
        let pki = try TestPKI.shared
        let server = try OpenSSLServer(
            isRSA ? pki.serverRSA : pki.serverEC,
            [
                "-naccept", "1", "-Verify", "3", "-verify_return_error", "-CAfile",
                pki.authority.certificateFile, "-alpn",
                "mqtt",
            ])
        defer { server.stop() }
        let (evidence, reply) = try server.converse(
            try Contexts.client(
                isRSA ? pki.deviceRSA : pki.deviceEC, versions: version...version, protocols: ["mqtt"]))
        #expect(reply == "olleh\n")
        #expect(evidence.version == version)
        #expect(evidence.applicationProtocol == "mqtt")
        #expect(!evidence.wasResumed)
    }
}
