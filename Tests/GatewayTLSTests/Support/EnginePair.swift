import NIOCore
import Testing

@testable import GatewayTLS

/// A client and a server engine joined in memory.
final class EnginePair {
    let client: TLSEngine
    let server: TLSEngine
    let scratch = TLSScratch()
    var toServer = ByteBuffer()
    var toClient = ByteBuffer()
    /// Plaintext received so far.
    var atServer: [UInt8] = []
    var atClient: [UInt8] = []
    /// How many plaintexts were handed to a reader.
    var lendings = 0
    /// Ciphertext is fed in pieces of at most this size.
    var pieceSize = Int.max

    init(server: TLSContext, client: TLSContext, port: Int? = nil) throws {
        self.server = try TLSEngine(context: server, localPort: port)
        self.client = try TLSEngine(context: client)
    }

    /// Carries bytes both ways until none are left. Throws the first failure, server's first.
    func run() throws {
        try client.start(scratch: scratch, output: &toServer)
        while toServer.readableBytes > 0 || toClient.readableBytes > 0 {
            try stepServer()
            try stepClient()
        }
    }

    /// As `run`, but returns the failures of both sides instead.
    func runToFailure() -> (server: TLSError?, client: TLSError?) {
        var failures: (server: TLSError?, client: TLSError?)
        do throws(TLSError) { try client.start(scratch: scratch, output: &toServer) } catch {
            failures.client = error
        }
        while toServer.readableBytes > 0 || toClient.readableBytes > 0 {
            do throws(TLSError) { try stepServer() } catch {
                if failures.server == nil { failures.server = error }
                toServer.clear()
            }
            do throws(TLSError) { try stepClient() } catch {
                if failures.client == nil { failures.client = error }
                toClient.clear()
            }
        }
        return failures
    }

    func stepServer() throws(TLSError) {
        try feed(server, &toServer, &toClient) { self.atServer += $0 }
    }

    func stepClient() throws(TLSError) {
        try feed(client, &toClient, &toServer) { self.atClient += $0 }
    }

    private func feed(
        _ engine: TLSEngine, _ input: inout ByteBuffer, _ output: inout ByteBuffer,
        _ reader: (UnsafeRawBufferPointer) -> Void
    ) throws(TLSError) {
        while let piece = input.readBytes(length: min(pieceSize, input.readableBytes)), !piece.isEmpty {
            try feed(engine, piece, &output, reader)
        }
        input.clear()
    }

    private func feed(
        _ engine: TLSEngine, _ piece: [UInt8], _ output: inout ByteBuffer,
        _ reader: (UnsafeRawBufferPointer) -> Void
    ) throws(TLSError) {
        try engine.receive(piece, scratch: scratch, output: &output) { bytes in
            lendings += 1
            reader(bytes)
            return .continue
        }
    }
}

extension TLSEngine {
    func receive(
        _ bytes: [UInt8], scratch: TLSScratch, output: inout ByteBuffer,
        onPlaintext: (UnsafeRawBufferPointer) -> TLSReadDemand
    ) throws(TLSError) {
        let failure = bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) -> TLSError? in
            do throws(TLSError) {
                try self.receive(bytes, scratch: scratch, output: &output, onPlaintext: onPlaintext)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    func send(_ bytes: [UInt8], output: inout ByteBuffer) throws(TLSError) {
        let failure = bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) -> TLSError? in
            do throws(TLSError) {
                try self.send(bytes, output: &output)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }
}

/// Contexts for most tests: the authority is trusted, everybody is accepted.
enum Contexts {
    static func server(
        _ credentials: [TestPKI.Identity]? = nil, versions: ClosedRange<TLSVersion> = .v1_2 ... .v1_3,
        protocols: [String] = [], mode: TLSClientCertificateMode = .none, judge: TLSVerdict = .accept,
        resumption: TLSResumption = .off
    ) throws -> TLSContext {
        let identities = try credentials ?? [TestPKI.shared.serverEC]
        var configuration = TLSServerConfiguration(
            credentials: try identities.map { try $0.credential }, versions: versions,
            applicationProtocols: protocols, clientCertificate: mode)
        if mode != .none { configuration.verifyClient = { _ in judge } }
        configuration.resumption = resumption
        return try TLSContext(server: configuration)
    }

    static func client(
        _ credential: TestPKI.Identity? = nil, versions: ClosedRange<TLSVersion> = .v1_2 ... .v1_3,
        protocols: [String] = [], name: String? = "gateway.test", ciphers: String? = nil
    ) throws -> TLSContext {
        try TLSContext(
            client: TLSClientConfiguration(
                credential: try credential?.credential, versions: versions, serverName: name,
                trustedAuthoritiesPEM: try TestPKI.shared.authority.certificate,
                applicationProtocols: protocols, cipherSuites: ciphers))
    }
}
