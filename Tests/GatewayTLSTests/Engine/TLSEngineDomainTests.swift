import NIOCore
import Testing

@testable import GatewayTLS

@Suite("Domains are chosen when the hello has come")
struct TLSEngineDomainTests: DomainTests {
    static let modern: [TLSVersion] = [.v1_2, .v1_3]

    @Test("each domain shows its own certificate, and its name is evidence", arguments: modern)
    func credentials(_ version: TLSVersion) throws {
        let pki = try TestPKI.shared
        let server = try gallery()
        for (name, identity) in [("ec", pki.serverEC), ("rsa", pki.serverRSA)] {
            let pair = try EnginePair(
                server: server, client: client("\(name).test", versions: version...version))
            try pair.run()
            #expect(pair.client.evidence?.peer?.leaf == identity.der[0])
            #expect(pair.server.evidence?.domain == name)
            #expect(pair.server.evidence?.serverName == "\(name).test")
            #expect(pair.client.evidence?.domain == nil)
            // Not kept any longer than needed.
            #expect(pair.server.domains == nil)
        }
    }

    @Test("client certificates: asked for, required, and judged as the domain says", arguments: modern)
    func clientCertificates(_ version: TLSVersion) throws {
        let pki = try TestPKI.shared
        let server = try gallery()
        func run(_ name: String, _ device: TestPKI.Identity?) throws -> (TLSEvidence?, TLSError?) {
            let pair = try EnginePair(
                server: server, client: client(name, versions: version...version, credential: device))
            let failure = pair.runToFailure().server
            return (pair.server.evidence, failure)
        }
        #expect(try run("ec.test", pki.deviceEC).0?.peer == nil)
        let mutual = try run("mutual.test", pki.strangerEC)
        #expect(mutual.0?.peer?.leaf == pki.strangerEC.der[0])
        #expect(mutual.0?.domainApplicationProtocol == "mqtt")
        #expect(try run("mutual.test", nil).1?.code == .noCertificate)
        #expect(try run("authority.test", nil).0?.domain == "authority")
        #expect(try run("authority.test", pki.deviceEC).0?.peer?.leaf == pki.deviceEC.der[0])
        let stranger = try run("authority.test", pki.strangerEC).1
        #expect(stranger?.code == .certificateRejected)
        #expect(stranger?.alert == TLSAlert(.sent, 48))
    }

    @Test("version ranges are the domain's, up and down")
    func versions() throws {
        let server = try gallery()
        func run(_ name: String, _ version: TLSVersion) throws -> (TLSVersion?, TLSError?) {
            let pair = try EnginePair(server: server, client: client(name, versions: version...version))
            let failure = pair.runToFailure().server
            return (pair.server.evidence?.version, failure)
        }
        let served: [(String, ClosedRange<TLSVersion>)] = [
            ("ec", .v1_2 ... .v1_3), ("only12", .v1_2 ... .v1_2), ("only13", .v1_3 ... .v1_3),
            ("old", .v1_0 ... .v1_2),
        ]
        for (name, range) in served {
            for version in TLSVersion.allCases {
                let (agreed, failure) = try run("\(name).test", version)
                if range.contains(version) {
                    #expect(agreed == version, "\(name) \(version) \(String(describing: failure))")
                } else {
                    #expect(failure?.code == .protocolVersion)
                    #expect(failure?.alert == TLSAlert(.sent, 70))
                }
            }
        }
        #expect(
            try run("only13.test", .v1_2).1?.message
                == "the client offered at most TLS 1.2; the domain \"only13\" accepts 1.3 only")
    }

    @Test("suites and groups are the domain's", arguments: modern)
    func suitesAndGroups(_ version: TLSVersion) throws {
        let server = try gallery()
        func evidence(_ name: String) throws -> TLSEvidence? {
            let pair = try EnginePair(server: server, client: client(name, versions: version...version))
            try pair.run()
            return pair.server.evidence
        }
        #expect(try evidence("suite.test")?.cipherSuite.contains("CHACHA20") == true)
        #expect(try evidence("ec.test")?.cipherSuite.contains("AES_128_GCM") == true)
        // In TLS 1.3 this takes a HelloRetryRequest: the client's key share is for X25519.
        #expect(try evidence("group.test")?.group == "secp384r1")
        #expect(try evidence("ec.test")?.group == "x25519")
        let refused = try EnginePair(
            server: server, client: client("group.test", versions: version...version, groups: "X25519"))
        #expect(refused.runToFailure().server?.code == .noSharedCipher)
    }

    @Test("a group is absent from the evidence where none took part")
    func withoutGroup() throws {
        let pki = try TestPKI.shared
        let server = try TLSContext(
            server: try configuration(pki.serverRSA) { $0.cipherSuites = "AES128-GCM-SHA256" })
        let pair = try EnginePair(
            server: server,
            client: client("rsa.test", versions: .v1_2 ... .v1_2, ciphers: "AES128-GCM-SHA256"))
        try pair.run()
        #expect(pair.server.evidence?.group == nil)
        #expect(pair.server.evidence?.cipherSuite == "TLS_RSA_WITH_AES_128_GCM_SHA256")
    }

    @Test("ALPN is the domain's", arguments: modern)
    func applicationProtocols(_ version: TLSVersion) throws {
        let server = try gallery()
        func run(_ name: String, _ protocols: [String]) throws -> (TLSEvidence?, TLSError?) {
            let pair = try EnginePair(
                server: server, client: client(name, versions: version...version, protocols: protocols))
            let failure = pair.runToFailure().server
            return (pair.server.evidence, failure)
        }
        #expect(try run("alpn.test", ["mqtt", "x-amzn-mqtt-ca"]).0?.applicationProtocol == "x-amzn-mqtt-ca")
        #expect(try run("alpn.test", ["mqtt"]).1?.code == .noApplicationProtocol)
        #expect(try run("ec.test", ["mqtt"]).0?.applicationProtocol == nil)
    }

    @Test("the level is lowered for old versions in the domain that serves them, and only there")
    func levels() throws {
        let pki = try TestPKI.shared
        let server = try TLSContext(domains: [
            TLSDomain(
                name: "old", serverNames: ["old.test"],
                configuration: try configuration(pki.serverEC) {
                    $0.versions = .v1_0 ... .v1_3
                    $0.clientCertificate = .required
                    $0.clientAuthoritiesPEM = pki.authority.certificate
                })
        ])
        for version in TLSVersion.allCases {
            let good = try EnginePair(
                server: server,
                client: client("old.test", versions: version...version, credential: pki.deviceEC))
            try good.run()
            #expect(good.server.evidence?.version == version)
        }
        // The floor of certificates stays.
        let weak = try EnginePair(
            server: server, client: client("old.test", versions: .v1_0 ... .v1_0, credential: pki.weakDevice))
        #expect(weak.runToFailure().server?.code == .certificateRejected)
    }

    @Test("a range that includes old versions doesn't lower the level for a client that can do better")
    func levelOfNewVersions() throws {
        // Suites without encryption need level 0; the server would rather have this one.
        let server = try TLSContext(
            server: try configuration(try TestPKI.shared.serverEC) {
                $0.versions = .v1_0 ... .v1_2
                $0.cipherSuites = "ECDHE-ECDSA-NULL-SHA:ECDHE-ECDSA-AES128-SHA"
            })
        let suites = "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-NULL-SHA"
        for (versions, suite) in [
            (.v1_0 ... .v1_0, "TLS_ECDHE_ECDSA_WITH_NULL_SHA"),
            (.v1_0 ... .v1_2, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
        ] as [(ClosedRange<TLSVersion>, String)] {
            let pair = try EnginePair(
                server: server, client: client("a.test", versions: versions, ciphers: suites))
            try pair.run()
            #expect(pair.server.evidence?.cipherSuite == suite)
        }
    }
}
