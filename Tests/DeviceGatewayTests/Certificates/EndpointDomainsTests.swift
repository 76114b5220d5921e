import GatewayTLS
import Testing
import X509Auth

@testable import DeviceGateway

@Suite("A TLS endpoint's domains")
struct EndpointDomainsTests {
    private func plan(_ change: (inout TLSEndpoint) -> Void) -> Result<EndpointDomains, GatewayError> {
        var endpoint = TLSEndpoint(credentials: [])
        change(&endpoint)
        return Result { () throws(GatewayError) in try EndpointDomains(endpoint) { _ in .accept } }
    }

    private func message(_ change: (inout TLSEndpoint) -> Void) -> String? {
        if case .failure(let error) = plan(change) { error.message } else { nil }
    }

    @Test("Alone, the endpoint answers every name")
    func alone() throws {
        let plan = try plan { $0.unknownServerName = .reject }.get()
        #expect(plan.domains.map(\.name) == ["default"])
        #expect(plan.unknownServerName == .useDefault)
    }

    @Test("A domain has what it sets, and the rest from its endpoint")
    func inheritance() throws {
        let plan = try plan {
            $0.versions = .v1_2 ... .v1_2
            $0.applicationProtocols = ["mqtt"]
            $0.unknownServerName = .reject
            $0.domains = [
                GatewayDomain(name: "a", serverNames: ["a.example"], ports: [8883]),
                GatewayDomain(
                    name: "b", serverNames: ["*.b.example"], versions: .v1_3 ... .v1_3,
                    clientCertificate: .optional, applicationProtocols: []),
            ]
        }.get()
        #expect(plan.domains.map(\.name) == ["a", "b", "default"])
        #expect(
            plan.domains.map(\.configuration.versions) == [.v1_2 ... .v1_2, .v1_3 ... .v1_3, .v1_2 ... .v1_2])
        #expect(plan.domains.map(\.configuration.clientCertificate) == [.required, .optional, .required])
        #expect(plan.domains.map(\.configuration.applicationProtocols) == [["mqtt"], [], ["mqtt"]])
        #expect(plan.domains.map(\.ports) == [[8883], [], []])
        #expect(plan.unknownServerName == .reject)
    }

    @Test("A certificate that a domain has from its endpoint is watched once")
    func credentials() throws {
        let (authority, _) = try CertificateAuthority.create(
            commonName: "CA", notBefore: TestGateway.now, notAfter: 2_524_607_999)
        func credential(_ name: String) throws -> TLSCredential {
            let issued = try authority.issueServer(
                commonName: name, dnsNames: [name], notBefore: TestGateway.now, notAfter: 2_524_607_999)
            return try TLSCredential(
                certificateChainPEM: issued.certificatePEM, privateKeyPEM: issued.privateKeyPEM)
        }
        let (mine, own) = (try credential("mine"), try credential("own"))
        let plan = try plan {
            $0.credentials = [mine]
            $0.domains = [
                GatewayDomain(name: "a", serverNames: ["a"]),
                GatewayDomain(name: "b", serverNames: ["b"], credentials: [own]),
            ]
        }.get()
        #expect(plan.credentials.map(\.domain) == ["b", "default"])
        #expect(
            plan.domains.map { $0.configuration.credentials.map(\.subject) } == [
                ["CN=mine"], ["CN=own"], ["CN=mine"],
            ])
    }

    @Test("What could never serve a device is refused in a sentence")
    func refusals() {
        let web = GatewayDomain(name: "web", serverNames: ["w.example"], applicationProtocol: "HTTPS")
        #expect(
            message { $0.domains = [web] }
                == "the domain \"web\" is to speak HTTPS; this gateway speaks MQTT over TLS only (SECURE_MQTT)"
        )
        #expect(
            message { $0.domains = [GatewayDomain(name: "a", serverNames: [])] }?.contains("no server names")
                == true)
        #expect(
            message { $0.domains = [GatewayDomain(name: "default", serverNames: ["a"])] }?
                .contains("can't be called") == true)
        #expect(message { $0.clientCertificate = .none }?.contains("no device could be known") == true)
        #expect(
            message {
                $0.domains = [
                    GatewayDomain(
                        name: "a", serverNames: ["a"], clientCertificate: TLSClientCertificateMode.none)
                ]
            }?.contains("the domain \"a\" asks for no client certificates") == true)
    }
}
