import GatewayTLS
import NIOCore
import NIOEmbedded

/// Two handlers, each in the pipeline of a channel that does no I/O.
final class HandlerConnection: Connection {
    private let loop = EmbeddedEventLoop()
    private let server: End
    private let client: End

    init(_ contexts: Contexts) throws {
        server = try End(contexts.server, loop)
        client = try End(contexts.client, loop)
        try server.activate()
        try client.activate()
        while server.wire.bytes.readableBytes > 0 || client.wire.bytes.readableBytes > 0 {
            server.receive(client.wire.take())
            client.receive(server.wire.take())
            loop.run()
        }
    }

    deinit {
        for end in [server, client] { end.wire.cut() }
        loop.run()
    }

    var evidence: TLSEvidence? { server.handler.evidence }

    func encryptAtClient(_ plaintext: ByteBuffer) throws -> ByteBuffer {
        client.send(plaintext)
        return client.wire.take()
    }

    func receiveAtServer(_ ciphertext: ByteBuffer) throws -> Int {
        server.application.byteCount = 0
        server.receive(ciphertext)
        return server.application.byteCount
    }

    func sendAtServer(_ plaintext: ByteBuffer) throws -> Int {
        server.send(plaintext)
        return server.wire.drop()
    }
}

/// One end.
private struct End {
    let handler: TLSHandler
    let wire = Wire()
    let application = Application()
    private let channel: EmbeddedChannel

    init(_ context: TLSContext, _ loop: EmbeddedEventLoop) throws {
        channel = EmbeddedChannel(loop: loop)
        handler = TLSHandler(context: context)
        try channel.pipeline.syncOperations.addHandlers([wire, handler, application])
    }

    func activate() throws {
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    func receive(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        channel.pipeline.syncOperations.fireChannelRead(NIOAny(bytes))
        channel.pipeline.syncOperations.fireChannelReadComplete()
    }

    func send(_ bytes: ByteBuffer) {
        channel.pipeline.syncOperations.writeAndFlush(NIOAny(bytes), promise: nil)
    }

    /// Takes what is written, so that the embedded channel's own books are no part of the work.
    final class Wire: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        private(set) var bytes = ByteBuffer()
        private var context: ChannelHandlerContext?

        func handlerAdded(context: ChannelHandlerContext) { self.context = context }

        func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            bytes.writeImmutableBuffer(unwrapOutboundIn(data))
            promise?.succeed(())
        }

        func flush(context: ChannelHandlerContext) {}

        func take() -> ByteBuffer {
            defer { bytes.clear() }
            return bytes
        }

        func drop() -> Int {
            defer { bytes.clear() }
            return bytes.readableBytes
        }

        /// The transport ends, without a word.
        func cut() { context?.close(promise: nil) }
    }

    /// Counts what arrives.
    final class Application: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var byteCount = 0

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            byteCount += unwrapInboundIn(data).readableBytes
        }
    }
}
