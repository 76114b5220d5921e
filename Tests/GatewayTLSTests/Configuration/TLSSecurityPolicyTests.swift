import Testing

@testable import GatewayTLS

@Suite("AWS IoT Core's security policies")
struct TLSSecurityPolicyTests {
    /// The developer guide's table, with the policies in its order of columns.
    static let table: [(suite: String, offered: [Bool])] = [
        ("ECDHE-RSA-AES128-GCM-SHA256", [true, true, true, true, true]),
        ("ECDHE-RSA-AES128-SHA256", [true, true, true, true, true]),
        ("ECDHE-RSA-AES128-SHA", [true, true, true, true, true]),
        ("ECDHE-RSA-AES256-GCM-SHA384", [true, true, true, true, true]),
        ("ECDHE-RSA-AES256-SHA384", [true, true, true, true, true]),
        ("ECDHE-RSA-AES256-SHA", [true, true, true, true, true]),
        ("AES128-GCM-SHA256", [true, true, true, true, false]),
        ("AES128-SHA256", [true, true, true, true, false]),
        ("AES128-SHA", [true, true, true, true, true]),
        ("AES256-GCM-SHA384", [true, true, true, true, false]),
        ("AES256-SHA256", [true, true, true, true, false]),
        ("AES256-SHA", [true, true, true, true, true]),
        ("DHE-RSA-AES256-SHA", [false, false, false, true, false]),
        ("ECDHE-ECDSA-AES128-GCM-SHA256", [true, true, true, true, true]),
        ("ECDHE-ECDSA-AES128-SHA256", [true, true, true, true, true]),
        ("ECDHE-ECDSA-AES128-SHA", [true, true, true, true, true]),
        ("ECDHE-ECDSA-AES256-GCM-SHA384", [true, true, true, true, true]),
        ("ECDHE-ECDSA-AES256-SHA384", [true, true, true, true, true]),
        ("ECDHE-ECDSA-AES256-SHA", [true, true, true, true, true]),
    ]
    static let columns: [TLSSecurityPolicy] = [
        .tls13_1_2_2022_10, .tls12_1_2_2022_10, .tls12_1_0_2016_01, .tls12_1_0_2015_01, .tls13_1_2_2022_01,
    ]

    @Test("the suites are the table's, no more and no fewer")
    func suites() {
        for (column, policy) in Self.columns.enumerated() {
            let expected = Set(Self.table.filter { $0.offered[column] }.map(\.suite))
            let suites = policy.cipherSuites.split(separator: ":").map(String.init)
            #expect(Set(suites) == expected, "\(policy)")
            #expect(suites.count == expected.count)
        }
        #expect(TLSSecurityPolicy.tls13_1_3_2022_10.cipherSuites.isEmpty)
    }

    @Test("names, with and without AWS's prefix, say the versions")
    func names() throws {
        #expect(TLSSecurityPolicy.all.count == 6)
        for policy in TLSSecurityPolicy.all {
            #expect(TLSSecurityPolicy(name: policy.name) == policy)
            let short = policy.name.split(separator: "_", maxSplits: 1)[1]
            #expect(TLSSecurityPolicy(name: String(short)) == policy)
        }
        #expect(TLSSecurityPolicy(name: "TLS13_1_2_2022_10")?.versions == .v1_2 ... .v1_3)
        #expect(TLSSecurityPolicy(name: "TLS13_1_3_2022_10")?.versions == .v1_3 ... .v1_3)
        #expect(TLSSecurityPolicy(name: "TLS12_1_2_2022_10")?.versions == .v1_2 ... .v1_2)
        for name in ["", "IoTSecurityPolicy_", "tls13_1_2_2022_10", "TLS13_1_2_2022_10 "] {
            #expect(TLSSecurityPolicy(name: name) == nil)
        }
    }

    @Test("the policy that differs by port")
    func ports() {
        let elsewhere = TLSSecurityPolicy.tls12_1_0_2016_01.forPort(8883)
        #expect(elsewhere.name == TLSSecurityPolicy.tls12_1_0_2016_01.name)
        #expect(!elsewhere.cipherSuites.split(separator: ":").contains("AES128-SHA256"))
        #expect(elsewhere.cipherSuites.split(separator: ":").count == 17)
        #expect(TLSSecurityPolicy.tls12_1_0_2016_01.forPort(443) == .tls12_1_0_2016_01)
        #expect(TLSSecurityPolicy.tls12_1_0_2015_01.forPort(8883) == .tls12_1_0_2015_01)
    }

    @Test("the oldest version can be lowered, never past the newest")
    func minimumVersion() {
        var configuration = TLSServerConfiguration(credentials: [])
        configuration.apply(.tls12_1_0_2016_01, minimumVersion: .v1_0)
        #expect(configuration.versions == .v1_0 ... .v1_2)
        configuration.apply(.tls12_1_2_2022_10, minimumVersion: .v1_3)
        #expect(configuration.versions == .v1_2 ... .v1_2)
        configuration.apply(.tls13_1_3_2022_10)
        #expect(configuration.versions == .v1_3 ... .v1_3)
        #expect(configuration.cipherSuites == nil)
        #expect(configuration.cipherSuitesTLS13?.contains("CHACHA20") == true)
    }

    @Test("every suite of every policy works here, and none besides", arguments: TLSSecurityPolicy.all)
    func handshakes(_ policy: TLSSecurityPolicy) throws {
        let pki = try TestPKI.shared
        var configuration = TLSServerConfiguration(credentials: [
            try pki.serverEC.credential, try pki.serverRSA.credential,
        ])
        configuration.apply(policy)
        let server = try TLSContext(server: configuration)
        #expect(server.unavailableCipherSuites.isEmpty)
        func agreed(_ version: TLSVersion, _ suite: String) throws -> String? {
            var client = TLSClientConfiguration(
                versions: version...version, serverName: "gateway.test",
                trustedAuthoritiesPEM: pki.authority.certificate)
            if version == .v1_3 { client.cipherSuitesTLS13 = suite } else { client.cipherSuites = suite }
            let pair = try EnginePair(server: server, client: try TLSContext(client: client))
            _ = pair.runToFailure()
            return pair.server.evidence?.cipherSuite
        }
        let suites = Set(policy.cipherSuites.split(separator: ":").map(String.init))
        for suite in Self.table.map(\.suite) + ["ECDHE-RSA-CHACHA20-POLY1305", "DHE-RSA-AES128-GCM-SHA256"] {
            #expect(try (agreed(.v1_2, suite) != nil) == suites.contains(suite), "\(policy) \(suite)")
        }
        let modern = Set((policy.cipherSuitesTLS13 ?? "").split(separator: ":").map(String.init))
        for suite in [
            "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_AES_128_CCM_SHA256",
        ] {
            #expect(try agreed(.v1_3, suite) == (modern.contains(suite) ? suite : nil), "\(policy) \(suite)")
        }
    }

    @Test("a suite that OpenSSL does not provide is reported at the start")
    func unavailable() throws {
        let credential = try TestPKI.shared.serverEC.credential
        func unavailable(_ suites: String, _ tls13: String? = nil) throws -> [String] {
            try TLSContext(
                server: TLSServerConfiguration(
                    credentials: [credential], cipherSuites: suites, cipherSuitesTLS13: tls13)
            ).unavailableCipherSuites
        }
        let good = "ECDHE-ECDSA-AES128-GCM-SHA256"
        #expect(try unavailable("RC4-MD5:\(good):NO-SUCH-SUITE") == ["RC4-MD5", "NO-SUCH-SUITE"])
        // Known, but below this side's level.
        #expect(try unavailable("\(good):ADH-AES128-SHA") == ["ADH-AES128-SHA"])
        // Classes and commands are not names.
        #expect(
            try unavailable("\(good):HIGH:!aNULL:-PSK:kRSA+AES:@STRENGTH", "TLS_AES_128_GCM_SHA256") == [])
        let domains = try TLSContext(domains: [
            TLSDomain(
                name: "a", serverNames: ["a.test"],
                configuration: TLSServerConfiguration(
                    credentials: [credential], cipherSuites: "\(good):RC4-MD5")),
            TLSDomain(
                name: "b", serverNames: ["b.test"],
                configuration: TLSServerConfiguration(
                    credentials: [credential], cipherSuites: "\(good):RC4-SHA:RC4-MD5")),
        ])
        #expect(domains.unavailableCipherSuites == ["RC4-MD5", "RC4-SHA"])
    }
}
