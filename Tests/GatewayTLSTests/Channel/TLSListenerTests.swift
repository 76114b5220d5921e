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

    @Test("a flood of silent sockets does not keep a device out")
    func silentFlood() async throws {
        var limits = TLSListenerLimits()
        limits.maximumSilentPerLoop = 8
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = TLSListener(context: try Contexts.server(), limits: limits, group: group)
        let server = try await listener.bind(host: "127.0.0.1", port: 0) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(EchoOnce())
            }
        }
        let address = try #require(server.localAddress)
        var silent: [any Channel] = []
        for _ in 0..<64 { silent.append(try await ClientBootstrap(group: group).connect(to: address).get()) }
        // 56 of them are closed to make room.
        for channel in silent.prefix(50) { try await channel.closeFuture.get() }
        let evidence = try await Self.shakeHands(address, try Contexts.client(), group)
        #expect(evidence.version == .v1_3)
        for channel in silent where channel.isActive { try? await channel.close() }
        try await server.close()
        try await group.shutdownGracefully()
    }

    static func shakeHands(
        _ address: SocketAddress, _ context: TLSContext, _ group: any EventLoopGroup
    ) async throws -> TLSEvidence {
        let done = group.next().makePromise(of: TLSEvidence.self)
        let client = try await ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        TLSHandler(context: context), Completion(done),
                    ])
                }
            }
            .connect(to: address).get()
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
