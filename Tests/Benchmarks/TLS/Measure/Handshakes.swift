import Foundation
import GatewayTLS
import NIOCore
import NIOPosix

/// Full handshakes between two engines in memory.
struct Handshakes {
    private let server: TLSContext
    private let client: TLSContext
    private let scratch = TLSScratch()

    init(_ identities: Identities, _ version: TLSVersion) throws {
        server = try identities.server()
        client = try identities.client(version)
    }

    private init(server: TLSContext, client: TLSContext) {
        self.server = server
        self.client = client
    }

    /// The server's CPU, from making the engine to freeing it, for each handshake.
    func serverMicroseconds(during seconds: Double) throws -> Double {
        for _ in 0..<50 { _ = try one() }
        let end = Self.cpu() + seconds
        var count = 0
        var sum = 0.0
        while Self.cpu() < end {
            sum += try one()
            count += 1
        }
        return sum / Double(count) * 1e6
    }

    /// Handshakes a second, both sides, on several event loops that share the contexts.
    static func rate(
        _ identities: Identities, _ version: TLSVersion, during seconds: Double, loops: Int
    ) async throws -> Double {
        let server = try identities.server()
        let client = try identities.client(version)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let counts = group.makeIterator().map { loop in
            loop.submit {
                let handshakes = Handshakes(server: server, client: client)
                let start = ContinuousClock.now
                var count = 0
                while ContinuousClock.now - start < .seconds(seconds) {
                    _ = try handshakes.one()
                    count += 1
                }
                return count
            }
        }
        var sum = 0
        for count in counts { sum += try await count.get() }
        try await group.shutdownGracefully()
        return Double(sum) / seconds
    }

    /// One handshake; the seconds of CPU the server took.
    private func one() throws -> Double {
        let client = try TLSEngine(context: client)
        var toServer = ByteBuffer()
        var toClient = ByteBuffer()
        try client.start(scratch: scratch, output: &toServer)
        var start = Self.cpu()
        var server: TLSEngine? = try TLSEngine(context: self.server)
        var spent = Self.cpu() - start
        while toServer.readableBytes > 0 || toClient.readableBytes > 0 {
            start = Self.cpu()
            if let server { try receive(server, &toServer, &toClient) }
            spent += Self.cpu() - start
            try receive(client, &toClient, &toServer)
        }
        guard server?.state == .established, client.state == .established else { throw Unfinished() }
        start = Self.cpu()
        server = nil
        return spent + Self.cpu() - start
    }

    struct Unfinished: Error {}

    private func receive(
        _ engine: TLSEngine, _ input: inout ByteBuffer, _ output: inout ByteBuffer
    ) throws {
        try input.withUnsafeReadableBytes { bytes in
            try engine.receive(bytes, scratch: scratch, output: &output) { _ in .continue }
        }
        input.clear()
    }

    /// This thread's CPU time in seconds.
    private static func cpu() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
