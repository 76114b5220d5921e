import NIOCore
import Testing

@testable import GatewayTLS

@Suite("Handshakes of two engines joined in memory")
struct TLSEngineHandshakeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var version: TLSVersion
        var isRSA: Bool
        var mode: TLSClientCertificateMode
        var testDescription: String { "\(version), \(isRSA ? "RSA" : "EC"), client certificate \(mode)" }

        static let all = TLSVersion.allCases.flatMap { version in
            [false, true].flatMap { isRSA in
                [TLSClientCertificateMode.none, .optional, .required].map {
                    Case(version: version, isRSA: isRSA, mode: $0)
                }
            }
        }
    }

    @Test("every version with every kind of key and client certificate", arguments: Case.all)
    func matrix(_ test: Case) throws {
        let pki = try TestPKI.shared
        let device = test.isRSA ? pki.deviceRSA : pki.deviceEC
        let pair = try EnginePair(
            server: try Contexts.server(
                [test.isRSA ? pki.serverRSA : pki.serverEC], versions: .v1_0 ... .v1_3, mode: test.mode),
            client: try Contexts.client(device, versions: test.version...test.version))
        try pair.run()
        for engine in [pair.server, pair.client] {
            #expect(engine.state == .established)
            #expect(engine.evidence?.version == test.version)
            #expect(engine.evidence?.wasResumed == false)
        }
        #expect(pair.server.evidence?.serverName == "gateway.test")
        #expect(pair.server.evidence?.peer?.leaf == (test.mode == .none ? nil : device.der[0]))
        #expect(pair.client.evidence?.peer?.leaf == (test.isRSA ? pki.serverRSA : pki.serverEC).der[0])
        #expect(pair.server.evidence?.cipherSuite == pair.client.evidence?.cipherSuite)

        try pair.client.send([1, 2, 3], output: &pair.toServer)
        try pair.server.send([4, 5, 6], output: &pair.toClient)
        try pair.run()
        #expect(pair.atServer == [1, 2, 3])
        #expect(pair.atClient == [4, 5, 6])
    }

    @Test("flights cut into pieces of any size", arguments: TLSVersion.allCases, [1, 2, 3, 5, 7, 64, 1000])
    func pieces(_ version: TLSVersion, _ size: Int) throws {
        let pair = try EnginePair(
            server: try Contexts.server(versions: .v1_0 ... .v1_3, mode: .required),
            client: try Contexts.client(try TestPKI.shared.deviceEC, versions: version...version))
        pair.pieceSize = size
        try pair.run()
        let message = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try pair.client.send(message, output: &pair.toServer)
        try pair.run()
        #expect(pair.atServer == message)
        #expect(pair.server.evidence?.version == version)
    }

    @Test("RSA and EC credentials side by side: the client's cipher suite decides")
    func bothKinds() throws {
        let pki = try TestPKI.shared
        let server = try Contexts.server([pki.serverEC, pki.serverRSA])
        for (ciphers, expected) in [
            ("ECDHE-RSA-AES128-GCM-SHA256", pki.serverRSA), ("ECDHE-ECDSA-AES128-GCM-SHA256", pki.serverEC),
        ] {
            let pair = try EnginePair(
                server: server, client: try Contexts.client(versions: .v1_2 ... .v1_2, ciphers: ciphers))
            try pair.run()
            #expect(pair.client.evidence?.peer?.leaf == expected.der[0])
        }
    }

    @Test("a hello with nothing in common is refused in words an operator understands")
    func versionMismatch() throws {
        let pair = try EnginePair(
            server: try Contexts.server(), client: try Contexts.client(versions: .v1_0 ... .v1_0))
        let failures = pair.runToFailure()
        #expect(failures.server?.code == .protocolVersion)
        #expect(
            failures.server?.message == "the client offered TLS 1.0 only; this listener accepts 1.2 to 1.3")
        #expect(failures.server?.alert == TLSAlert(.sent, 70))
        #expect(failures.client?.alert == TLSAlert(.received, 70))
        #expect(failures.client?.code == .alertReceived)

        let tooNew = try EnginePair(
            server: try Contexts.server(versions: .v1_2 ... .v1_2),
            client: try Contexts.client(versions: .v1_3 ... .v1_3))
        #expect(
            tooNew.runToFailure().server?.message
                == "the client offered TLS 1.3 only; this listener accepts 1.2 only")
    }

    @Test("no common cipher suite", arguments: [TLSVersion.v1_2])
    func cipherMismatch(_ version: TLSVersion) throws {
        let pair = try EnginePair(
            server: try Contexts.server(),
            client: try Contexts.client(versions: version...version, ciphers: "ECDHE-RSA-AES128-GCM-SHA256"))
        let failures = pair.runToFailure()
        #expect(failures.server?.code == .noSharedCipher)
        #expect(failures.server?.alert == TLSAlert(.sent, 40))
    }

    @Test("ALPN: the server's preference wins; none in common is refused only if the server has any")
    func applicationProtocols() throws {
        func pair(_ server: [String], _ client: [String]) throws -> EnginePair {
            try EnginePair(
                server: try Contexts.server(protocols: server), client: try Contexts.client(protocols: client)
            )
        }
        let agreed = try pair(["x-amzn-mqtt-ca", "mqtt"], ["mqtt", "x-amzn-mqtt-ca"])
        try agreed.run()
        #expect(agreed.server.evidence?.applicationProtocol == "x-amzn-mqtt-ca")
        #expect(agreed.client.evidence?.applicationProtocol == "x-amzn-mqtt-ca")

        let refused = try pair(["mqtt"], ["http/1.1", "a\u{1}b"])
        let failures = refused.runToFailure()
        #expect(failures.server?.code == .noApplicationProtocol)
        #expect(
            failures.server?.message
                == "the client offered the application protocols \"http/1.1\", \"a?b\"; this listener speaks mqtt"
        )
        #expect(failures.client?.alert == TLSAlert(.received, 120))

        // A prefix is not a match.
        #expect(try pair(["mqtt"], ["mqt"]).runToFailure().server?.code == .noApplicationProtocol)
        for lenient in [try pair([], ["mqtt"]), try pair(["mqtt"], [])] {
            try lenient.run()
            #expect(lenient.server.evidence?.applicationProtocol == nil)
        }
    }

    @Test("SNI: names are captured in lower case, addresses are not sent")
    func serverName() throws {
        let server = try Contexts.server()
        let upper = try EnginePair(server: server, client: try Contexts.client(name: "GateWay.Test"))
        try upper.run()
        #expect(upper.server.evidence?.serverName == "gateway.test")
        let address = try EnginePair(server: server, client: try Contexts.client(name: "127.0.0.1"))
        try address.run()
        #expect(address.server.evidence?.serverName == nil)
    }

    @Test("a replaced configuration is for new connections; live ones keep theirs")
    func replacement() throws {
        let pki = try TestPKI.shared
        let server = try Contexts.server([pki.serverEC])
        let client = try Contexts.client()
        let before = try EnginePair(server: server, client: client)
        try before.run()
        try server.replace(server: TLSServerConfiguration(credentials: [try pki.serverRSA.credential]))
        let after = try EnginePair(server: server, client: client)
        try after.run()
        #expect(after.client.evidence?.peer?.leaf == pki.serverRSA.der[0])
        try before.client.send([1], output: &before.toServer)
        try before.run()
        #expect(before.atServer == [1])
        #expect(throws: TLSError.self) {
            try client.replace(server: TLSServerConfiguration(credentials: [try pki.serverRSA.credential]))
        }
    }
}
