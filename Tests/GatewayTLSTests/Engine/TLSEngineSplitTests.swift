import Foundation
import NIOCore
import Testing

@testable import GatewayTLS

/// Wherever a flight is cut in two on its way, nothing else happens than without the cut.
///
/// The ordinary run takes every 17th position of each version's flights, another offset for each version; all
/// of them run when the environment says `DEVICE_GATEWAY_TLS_MATRIX=all`.
@Suite("Every split of every flight")
struct TLSEngineSplitTests {
    static let isWhole = ProcessInfo.processInfo.environment["DEVICE_GATEWAY_TLS_MATRIX"] == "all"

    private func contexts(_ version: TLSVersion) throws -> (server: TLSContext, client: TLSContext) {
        (
            try Contexts.server(versions: .v1_0 ... .v1_3, protocols: ["mqtt"], mode: .required),
            try Contexts.client(
                try TestPKI.shared.deviceEC, versions: version...version, protocols: ["mqtt"])
        )
    }

    /// A whole conversation: mutual handshake, data both ways, close both ways. Flight number `flight` is
    /// cut after `position` bytes.
    ///
    /// - Returns: the flights' lengths.
    @discardableResult
    private func converse(
        _ contexts: (server: TLSContext, client: TLSContext), flight: Int = -1, position: Int = 0
    ) throws -> [Int] {
        let pair = try EnginePair(server: contexts.server, client: contexts.client)
        var lengths: [Int] = []
        var stage = 0
        try pair.client.start(scratch: pair.scratch, output: &pair.toServer)
        while true {
            for toServer in [true, false] {
                var bytes = toServer ? pair.toServer : pair.toClient
                guard bytes.readableBytes > 0 else { continue }
                let head = bytes.readSlice(length: lengths.count == flight ? position : bytes.readableBytes)
                lengths.append(bytes.readableBytes + (head?.readableBytes ?? 0))
                for piece in [head, bytes].compactMap(\.self) where piece.readableBytes > 0 {
                    if toServer {
                        pair.toServer = piece
                        try pair.stepServer()
                    } else {
                        pair.toClient = piece
                        try pair.stepClient()
                    }
                }
            }
            guard pair.toServer.readableBytes == 0, pair.toClient.readableBytes == 0 else { continue }
            switch stage {
            case 0:
                try #require(pair.server.state == .established && pair.client.state == .established)
                try pair.client.send(Array("from the client".utf8), output: &pair.toServer)
            case 1:
                try pair.server.send(Array("from the server".utf8), output: &pair.toClient)
            case 2: pair.client.closeOutput(output: &pair.toServer)
            case 3: pair.server.closeOutput(output: &pair.toClient)
            default:
                #expect(String(decoding: pair.atServer, as: UTF8.self) == "from the client")
                #expect(String(decoding: pair.atClient, as: UTF8.self) == "from the server")
                #expect(pair.server.state == .closed && pair.client.state == .closed)
                #expect(pair.server.evidence?.peer?.leaf == (try TestPKI.shared.deviceEC.der[0]))
                return lengths
            }
            stage += 1
        }
    }

    @Test("in two pieces", arguments: TLSVersion.allCases)
    func splits(_ version: TLSVersion) throws {
        let contexts = try contexts(version)
        let lengths = try converse(contexts)
        #expect(lengths.count >= 7)
        for (flight, length) in lengths.enumerated() {
            let step = Self.isWhole ? 1 : 17
            for position in stride(from: 1 + Int(version.rawValue) % step, to: length, by: step) {
                try converse(contexts, flight: flight, position: position)
            }
        }
    }
}
