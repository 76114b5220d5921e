import NIOCore
import NIOPosix
import Testing

@testable import GatewayTLS

@Suite("The listener on loopback")
struct TLSListenerTests {
    @Test("serves connections as NIOAsyncChannels of plaintext")
    func asyncChannels() async throws {
        let listener = TLSListener(context: try Contexts.server(protocols: ["mqtt"]))
        let server = try await listener.bindAsync(host: "127.0.0.1", port: 0) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        let port = try #require(server.channel.localAddress?.port)
        let context = try Contexts.client(protocols: ["mqtt"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { connections in
                    for try await connection in connections {
                        try await connection.executeThenClose { inbound, outbound in
                            for try await bytes in inbound { try await outbound.write(bytes) }
                        }
                        return
                    }
                }
            }
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(TLSHandler(context: context))
                        return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                            wrappingChannelSynchronously: channel)
                    }
                }
            let answer = try await client.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "hello"))
                var seen = ByteBuffer()
                for try await bytes in inbound {
                    seen.writeImmutableBuffer(bytes)
                    if seen.readableBytes >= 5 { break }
                }
                return String(buffer: seen)
            }
            #expect(answer == "hello")
            try await group.waitForAll()
        }
    }

    @Test("a connection that is refused does not end the sequence of connections")
    func refusedAmongAccepted() async throws {
        var limits = LoopbackServer.patientLimits
        limits.accept.exemptPrefixes = []
        limits.accept.maximumConnectionsPerPrefix = 1
        // However slow the machine is, the silent one stays.
        limits.handler.firstBytesTimeout = .minutes(5)
        limits.handler.handshakeTimeout = .minutes(5)
        let listener = TLSListener(context: try Contexts.server(), limits: limits)
        let server = try await listener.bindAsync(host: "127.0.0.1", port: 0) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        let address = try #require(server.channel.localAddress)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { connections in
                    for try await connection in connections {
                        // A refused one is closed already.
                        try? await connection.executeThenClose { inbound, outbound in
                            for try await bytes in inbound { try await outbound.write(bytes) }
                        }
                    }
                }
            }
            let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            let first = try await bootstrap.connect(to: address).get()
            #expect(try await eventually { listener.counters[.accepted] == 1 })
            for _ in 0..<5 { try await bootstrap.connect(to: address).get().closeFuture.get() }
            #expect(listener.counters[.refusedPrefixConnections] == 5)
            try await first.close()
            #expect(try await eventually { listener.connectionCount == 0 })
            let evidence = try await Self.shakeHands(
                address, try Contexts.client(), MultiThreadedEventLoopGroup.singleton)
            #expect(evidence.version == .v1_3)
            group.cancelAll()
        }
    }

    @Test("rates and prefixes hold on the socket's address")
    func rates() async throws {
        var limits = LoopbackServer.patientLimits
        limits.accept.exemptPrefixes = []
        limits.accept.connectionsPerPrefix = AcceptRate(perSecond: 1, burst: 3)
        try await LoopbackServer.run(try Contexts.server(), limits: limits) { server in
            for socket in try await server.sockets(10) { _ = socket }
            #expect(try await eventually { server.listener.counters[.refusedPrefixRate] >= 6 })
            #expect(server.listener.counters[.accepted] <= 4)
        }
    }

    @Test("a trusted proxy's header is required, and names the address that counts")
    func proxied() async throws {
        let proxy = PROXYProtocol(trustedPeers: [try #require(AddressPrefix("127.0.0.0/8"))])
        var limits = LoopbackServer.patientLimits
        limits.accept.maximumConnectionsPerPrefix = 1
        try await LoopbackServer.run(try Contexts.server(), limits: limits, proxy: proxy) { server in
            let client = try Contexts.client()
            for header in [
                PROXYHeaders.v2(), PROXYHeaders.v2(0x20, family: 0, addresses: []),
                Array("PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n".utf8),
            ] {
                #expect(try await server.device(client, first: header).version == .v1_3)
                #expect(try await server.device(client, first: header, pieces: 1).version == .v1_3)
            }
            #expect(try await eventually { server.listener.connectionCount == 0 })
            // Two of the same address behind the proxy, and one of another.
            let first = try await server.socket(PROXYHeaders.v2())
            #expect(try await eventually { server.listener.connectionCount == 1 })
            try await server.socket(PROXYHeaders.v2()).closeFuture.get()
            #expect(server.listener.counters[.refusedPrefixConnections] == 1)
            let other = Array("PROXY TCP4 203.0.113.10 192.0.2.1 1 2\r\n".utf8)
            #expect(try await server.device(client, first: other).version == .v1_3)
            try await first.close()
            // Without the header, and with a malformed one.
            await #expect(throws: (any Error).self) { try await server.device(client) }
            await #expect(throws: (any Error).self) {
                try await server.device(client, first: PROXYHeaders.v2(0x22))
            }
            #expect(server.listener.counters[.invalidProxyHeader] == 2)
        }
    }

    static func shakeHands(
        _ address: SocketAddress, _ context: TLSContext, _ group: any EventLoopGroup
    ) async throws -> TLSEvidence {
        let done = group.next().makePromise(of: TLSEvidence.self)
        let connecting = ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        TLSHandler(context: context), Completion(done),
                    ])
                }
            }
            .connect(to: address)
        connecting.whenFailure { done.fail($0) }
        let client = try await connecting.get()
        let evidence = try await done.futureResult.get()
        try await client.close()
        return evidence
    }
}

/// Fulfils a promise with a handshake's evidence.
private final class Completion: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let promise: EventLoopPromise<TLSEvidence>
    init(_ promise: EventLoopPromise<TLSEvidence>) { self.promise = promise }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted(let evidence) = event { promise.succeed(evidence) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { promise.fail(error) }

    func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }
}

/// Answers the first read, then closes.
final class EchoOnce: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(data, promise: nil)
        context.close(promise: nil)
    }
}
