import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import GatewayTLS

/// The defences of a listener against peers that mean harm, on loopback.
@Suite("Hostile peers", .serialized, .timeLimit(.minutes(2)))
struct HostilityTests {
    /// Fewer in the ordinary run: while more than some 1,300 files are open, Foundation's `Process.run()`, which other
    /// tests call meanwhile, may read past the end of a listing of them on Linux.
    private static let count = OpenSSLClientMatrixTests.isWhole ? 2_000 : 500

    /// Whether so many sockets, with both their ends in this process, are allowed; says so if not.
    private static let canOpenMany: Bool = {
        let limit = OpenFiles.raise()
        let isEnough = limit >= 2 * count + 500
        if !isEnough { print("SKIPPED: \(limit) open files are too few for \(count) hostile sockets") }
        return isEnough
    }()

    /// A ClientHello as a client sends it.
    private func hello() throws -> [UInt8] {
        let engine = try TLSEngine(context: try Contexts.client())
        var output = ByteBuffer()
        try engine.start(scratch: TLSScratch(), output: &output)
        return Array(output.readableBytesView)
    }

    @Test("2,000 silent sockets, or 500: no TLS state, and a new device gets in", .enabled(if: canOpenMany))
    func silentSockets() async throws {
        try await LoopbackServer.run(try Contexts.server()) { server in
            let device = try Contexts.client()
            _ = try await server.device(device)
            let sockets = try await server.sockets(Self.count)
            #expect(try await eventually { server.listener.connectionCount >= Self.count })
            #expect(try await server.device(device).version == .v1_3)
            #expect(sockets.filter(\.isActive).count == Self.count)
            #expect(server.listener.counters[.evictedSilent] == 0)
        }
    }

    @Test("past the cap silent sockets make room for newcomers", .enabled(if: canOpenMany))
    func silentSocketsPastTheCap() async throws {
        var limits = LoopbackServer.patientLimits
        limits.maximumSilentPerLoop = 100
        try await LoopbackServer.run(try Contexts.server(), limits: limits) { server in
            _ = try await server.sockets(Self.count)
            #expect(try await server.device(try Contexts.client()).version == .v1_3)
            #expect(
                try await eventually { server.listener.counters[.evictedSilent] >= Self.count - 100 })
            #expect(server.listener.connectionCount <= 102)
        }
    }

    @Test("2,000 stalled hellos, or 500: bounded memory, and a new device gets in", .enabled(if: canOpenMany))
    func stalledHellos() async throws {
        var limits = LoopbackServer.patientLimits
        limits.maximumHandshakesPerLoop = 64
        try await LoopbackServer.run(try Contexts.server(), limits: limits) { server in
            let device = try Contexts.client()
            // All but the last byte of a hello; then as many that let the server do its part and stop there.
            let hello = try hello()
            for bytes in [Array(hello.dropLast()), hello] {
                let sockets = try await server.sockets(Self.count / 2, bytes)
                #expect(try await server.device(device).version == .v1_3)
                // Some 42 KB each, for 64 of them. The device may not have gone yet.
                #expect(try await eventually { server.listener.connectionCount <= 65 })
                for socket in sockets where socket.isActive { socket.close(promise: nil) }
                #expect(try await eventually { server.listener.connectionCount == 0 })
            }
            #expect(server.listener.counters[.evictedHandshake] >= Self.count - 2 * 65)
        }
    }

    @Test("at the limit of connections those who are nobody yet make room")
    func full() async throws {
        var limits = LoopbackServer.patientLimits
        limits.accept.maximumConnections = 20
        try await LoopbackServer.run(try Contexts.server(), limits: limits) { server in
            _ = try await server.sockets(60)
            #expect(try await server.device(try Contexts.client()).version == .v1_3)
            #expect(try await eventually { server.listener.counters[.evictedSilent] >= 40 })
            #expect(server.listener.connectionCount <= 20)
        }
    }

    @Test(
        "a hello byte by byte is a hello, and no progress before its end",
        arguments: [TLSVersion.v1_2, .v1_3])
    func byteByByte(_ version: TLSVersion) async throws {
        try await LoopbackServer.run(try Contexts.server(mode: .required)) { server in
            let client = try Contexts.client(
                try TestPKI.shared.deviceWithChain, versions: version...version)
            #expect(try await server.device(client, pieces: 1).version == version)
        }
    }

    @Test("a chain of 100 KB is refused, and never held in full", arguments: [TLSVersion.v1_2, .v1_3])
    func longChain(_ version: TLSVersion) async throws {
        try await LoopbackServer.run(try Contexts.server(mode: .required)) { server in
            // The record layer of a handshake message of 100 KB, behind a hello, before any key.
            let hello = try hello()
            let record = [0x16, 3, 3, 0x40, 0x00] + [UInt8](repeating: 0, count: 16_384)
            let certificate = [0x16, 3, 3, 0, 4, 11, 1, 0x90, 0] as [UInt8]
            var bytes = hello + certificate
            for _ in 0..<6 { bytes += record }
            let socket = try await server.socket(bytes)
            try await socket.closeFuture.get()
            #expect(try await eventually { server.listener.counters[.handshakeFailed] == 1 })
            let device = try Contexts.client(try TestPKI.shared.deviceEC, versions: version...version)
            #expect(try await server.device(device).version == version)
        }
    }

    @Test("what is not TLS is closed at once, and counted by kind")
    func plainProtocols() async throws {
        try await LoopbackServer.run(try Contexts.server()) { server in
            for bytes in [
                [0x10, 12, 0, 4, 0x4d, 0x51, 0x54, 0x54], Array("GET / HTTP/1.1\r\n\r\n".utf8), [0, 1, 2],
                // Nobody is asked for a PROXY header here.
                PROXYHeaders.v2() + [0x16, 3, 1],
            ] as [[UInt8]] {
                try await server.socket(bytes).closeFuture.get()
            }
            let counters = server.listener.counters
            #expect(counters[.plainMQTT] == 1 && counters[.http] == 1 && counters[.notTLS] == 2)
            #expect(counters[.accepted] == 4 && counters[.handshakeFailed] == 0)
            #expect(try await eventually { server.listener.connectionCount == 0 })
        }
    }

    @Test("a closed listener ends half-open handshakes at once, and leaves devices alone")
    func shutdown() async throws {
        try await LoopbackServer.run(try Contexts.server()) { server in
            let silent = try await server.sockets(5)
            let stalled = try await server.sockets(5, Array(try hello().dropLast()))
            #expect(try await eventually { server.listener.connectionCount == 10 })
            try await server.channel.close()
            for socket in silent + stalled { try await socket.closeFuture.get() }
            #expect(try await eventually { server.listener.connectionCount == 0 })
        }
    }

    @Test("so it does those that the host has not decided about, or found a domain for")
    func shutdownWhileAsking() async throws {
        let asked = Mutex(0)
        let never: @Sendable () async -> Void = {
            asked.withLock { $0 += 1 }
            try? await Task.sleep(for: .seconds(600))
        }
        let context = try TLSContext(
            domains: [
                TLSDomain(
                    name: "known", serverNames: ["gateway.test"],
                    configuration: TLSServerConfiguration(credentials: [
                        try TestPKI.shared.serverEC.credential
                    ]))
            ],
            lookUp: { _ in
                await never()
                return nil
            })
        try await LoopbackServer.run(
            context,
            admit: { _ in
                await never()
                return .admit
            }
        ) { server in
            var devices: [Task<TLSEvidence, any Error>] = []
            for name in ["gateway.test", "unknown.test"] {
                let device = Task { try await server.device(try Contexts.client(name: name)) }
                let before = name == "gateway.test" ? 0 : 1
                #expect(try await eventually { asked.withLock { $0 } == before + 1 })
                devices.append(device)
            }
            try await server.channel.close()
            for device in devices { await #expect(throws: (any Error).self) { try await device.value } }
            #expect(try await eventually { server.listener.connectionCount == 0 })
        }
    }
}
