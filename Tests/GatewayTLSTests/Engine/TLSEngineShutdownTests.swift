import NIOCore
import Testing

@testable import GatewayTLS

@Suite("Every way a connection can end", .serialized)
struct TLSEngineShutdownTests {
    static let versions = TLSVersion.allCases

    private func established(_ version: TLSVersion) throws -> EnginePair {
        let pair = try EnginePair(
            server: try Contexts.server(versions: .v1_0 ... .v1_3),
            client: try Contexts.client(versions: version...version))
        try pair.run()
        return pair
    }

    @Test("one side closes, then the other", arguments: versions)
    func inTurn(_ version: TLSVersion) throws {
        let pair = try established(version)
        pair.client.closeOutput(output: &pair.toServer)
        #expect(pair.client.state == .closing && pair.client.outputClosed)
        try pair.run()
        #expect(pair.server.state == .closing && pair.server.peerClosed)
        pair.server.closeOutput(output: &pair.toClient)
        #expect(pair.server.state == .closed)
        try pair.run()
        #expect(pair.client.state == .closed && pair.client.peerClosed)
        #expect(pair.client.receivedEndOfStream() == nil)
        #expect(pair.server.receivedEndOfStream() == nil)
    }

    @Test("both close at once", arguments: versions)
    func atOnce(_ version: TLSVersion) throws {
        let pair = try established(version)
        pair.client.closeOutput(output: &pair.toServer)
        pair.server.closeOutput(output: &pair.toClient)
        try pair.run()
        #expect(pair.client.state == .closed && pair.server.state == .closed)
    }

    @Test("half-closed: the other direction goes on", arguments: versions)
    func halfClosed(_ version: TLSVersion) throws {
        let pair = try established(version)
        pair.client.closeOutput(output: &pair.toServer)
        try pair.run()
        try pair.server.send([1, 2, 3], output: &pair.toClient)
        try pair.run()
        #expect(pair.atClient == [1, 2, 3])
        #expect(throws: TLSError.self) { try pair.client.send([1], output: &pair.toServer) }
    }

    @Test("data in flight when we close is no error", arguments: versions)
    func inFlight(_ version: TLSVersion) throws {
        let pair = try established(version)
        try pair.client.send([7], output: &pair.toServer)
        pair.server.closeOutput(output: &pair.toClient)
        try pair.run()
        #expect(pair.atServer == [7])
    }

    @Test("close_notify is sent once, and nothing after it")
    func onlyOnce() throws {
        let pair = try established(.v1_3)
        try pair.client.updateKeys(request: true, output: &pair.toServer)
        pair.server.closeOutput(output: &pair.toClient)
        let sent = pair.toClient.readableBytes
        pair.server.closeOutput(output: &pair.toClient)
        try pair.stepServer()
        #expect(pair.toClient.readableBytes == sent)
    }

    @Test("the end of the transport without close_notify is a truncation", arguments: versions)
    func truncation(_ version: TLSVersion) throws {
        let pair = try established(version)
        try pair.client.send([1], output: &pair.toServer)
        try pair.run()
        let failure = try #require(pair.server.receivedEndOfStream())
        #expect(failure.code == .truncated)
        #expect(pair.server.state == .failed(failure))
        var output = ByteBuffer()
        #expect(throws: failure) { try pair.server.send([1], output: &output) }
        pair.server.closeOutput(output: &output)
        #expect(output.readableBytes == 0)
        // Told once.
        #expect(pair.server.receivedEndOfStream() == nil)
    }

    @Test(
        "the end of the transport in a handshake is a failed handshake, wherever it comes",
        arguments: versions)
    func interrupted(_ version: TLSVersion) throws {
        let complete = try EnginePair(
            server: try Contexts.server(versions: .v1_0 ... .v1_3),
            client: try Contexts.client(versions: version...version))
        try complete.client.start(scratch: complete.scratch, output: &complete.toServer)
        let hello = Array(complete.toServer.readableBytesView)
        for count in stride(from: 0, to: hello.count, by: 37) {
            let server = try TLSEngine(context: try Contexts.serverForAllVersions)
            var output = ByteBuffer()
            try server.receive(Array(hello[..<count]), scratch: complete.scratch, output: &output) { _ in
                .continue
            }
            #expect(server.receivedEndOfStream()?.code == .handshakeInterrupted)
        }
    }

    @Test("closing in a handshake is silent")
    func closeInHandshake() throws {
        let pair = try EnginePair(server: try Contexts.server(), client: try Contexts.client())
        try pair.client.start(scratch: pair.scratch, output: &pair.toServer)
        try pair.stepServer()
        pair.toClient.clear()
        pair.server.closeOutput(output: &pair.toClient)
        #expect(pair.server.state == .closed && pair.toClient.readableBytes == 0)
        #expect(throws: TLSError.self) { try pair.server.send([1], output: &pair.toClient) }
    }

    @Test("after a failure nothing is written but the alert, and the failure is told again")
    func afterFailure() throws {
        let pair = try established(.v1_3)
        let garbage: [UInt8] = [0x17, 3, 3, 0, 32] + [UInt8](repeating: 9, count: 32)
        var output = ByteBuffer()
        let first = try #require(throws: TLSError.self) {
            try pair.server.receive(garbage, scratch: pair.scratch, output: &output) { _ in .continue }
        }
        #expect(first.code == .protocolViolation)
        #expect(first.alert == TLSAlert(.sent, 20))
        #expect(output.readableBytes > 0)
        output.clear()
        #expect(throws: first) {
            try pair.server.receive(garbage, scratch: pair.scratch, output: &output) { _ in .continue }
        }
        #expect(throws: first) { try pair.server.send([1], output: &output) }
        pair.server.closeOutput(output: &output)
        #expect(output.readableBytes == 0)
    }
}

extension Contexts {
    static let madeForAllVersions = Result { try Contexts.server(versions: .v1_0 ... .v1_3) }
    static var serverForAllVersions: TLSContext { get throws { try madeForAllVersions.get() } }
}
