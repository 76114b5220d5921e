import GatewayTLS
import NIOCore

/// Two engines, and the buffers that a host would have for its event loop.
final class EngineConnection: Connection {
    private let server: TLSEngine
    private let client: TLSEngine
    private let scratch = EngineConnection.loopScratch
    private var output = ByteBuffer()

    /// A host has one for each event loop.
    nonisolated(unsafe) private static let loopScratch = TLSScratch()

    init(_ contexts: Contexts) throws {
        client = try TLSEngine(context: contexts.client)
        server = try TLSEngine(context: contexts.server)
        var toServer = ByteBuffer()
        var toClient = ByteBuffer()
        try client.start(scratch: scratch, output: &toServer)
        while toServer.readableBytes > 0 || toClient.readableBytes > 0 {
            _ = try receive(server, &toServer, &toClient)
            _ = try receive(client, &toClient, &toServer)
        }
    }

    var evidence: TLSEvidence? { server.evidence }

    func encryptAtClient(_ plaintext: ByteBuffer) throws -> ByteBuffer {
        var ciphertext = ByteBuffer()
        try plaintext.withUnsafeReadableBytes { try client.send($0, output: &ciphertext) }
        return ciphertext
    }

    func receiveAtServer(_ ciphertext: ByteBuffer) throws -> Int {
        var ciphertext = ciphertext
        return try receive(server, &ciphertext, &output)
    }

    func sendAtServer(_ plaintext: ByteBuffer) throws -> Int {
        output.clear()
        try plaintext.withUnsafeReadableBytes { try server.send($0, output: &output) }
        return output.readableBytes
    }

    private func receive(_ engine: TLSEngine, _ input: inout ByteBuffer, _ output: inout ByteBuffer) throws
        -> Int
    {
        var count = 0
        try input.readWithUnsafeReadableBytes { bytes in
            try engine.receive(bytes, scratch: scratch, output: &output) { plaintext in
                count += plaintext.count
                return .continue
            }
            return bytes.count
        }
        return count
    }
}
