import GatewayTLS
import MQTTCodec
import Testing
import X509Auth

@testable import DeviceGateway

@Suite("Server certificates of a running gateway", .timeLimit(.minutes(1)))
struct ServerCertificatesTests {
    /// Another authority and a server's credential by it.
    private struct Other {
        let authority: CertificateAuthority
        let credential: TLSCredential

        init(_ name: String = "localhost", notAfter: Int64 = 2_524_607_999) throws {
            (authority, _) = try CertificateAuthority.create(
                commonName: "Other CA", notBefore: TestGateway.now - 10, notAfter: 2_524_607_999)
            let issued = try authority.issueServer(
                commonName: name, dnsNames: [name], notBefore: TestGateway.now - 10, notAfter: notAfter)
            credential = try TLSCredential(
                certificateChainPEM: issued.certificatePEM, privateKeyPEM: issued.privateKeyPEM)
        }
    }

    private func open(
        _ test: TestGateway, _ device: IssuedCredential, trusting authority: CertificateAuthority,
        name: String = "localhost"
    ) async throws -> TestClient {
        let context = try TLSContext(
            client: TLSClientConfiguration(
                credential: try TLSCredential(
                    certificateChainPEM: device.certificatePEM, privateKeyPEM: device.privateKeyPEM),
                serverName: name, trustedAuthoritiesPEM: authority.certificate.pem))
        return try await TestClient.open(port: test.port, tls: context, version: .v5)
    }

    @Test("Replaced: new connections see the new certificate, live ones go on")
    func replace() async throws {
        try await TestGateway.run { test in
            let device = try await test.device("d1")
            let live = try await test.connect(device, clientID: "d1")
            let other = try Other()
            try test.gateway.replaceCredentials([other.credential])

            await #expect(throws: (any Error).self) {
                try await test.open(device).connect("d1")
            }
            let next = try await test.device("d2")
            let client = try await open(test, next, trusting: other.authority)
            try await client.connect("d2")
            #expect(test.gateway.connections.map(\.clientID) == ["d1", "d2"])
            _ = live
        }
    }

    @Test("What cannot work, or has expired, leaves everything as it was")
    func refused() async throws {
        try await TestGateway.run { test in
            let device = try await test.device("d1")
            let expired = try Other(notAfter: TestGateway.now - 1)
            let error = #expect(throws: GatewayError.self) {
                try test.gateway.replaceCredentials([expired.credential])
            }
            #expect(error?.message.contains("the certificate of CN=localhost expired on") == true)
            #expect(throws: GatewayError.self) { try test.gateway.replaceCredentials([]) }
            #expect(throws: GatewayError.self) {
                try test.gateway.replaceCredentials([expired.credential], domain: "nowhere")
            }
            var elsewhere = try #require(test.gateway.tlsEndpoint)
            elsewhere.port = 1
            #expect(throws: GatewayError.self) { try test.gateway.reloadTLS(elsewhere) }
            var web = try #require(test.gateway.tlsEndpoint)
            web.domains = [GatewayDomain(name: "w", serverNames: ["w"], applicationProtocol: "HTTPS")]
            #expect(throws: GatewayError.self) { try test.gateway.reloadTLS(web) }
            _ = try await test.connect(device, clientID: "d1")
        }
        let idle = Gateway(
            configuration: GatewayConfiguration(), registry: try await .open(store: InMemoryRegistryStore()))
        #expect(throws: GatewayError(.notRunning, "")) { try idle.replaceCredentials([]) }
    }

    @Test("A domain appears while the gateway runs; its credentials can be replaced on their own")
    func domains() async throws {
        try await TestGateway.run { test in
            let device = try await test.device("d1")
            let (first, second) = (try Other("a.example"), try Other("a.example"))
            var endpoint = try #require(test.gateway.tlsEndpoint)
            endpoint.unknownServerName = .reject
            endpoint.domains = [
                GatewayDomain(name: "a", serverNames: ["a.example"], credentials: [first.credential]),
                GatewayDomain(name: "l", serverNames: ["localhost"]),
            ]
            try test.gateway.reloadTLS(endpoint)
            try await open(test, device, trusting: first.authority, name: "a.example").connect("d1")
            try test.gateway.replaceCredentials([second.credential], domain: "a")
            try await open(test, device, trusting: second.authority, name: "a.example").connect("d1")
            try await test.open(device).connect("d1")
            await #expect(throws: (any Error).self) {
                try await open(test, device, trusting: test.authority, name: "b.example").connect("d1")
            }
        }
    }

    @Test("Observers hear thirty days before, once")
    func warning() async throws {
        try await TestGateway.run { test in
            let other = try Other(notAfter: TestGateway.now + 40 * 86_400)
            try test.gateway.replaceCredentials([other.credential])
            #expect(test.observer.certificateReports == [])
            test.clock.advance(seconds: 11 * 86_400)
            test.gateway.certificates?.inspect()
            test.gateway.certificates?.inspect()
            #expect(test.observer.certificateReports.map(\.problem) == [.expiresSoon(days: 30)])
            #expect(test.observer.certificateReports.first?.domain == "default")
            test.clock.advance(seconds: 30 * 86_400)
            // By itself.
            #expect(await test.observer.wait { $0.certificateReports.map(\.problem).last == .expired })
        }
    }

    @Test("An expired certificate is served at start, and reported")
    func expiredAtStart() async throws {
        let expired = try Other(notAfter: TestGateway.now - 1)
        try await TestGateway.run {
            $0.tls?.credentials = [expired.credential]
        } _: { test in
            #expect(test.observer.certificateReports.map(\.problem) == [.expired])
        }
    }
}
