import NIOCore
import NIOPosix
import Testing

@testable import GatewayTLS

/// A listener on loopback that echoes, with one event loop for the server and one for its clients.
struct LoopbackServer: Sendable {
    let listener: TLSListener
    let channel: any Channel
    let address: SocketAddress
    let clients: MultiThreadedEventLoopGroup

    /// Limits with deadlines that a busy machine does not reach: what is tested is not time.
    static var patientLimits: TLSListenerLimits {
        var limits = TLSListenerLimits()
        limits.handler = patientHandlerLimits
        return limits
    }

    static var patientHandlerLimits: TLSHandlerLimits {
        var limits = TLSHandlerLimits()
        limits.firstBytesTimeout = .minutes(10)
        limits.handshakeTimeout = .minutes(10)
        limits.admissionTimeout = .minutes(10)
        limits.closeTimeout = .minutes(10)
        return limits
    }

    static func run(
        _ context: TLSContext, limits: TLSListenerLimits = patientLimits, proxy: PROXYProtocol? = nil,
        admit: TLSAdmit? = nil, _ body: (LoopbackServer) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let clients = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = TLSListener(
            context: context, limits: limits, proxy: proxy, admit: admit, group: group)
        let channel = try await listener.bind(host: "127.0.0.1", port: 0) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Echo())
            }
        }
        let server = LoopbackServer(
            listener: listener, channel: channel, address: try #require(channel.localAddress),
            clients: clients)
        do {
            try await body(server)
        } catch {
            try? await clients.shutdownGracefully()
            try? await group.shutdownGracefully()
            throw error
        }
        try await clients.shutdownGracefully()
        try await group.shutdownGracefully()
    }

    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(data, promise: nil)
        }
    }

    /// A socket that sends some bytes and nothing else.
    func socket(_ bytes: [UInt8] = []) async throws -> any Channel {
        let channel = try await ClientBootstrap(group: clients).connect(to: address).get()
        if !bytes.isEmpty { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }
        return channel
    }

    /// Many of them.
    func sockets(_ count: Int, _ bytes: [UInt8] = []) async throws -> [any Channel] {
        var channels: [any Channel] = []
        for start in stride(from: 0, to: count, by: 100) {
            channels += try await withThrowingTaskGroup(of: (any Channel).self) { group in
                for _ in start..<min(start + 100, count) { group.addTask { try await socket(bytes) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        return channels
    }

    /// A device connects and has a message echoed.
    ///
    /// - Parameters:
    ///   - first: what is sent before TLS begins.
    ///   - pieces: ciphertext leaves in pieces of this size.
    func device(_ context: TLSContext, first: [UInt8] = [], pieces: Int = .max) async throws -> TLSEvidence {
        let result = clients.next().makePromise(of: TLSEvidence.self)
        let connecting = ClientBootstrap(group: clients)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        Prologue(first, pieces),
                        TLSHandler(context: context, limits: Self.patientHandlerLimits),
                        Greeting(result),
                    ])
                }
            }
            .connect(to: address)
        connecting.whenFailure { result.fail($0) }
        let channel = try await connecting.get()
        let evidence = try await result.futureResult.get()
        try? await channel.close()
        return evidence
    }

    private final class Prologue: ChannelDuplexHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private var first: [UInt8]
        private let pieces: Int

        init(_ first: [UInt8], _ pieces: Int) {
            self.first = first
            self.pieces = pieces
        }

        func channelActive(context: ChannelHandlerContext) {
            if !first.isEmpty {
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: first)), promise: nil)
            }
            context.fireChannelActive()
        }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            var bytes = unwrapOutboundIn(data)
            while bytes.readableBytes > pieces, let piece = bytes.readSlice(length: pieces) {
                context.writeAndFlush(wrapOutboundOut(piece), promise: nil)
            }
            context.write(wrapOutboundOut(bytes), promise: promise)
        }
    }

    private final class Greeting: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let result: EventLoopPromise<TLSEvidence>
        private var evidence: TLSEvidence?

        init(_ result: EventLoopPromise<TLSEvidence>) { self.result = result }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case TLSUserEvent.handshakeCompleted(let evidence) = event else { return }
            self.evidence = evidence
            context.writeAndFlush(NIOAny(ByteBuffer(string: "hello")), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if let evidence { result.succeed(evidence) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { result.fail(error) }

        func channelInactive(context: ChannelHandlerContext) { result.fail(ChannelError.eof) }
    }
}
