import NIOCore
import Testing

@testable import GatewayTLS

@Suite("Domains that have to be looked up")
struct TLSEngineDomainLookUpTests {
    static let modern: [TLSVersion] = [.v1_2, .v1_3]

    private func listener(defaultDomain: String? = nil) throws -> TLSContext {
        try TLSContext(
            domains: [
                TLSDomain(
                    name: "here", serverNames: ["here.test"],
                    configuration: TLSServerConfiguration(credentials: [
                        try TestPKI.shared.serverEC.credential
                    ]))
            ], defaultDomain: defaultDomain, lookUp: { _ in nil })
    }

    private func client(_ name: String?, _ version: TLSVersion) throws -> TLSContext {
        try TLSContext(
            client: TLSClientConfiguration(
                versions: version...version, serverName: name, applicationProtocols: ["mqtt"],
                verification: .dangerouslyNone))
    }

    private func awaiting(_ name: String?, _ version: TLSVersion, port: Int? = nil) throws -> EnginePair {
        let pair = try EnginePair(server: try listener(), client: client(name, version), port: port)
        try pair.run()
        return pair
    }

    private func provide(_ context: TLSContext?, to pair: EnginePair) throws(TLSError) {
        try pair.server.provide(context, scratch: pair.scratch, output: &pair.toClient) { bytes in
            pair.atServer += bytes
            return .continue
        }
    }

    @Test("the hello waits for the answer, and goes on with it", arguments: modern)
    func found(_ version: TLSVersion) throws {
        let pair = try awaiting("far.test", version, port: 8883)
        #expect(
            pair.server.state
                == .awaitingDomain(
                    TLSClientHello(
                        serverName: "far.test", applicationProtocols: ["mqtt"],
                        versions: version == .v1_2 ? .v1_0 ... .v1_2 : .v1_3 ... .v1_3, localPort: 8883)))
        #expect(pair.toClient.readableBytes == 0)
        let found = try TLSContext(domains: [
            TLSDomain(
                name: "far", serverNames: ["*.test"], ports: [8883],
                configuration: TLSServerConfiguration(
                    credentials: [try TestPKI.shared.serverRSA.credential], applicationProtocols: ["mqtt"]))
        ])
        try provide(found, to: pair)
        try pair.run()
        #expect(pair.server.state == .established)
        #expect(pair.server.evidence?.domain == "far")
        #expect(pair.server.evidence?.applicationProtocol == "mqtt")
        #expect(pair.client.evidence?.peer?.leaf == (try TestPKI.shared.serverRSA.der[0]))
        // An answer that comes twice changes nothing.
        try provide(nil, to: pair)
        try pair.client.send([7], output: &pair.toServer)
        try pair.run()
        #expect(pair.atServer == [7])
    }

    @Test("a context without domains may answer too, and so a hello without a server name", arguments: modern)
    func withoutDomains(_ version: TLSVersion) throws {
        let pair = try awaiting(nil, version)
        #expect(pair.server.isAwaitingDomain)
        try provide(try Contexts.server(), to: pair)
        try pair.run()
        #expect(pair.server.state == .established)
        #expect(pair.server.evidence?.domain == nil)
    }

    @Test("nothing found, nothing fitting found, and a client's context found: refused", arguments: modern)
    func notFound(_ version: TLSVersion) throws {
        let other = try TLSContext(
            domains: [
                TLSDomain(
                    name: "x", serverNames: ["x.test"],
                    configuration: TLSServerConfiguration(credentials: [
                        try TestPKI.shared.serverEC.credential
                    ]))
            ], lookUp: { _ in nil })
        for (answer, code, alert): (TLSContext?, TLSError.Code, UInt8) in [
            (nil, .unknownServerName, 112), (other, .unknownServerName, 112),
            (try client("x", version), .domainRefused, 80),
        ] {
            let pair = try awaiting("far.test", version)
            #expect(throws: TLSError.self) { try provide(answer, to: pair) }
            guard case .failed(let error) = pair.server.state else {
                Issue.record("not refused: \(pair.server.state)")
                continue
            }
            #expect(error.code == code)
            #expect(error.alert == TLSAlert(.sent, alert))
            #expect(pair.runToFailure().client?.alert == TLSAlert(.received, alert))
        }
    }

    @Test("no look-up where a domain of the list answers")
    func notNeeded() throws {
        #expect(try awaiting("here.test", .v1_3).server.state == .established)
        let pair = try EnginePair(
            server: try listener(defaultDomain: "here"), client: client(nil, .v1_3))
        try pair.run()
        #expect(pair.server.evidence?.domain == "here")
    }

    @Test("what comes behind the hello is kept within bounds, and an end ends the wait")
    func meanwhile() throws {
        let pair = try awaiting("far.test", .v1_3)
        let piece = [UInt8](repeating: 0x16, count: 8192)
        try pair.server.receive(piece, scratch: pair.scratch, output: &pair.toClient) { _ in .continue }
        try pair.server.receive(piece, scratch: pair.scratch, output: &pair.toClient) { _ in .continue }
        #expect(pair.server.isAwaitingDomain)
        do throws(TLSError) {
            try pair.server.receive([0], scratch: pair.scratch, output: &pair.toClient) { _ in .continue }
            Issue.record("kept without bound")
        } catch {
            #expect(error.code == .limitExceeded)
            #expect(error.sideAtFault == .peer)
        }

        let lost = try awaiting("far.test", .v1_3)
        #expect(lost.server.receivedEndOfStream()?.code == .handshakeInterrupted)
        try provide(nil, to: lost)

        let closed = try awaiting("far.test", .v1_3)
        closed.server.closeOutput(output: &closed.toClient)
        #expect(closed.server.state == .closed)
        #expect(throws: TLSError.self) { try pair.server.send([1], output: &pair.toClient) }
    }

    @Test("what was kept is not read any more when this side has closed", arguments: modern)
    func keptAndClosed(_ version: TLSVersion) throws {
        let pair = try EnginePair(server: try listener(), client: client("far.test", version))
        try pair.client.start(scratch: pair.scratch, output: &pair.toServer)
        pair.toServer.writeBytes([0x17, 3, 3, 0, 1, 0])
        try pair.stepServer()
        try #require(pair.server.isAwaitingDomain)
        try pair.server.receive([0x15], scratch: pair.scratch, output: &pair.toClient) { _ in .continue }
        pair.server.closeOutput(output: &pair.toClient)
        try pair.server.resumeReading(scratch: pair.scratch, output: &pair.toClient) { _ in .continue }
        #expect(pair.server.state == .closed && pair.toClient.readableBytes == 0)
    }

    @Test("a hello and what follows it in the same bytes are read in order")
    func pipelined() throws {
        let pair = try EnginePair(server: try listener(), client: client("far.test", .v1_3))
        pair.pieceSize = 7
        try pair.run()
        #expect(pair.server.isAwaitingDomain)
        try provide(try Contexts.server(), to: pair)
        try pair.run()
        #expect(pair.server.state == .established)
    }
}
