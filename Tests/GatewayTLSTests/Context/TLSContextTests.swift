import GatewayTLS
import Testing

@Suite("Configurations that cannot work are refused when the context is made")
struct TLSContextTests {
    private func server(_ change: (inout TLSServerConfiguration) throws -> Void) throws -> TLSError? {
        var configuration = TLSServerConfiguration(credentials: [try TestPKI.shared.serverEC.credential])
        try change(&configuration)
        do throws(TLSError) {
            _ = try TLSContext(server: configuration)
            return nil
        } catch {
            return error
        }
    }

    private func client(_ change: (inout TLSClientConfiguration) throws -> Void) throws -> TLSError? {
        var configuration = TLSClientConfiguration(serverName: "gateway.test")
        try change(&configuration)
        do throws(TLSError) {
            _ = try TLSContext(client: configuration)
            return nil
        } catch {
            return error
        }
    }

    @Test("servers")
    func servers() throws {
        let pki = try TestPKI.shared
        #expect(try server { _ in } == nil)
        #expect(try server { $0.versions = .v1_0 ... .v1_3 } == nil)
        #expect(try server { $0.credentials.append(try pki.serverRSA.credential) } == nil)
        for change: (inout TLSServerConfiguration) throws -> Void in [
            { $0.credentials = [] },
            { $0.credentials.append(try pki.deviceEC.credential) },
            { $0.credentials = [try pki.weakDevice.credential] },
            { $0.clientCertificate = .optional },
            { $0.verifyClient = { _ in .accept } },
            { $0.clientAuthoritiesPEM = pki.authority.certificate },
            {
                $0.clientCertificate = .required
                $0.clientAuthoritiesPEM = ""
            },
            {
                $0.clientCertificate = .required
                $0.clientAuthoritiesPEM = pki.authority.certificate + "-----BEGIN CERTIFICATE-----\nAA\n"
            },
            { $0.cipherSuites = "NO-SUCH-SUITE" }, { $0.cipherSuites = "AES128-SHA\0" },
            { $0.cipherSuitesTLS13 = "TLS_NO_SUCH_SUITE" }, { $0.groups = "X25519:nope" },
            { $0.applicationProtocols = [""] },
            { $0.applicationProtocols = [String(repeating: "a", count: 256)] },
        ] {
            #expect(try server(change)?.code == .invalidConfiguration)
        }
        #expect(try server { $0.applicationProtocols = [String(repeating: "a", count: 255)] } == nil)
    }

    @Test("a version that cannot work is named")
    func versions() throws {
        let oldWithoutCBC = try server {
            $0.versions = .v1_0 ... .v1_3
            $0.cipherSuites = "ECDHE-ECDSA-AES128-GCM-SHA256"
        }
        #expect(oldWithoutCBC?.code == .versionUnavailable)
        #expect(oldWithoutCBC?.message.contains("TLS 1.0") == true)
        // A credential that no version can use is a mistake, not a spare.
        let unused = try server {
            $0.credentials.append(try TestPKI.shared.serverRSA.credential)
            $0.versions = .v1_2 ... .v1_2
            $0.cipherSuites = "ECDHE-ECDSA-AES128-GCM-SHA256"
        }
        #expect(unused?.code == .invalidConfiguration)
        #expect(unused?.message.contains("CN=server-rsa") == true)
    }

    @Test("clients")
    func clients() throws {
        #expect(try client { _ in } == nil)
        #expect(try client { $0.versions = .v1_0 ... .v1_3 } == nil)
        for name in [
            "", "a b", "gateway.test.", "gateway.test\0.evil", "ünï", String(repeating: "a", count: 254),
        ] {
            #expect(try client { $0.serverName = name }?.code == .invalidConfiguration)
        }
        #expect(try client { $0.serverName = nil }?.code == .invalidConfiguration)
        #expect(try client { $0.serverName = "::1" } == nil)
        #expect(try client { $0.trustedAuthoritiesPEM = "nothing" }?.code == .invalidConfiguration)
        #expect(
            try client {
                $0.versions = .v1_0 ... .v1_2
                $0.cipherSuites = "ECDHE-RSA-AES128-GCM-SHA256"
            }?.code == .versionUnavailable)
        #expect(try client { $0.cipherSuites = "ECDHE-RSA-AES128-GCM-SHA256" } == nil)
    }
}
