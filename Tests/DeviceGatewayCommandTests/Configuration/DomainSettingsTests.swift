import DeviceGateway
import GatewayTLS
import Testing

@testable import device_gateway

@Suite("Settings of TLS and its domains")
struct DomainSettingsTests {
    private func load(
        flags: [String: [String]] = [:], environment: [String: String] = [:], file: String? = nil
    ) throws -> GatewaySettings {
        try SettingsLoader(flags: flags, environment: environment, file: file.map { ($0, "gateway.yaml") })
            .load()
    }

    private func complaint(flags: [String: [String]] = [:], file: String? = nil) -> String {
        do {
            _ = try load(flags: flags, file: file)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("Domains come from the file and from flags; variables reach those that are there")
    func domains() throws {
        let file = """
            domain:
              factory:
                server-names: [factory.example, "*.factory.example"]
                ports: [8883, 443]
                certificate-files: [f.pem]
                private-key-files: [f.key]
                security-policy: TLS13_1_3_2022_10
                client-certificate: optional
                application-protocol: secure_mqtt
            """
        let settings = try load(
            flags: ["domain.office.server-names": ["office.example"]],
            environment: ["DEVICE_GATEWAY_DOMAIN_FACTORY_STAPLE_FILES": "f.ocsp"], file: file)
        #expect(settings.domains.keys.sorted() == ["factory", "office"])
        let factory = settings[domain: "factory"]
        #expect(factory.serverNames == ["factory.example", "*.factory.example"])
        #expect(factory.ports == [8883, 443])
        #expect(factory.credentials.certificateFiles == ["f.pem"])
        #expect(factory.credentials.stapleFiles == ["f.ocsp"])
        #expect(factory.securityPolicy == .tls13_1_3_2022_10)
        #expect(factory.clientCertificate == .optional)
        #expect(factory.applicationProtocol == "SECURE_MQTT")
        #expect(settings[domain: "office"].clientCertificate == nil)
    }

    @Test(
        "What is wrong with a domain is told with its key",
        arguments: [
            (
                "a:\n    server-nmaes: [x]",
                "no setting domain.a.server-nmaes; did you mean domain.a.server-names?"
            ),
            ("a:\n    server-names: [x_y]", "domain.a.server-names in gateway.yaml is “x_y”"),
            ("a:\n    server-names: x", "domain.a.server-names has to be a list"),
            ("a:\n    ports: [8883]", "domain.a.server-names is missing"),
            ("a:\n    server-names: [x]\n    ports: [0]", "a list of ports from 1 to 65535"),
            ("a:\n    server-names: [x]\n    application-protocol: HTTPS", "all that this gateway speaks"),
            ("a:\n    server-names: [x]\n    minimum-version: 1.3", "needs both"),
            ("a:\n    server-names: [x]\n    certificate-files: [c]", "each certificate needs its key"),
            ("a:\n    server-names: [x]\n    staple-files: [c]", "needs the certificates it is about"),
            ("A:\n    server-names: [x]", "there is no setting domain.A.server-names"),
            ("default:\n    server-names: [x]", "there is no setting domain.default.server-names"),
        ])
    func faults(_ text: String, _ expected: String) {
        let complaint = complaint(file: "domain:\n  \(text)\n")
        #expect(complaint.contains(expected), "\(complaint)")
    }

    @Test("A section of domains without any is none; the template's example can be taken as it stands")
    func template() throws {
        #expect(try load(file: "domain:\n").domains.isEmpty)
        let lines = ConfigurationTemplate.text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "domain:"))
        let example = lines[start...].map { $0.hasPrefix("  #") ? "  " + $0.dropFirst(3) : String($0) }
            .filter { !$0.contains("Server names with") }
            .joined(separator: "\n")
            .replacing("server-names: []", with: "server-names: [a.example]")
        let settings = try load(file: example)
        #expect(settings.domains.keys.sorted() == ["example"])
        var expected = DomainSettings()
        expected.serverNames = ["a.example"]
        #expect(String(describing: settings[domain: "example"]) == String(describing: expected))
    }

    @Test(
        "Versions without a policy, and a policy with an older first version",
        arguments: [
            ([:], .v1_2 ... .v1_3), (["tls.minimum-version": ["1.0"]], .v1_0 ... .v1_3),
            (["tls.maximum-version": ["1.1"]], .v1_1 ... .v1_1),
            (["tls.minimum-version": ["1.3"]], .v1_3 ... .v1_3),
        ] as [([String: [String]], ClosedRange<TLSVersion>)])
    func versions(_ flags: [String: [String]], _ expected: ClosedRange<TLSVersion>) throws {
        #expect(try load(flags: flags).tls.versions == expected)
    }

    @Test("What contradicts a security policy or another source is refused")
    func contradictions() throws {
        let policy = ["tls.security-policy": ["IoTSecurityPolicy_TLS12_1_0_2016_01"]]
        let old = policy.merging(["tls.minimum-version": ["1.0"]]) { $1 }
        #expect(try load(flags: old).tls.securityPolicy == .tls12_1_0_2016_01)
        #expect(
            complaint(flags: policy.merging(["tls.maximum-version": ["1.3"]]) { $1 })
                .contains("tls.maximum-version contradicts tls.security-policy"))
        #expect(
            complaint(flags: policy.merging(["tls.minimum-version": ["1.3"]]) { $1 })
                .contains("above the newest version of tls.security-policy"))
        #expect(
            complaint(flags: ["tls.security-policy": ["TLS99"]]).contains("none, or one of TLS13_1_3_2022_10")
        )
        #expect(
            complaint(flags: ["tls.passphrase-file": ["p"], "tls.passphrase-variable": ["P"]])
                .contains("exclude each other"))
        #expect(complaint(flags: ["tls.passphrase-variable": ["a b"]]).contains("environment variable"))
    }

    @Test("Who may connect: blocks of addresses, rates with a burst, and none")
    func acceptance() throws {
        let settings = try load(
            flags: [
                "tls.proxy-trusted-peers": ["10.0.0.0/8", "2001:db8::1"],
                "limits.connection-rate": ["200/1000"],
                "limits.connection-rate-per-prefix": ["none"],
                "limits.maximum-connections-per-prefix": ["none"],
                "limits.maximum-connection-lifetime": ["24h"],
            ])
        #expect(settings.tls.proxyTrustedPeers.map { "\($0)" } == ["10.0.0.0/8", "2001:db8::1/128"])
        #expect(settings.limits.connectionRate == AcceptRate(perSecond: 200, burst: 1_000))
        #expect(settings.limits.connectionRatePerPrefix == nil)
        #expect(settings.limits.maximumConnectionsPerPrefix == nil)
        #expect(settings.limits.maximumConnectionLifetime == .seconds(86_400))
        for (key, value) in [
            ("tls.proxy-trusted-peers", "10.1.2.3/8"), ("limits.connection-rate", "0"),
            ("limits.connection-rate", "1/2/3"), ("limits.connection-rate", "/5"),
            ("limits.connection-rate", ""),
        ] {
            #expect(complaint(flags: [key: [value]]).contains(key), "\(key)=\(value)")
        }
    }
}
