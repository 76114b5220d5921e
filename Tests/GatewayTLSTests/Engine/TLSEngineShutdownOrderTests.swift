import NIOCore
import Testing

@testable import GatewayTLS

/// Both sides send and close, and bytes arrive, in every order there is.
@Suite("Every shutdown order")
struct TLSEngineShutdownOrderTests {
    enum Event: CaseIterable { case clientSends, serverSends, clientCloses, serverCloses, toServer, toClient }

    static let orders: [[Event]] = permutations(Event.allCases)

    private static func permutations(_ events: [Event]) -> [[Event]] {
        guard events.count > 1 else { return [events] }
        return events.indices.flatMap { index in
            var rest = events
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }

    @Test("what was sent before closing arrives, and both end orderly", arguments: [TLSVersion.v1_2, .v1_3])
    func orders(_ version: TLSVersion) throws {
        let server = try Contexts.server()
        let client = try Contexts.client(versions: version...version)
        for order in Self.orders {
            let pair = try EnginePair(server: server, client: client)
            try pair.run()
            var hasSent = (client: false, server: false)
            for event in order {
                switch event {
                case .clientSends:
                    hasSent.client = trySend(pair.client, [1, 2, 3], &pair.toServer)
                    #expect(hasSent.client == !pair.client.outputClosed, "\(order)")
                case .serverSends:
                    hasSent.server = trySend(pair.server, [4, 5], &pair.toClient)
                    #expect(hasSent.server == !pair.server.outputClosed, "\(order)")
                case .clientCloses: pair.client.closeOutput(output: &pair.toServer)
                case .serverCloses: pair.server.closeOutput(output: &pair.toClient)
                case .toServer: try pair.stepServer()
                case .toClient: try pair.stepClient()
                }
            }
            try pair.run()
            #expect(pair.atServer == (hasSent.client ? [1, 2, 3] : []), "\(order)")
            #expect(pair.atClient == (hasSent.server ? [4, 5] : []), "\(order)")
            #expect(pair.client.state == .closed && pair.server.state == .closed, "\(order)")
            #expect(pair.client.receivedEndOfStream() == nil && pair.server.receivedEndOfStream() == nil)
        }
    }

    private func trySend(_ engine: TLSEngine, _ bytes: [UInt8], _ output: inout ByteBuffer) -> Bool {
        do {
            try engine.send(bytes, output: &output)
            return true
        } catch {
            #expect(error.code == .misuse)
            return false
        }
    }
}
