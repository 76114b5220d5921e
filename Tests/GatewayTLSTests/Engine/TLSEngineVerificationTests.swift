import NIOCore
import Synchronization
import Testing

@testable import GatewayTLS

@Suite("Judging the peer's certificates")
struct TLSEngineVerificationTests {
    static let modern: [TLSVersion] = [.v1_2, .v1_3]

    @Test(
        "a verdict's alert reaches the client", arguments: TLSVersion.allCases,
        [(40, 40), (42, 42), (43, 43), (44, 44), (45, 45), (46, 46), (48, 48), (51, 51), (80, 80), (49, 46)]
            as [(UInt8, UInt8)])
    func rejection(_ version: TLSVersion, _ alerts: (chosen: UInt8, sent: UInt8)) throws {
        let pair = try EnginePair(
            server: try Contexts.server(
                versions: .v1_0 ... .v1_3, mode: .required, judge: .reject(alert: alerts.chosen)),
            client: try Contexts.client(try TestPKI.shared.deviceEC, versions: version...version))
        let failures = pair.runToFailure()
        #expect(failures.server?.code == .certificateRejected)
        #expect(failures.server?.sideAtFault == .peer)
        #expect(failures.server?.alert == TLSAlert(.sent, alerts.sent))
        #expect(failures.client?.alert == TLSAlert(.received, alerts.sent))
        #expect(failures.client?.code == .alertReceived)
        #expect(pair.server.evidence == nil)
    }

    @Test("a TLS 1.3 client is through before it is judged; its early data never reaches a reader")
    func earlyData() throws {
        let pair = try EnginePair(
            server: try Contexts.server(mode: .required, judge: .reject(alert: 44)),
            client: try Contexts.client(try TestPKI.shared.deviceEC))
        try pair.client.start(scratch: pair.scratch, output: &pair.toServer)
        try pair.stepServer()
        try pair.stepClient()
        #expect(pair.client.state == .established)
        try pair.client.send([1, 2, 3], output: &pair.toServer)
        #expect(pair.runToFailure().client?.alert == TLSAlert(.received, 44))
        #expect(pair.atServer.isEmpty)
    }

    @Test("a missing certificate is refused only where one is required", arguments: modern)
    func missingCertificate(_ version: TLSVersion) throws {
        let client = try Contexts.client(versions: version...version)
        let required = try EnginePair(server: try Contexts.server(mode: .required), client: client)
        let failures = required.runToFailure()
        #expect(failures.server?.code == .noCertificate)
        #expect(failures.client?.alert == TLSAlert(.received, version == .v1_3 ? 116 : 40))

        // The judge would reject, but there is nothing to judge.
        let optional = try EnginePair(
            server: try Contexts.server(mode: .optional, judge: .reject(alert: 42)), client: client)
        try optional.run()
        #expect(optional.server.state == .established)
        #expect(optional.server.evidence?.peer == nil)
    }

    @Test("the judge sees the leaf and all that was sent besides", arguments: modern)
    func whatTheJudgeSees(_ version: TLSVersion) throws {
        final class Seen: Sendable { let all = Mutex<[TLSPeerCertificates]>([]) }
        let pki = try TestPKI.shared
        let seen = Seen()
        let server = try TLSContext(
            server: TLSServerConfiguration(
                credentials: [try pki.serverEC.credential], clientCertificate: .required,
                verifyClient: { peer in
                    seen.all.withLock { $0.append(peer) }
                    return .accept
                }))
        let pair = try EnginePair(
            server: server, client: try Contexts.client(pki.deviceWithChain, versions: version...version))
        try pair.run()
        let expected = TLSPeerCertificates(leaf: pki.deviceEC.der[0], chain: [pki.authority.der[0]])
        #expect(seen.all.withLock { $0 } == [expected])
        #expect(pair.server.evidence?.peer == expected)
    }

    @Test("authorities configured: chains verify before the judge is asked", arguments: modern)
    func authorities(_ version: TLSVersion) throws {
        let pki = try TestPKI.shared
        func failures(of device: TestPKI.Identity, _ judge: TLSVerdict?) throws -> TLSError? {
            var configuration = TLSServerConfiguration(
                credentials: [try pki.serverEC.credential], clientCertificate: .required,
                clientAuthoritiesPEM: pki.authority.certificate)
            if let judge { configuration.verifyClient = { _ in judge } }
            let pair = try EnginePair(
                server: try TLSContext(server: configuration),
                client: try Contexts.client(device, versions: version...version))
            return pair.runToFailure().server
        }
        #expect(try failures(of: pki.deviceEC, nil) == nil)
        #expect(try failures(of: pki.deviceRSA, .accept) == nil)
        #expect(try failures(of: pki.deviceEC, .reject(alert: 44))?.alert == TLSAlert(.sent, 44))
        let stranger = try failures(of: pki.strangerEC, .accept)
        #expect(stranger?.alert == TLSAlert(.sent, 48))
        #expect(stranger?.openSSLReason == "unable to get local issuer certificate")
        // A server's certificate does not pass for a device's.
        #expect(try failures(of: pki.serverEC, .accept)?.alert == TLSAlert(.sent, 43))
    }

    @Test("certificates keep their floor where TLS 1.0 lowers its own")
    func weakCertificateAtOldVersion() throws {
        let pki = try TestPKI.shared
        let pair = try EnginePair(
            server: try TLSContext(
                server: TLSServerConfiguration(
                    credentials: [try pki.serverEC.credential], versions: .v1_0 ... .v1_3,
                    clientCertificate: .required, clientAuthoritiesPEM: pki.authority.certificate)),
            client: try Contexts.client(pki.weakDevice, versions: .v1_0 ... .v1_0))
        let failure = pair.runToFailure().server
        #expect(failure?.code == .certificateRejected)
        #expect(
            failure?.openSSLReason == "CA signature digest algorithm too weak"
                || failure?.openSSLReason == "EE certificate key too weak")
    }

    @Test(
        "parsed certificates above the leaf are given back, and the connection lives on",
        arguments: TLSVersion.allCases)
    func chainIsGivenBack(_ version: TLSVersion) throws {
        let pki = try TestPKI.shared
        var chained = pki.serverEC
        chained.certificate += pki.authority.certificate
        let pair = try EnginePair(
            server: try TLSContext(
                server: TLSServerConfiguration(
                    credentials: [try chained.credential], versions: .v1_0 ... .v1_3,
                    clientCertificate: .required, clientAuthoritiesPEM: pki.authority.certificate)),
            client: try Contexts.client(pki.deviceWithChain, versions: version...version))
        try pair.run()
        #expect(pair.server.peerChainCount == 0)
        #expect(pair.client.peerChainCount == 0)
        try pair.client.send([1], output: &pair.toServer)
        try pair.server.send([2], output: &pair.toClient)
        if version == .v1_3 { try pair.server.updateKeys(request: true, output: &pair.toClient) }
        try pair.run()
        #expect(pair.atServer == [1] && pair.atClient == [2])
        pair.client.closeOutput(output: &pair.toServer)
        try pair.run()
        #expect(pair.server.peerClosed)
    }

    @Test("a server must be trusted and named", arguments: modern)
    func serverVerification(_ version: TLSVersion) throws {
        let pki = try TestPKI.shared
        let server = try Contexts.server()
        func run(_ change: (inout TLSClientConfiguration) -> Void) throws -> (
            server: TLSError?, client: TLSError?
        ) {
            var configuration = TLSClientConfiguration(
                versions: version...version, serverName: "gateway.test",
                trustedAuthoritiesPEM: pki.authority.certificate)
            change(&configuration)
            return try EnginePair(server: server, client: try TLSContext(client: configuration))
                .runToFailure()
        }
        #expect(try run { _ in }.client == nil)
        #expect(try run { $0.serverName = "127.0.0.1" }.client == nil)
        for change: (inout TLSClientConfiguration) -> Void in [
            { $0.serverName = "other.test" }, { $0.serverName = "127.0.0.2" },
            // The subject's common name is not a host name.
            { $0.serverName = "server-ec" }, { $0.trustedAuthoritiesPEM = pki.otherAuthority.certificate },
        ] {
            let failures = try run(change)
            #expect(failures.client?.code == .serverNotTrusted)
            #expect(failures.server?.code == .alertReceived)
        }
        #expect(
            try run {
                $0.serverName = nil
                $0.verification = .dangerouslyNone
                $0.trustedAuthoritiesPEM = nil
            }.client == nil)
    }

    @Test("a chain of more than ten certificates, or more than 32 KiB, is refused", arguments: modern)
    func longChains(_ version: TLSVersion) throws {
        let pki = try TestPKI.shared
        func failure(_ count: Int) throws -> TLSError? {
            var device = pki.deviceEC
            device.isChecked = false
            for _ in 0..<count { device.certificate += pki.authority.certificate }
            return try EnginePair(
                server: try Contexts.server(mode: .required),
                client: try Contexts.client(device, versions: version...version)
            ).runToFailure().server
        }
        #expect(try failure(9) == nil)
        #expect(try failure(10)?.code == .certificateRejected)
        #expect(try failure(100)?.code == .limitExceeded)
    }
}
