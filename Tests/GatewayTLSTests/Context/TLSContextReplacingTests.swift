import Testing

@testable import GatewayTLS

@Suite("Replacing a context's configuration while it is in use")
struct TLSContextReplacingTests {
    private func configuration(_ identity: TestPKI.Identity) throws -> TLSServerConfiguration {
        TLSServerConfiguration(credentials: [try identity.credential])
    }

    @Test("live connections keep theirs, a handshake under way too; the next one has the new")
    func liveConnections() throws {
        let pki = try TestPKI.shared
        let server = try TLSContext(server: configuration(pki.serverEC))
        let client = try Contexts.client()
        let live = try EnginePair(server: server, client: client)
        try live.run()
        let underWay = try EnginePair(server: server, client: client)
        underWay.pieceSize = 20
        try underWay.client.start(scratch: underWay.scratch, output: &underWay.toServer)

        try server.replace(server: configuration(pki.serverRSA))
        try underWay.run()
        #expect(underWay.client.evidence?.peer?.leaf == pki.serverEC.der[0])
        let next = try EnginePair(server: server, client: client)
        try next.run()
        #expect(next.client.evidence?.peer?.leaf == pki.serverRSA.der[0])

        try live.client.send([1, 2, 3], output: &live.toServer)
        try live.stepServer()
        #expect(live.atServer == [1, 2, 3])
    }

    @Test("what cannot work changes nothing")
    func refused() throws {
        let pki = try TestPKI.shared
        let server = try TLSContext(server: configuration(pki.serverEC))
        #expect(throws: TLSError.self) { try server.replace(server: configuration(pki.weakDevice)) }
        #expect(throws: TLSError.self) { try server.replace(server: TLSServerConfiguration(credentials: [])) }
        let pair = try EnginePair(server: server, client: try Contexts.client())
        try pair.run()
        #expect(pair.client.evidence?.peer?.leaf == pki.serverEC.der[0])
        #expect(throws: TLSError.self) { try Contexts.client().replace(server: configuration(pki.serverEC)) }
    }

    @Test("handshakes on other threads see the old or the new, never a mixture")
    func concurrently() async throws {
        let pki = try TestPKI.shared
        let server = try TLSContext(server: configuration(pki.serverEC))
        let client = try Contexts.client()
        let leaves = [pki.serverEC.der[0], pki.serverRSA.der[0]]
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for round in 0..<40 {
                    try server.replace(server: configuration([pki.serverRSA, pki.serverEC][round % 2]))
                    await Task.yield()
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<60 {
                        let pair = try EnginePair(server: server, client: client)
                        try pair.run()
                        #expect(pair.client.evidence?.peer.map { leaves.contains($0.leaf) } == true)
                        await Task.yield()
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
