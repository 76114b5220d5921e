import NIOCore
import NIOEmbedded
import NIOTLS

@testable import GatewayTLS

/// What a handler at the end of a pipeline has seen.
final class Recorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    var bytes: [UInt8] = []
    var evidence: [TLSEvidence] = []
    var negotiated: [String?] = []
    var errors: [any Error] = []
    var inputClosed = 0
    var isInactive = false
    /// Called at every read, after it has been recorded.
    var onRead: ((ChannelHandlerContext) -> Void)?
    var onHandshake: ((ChannelHandlerContext) -> Void)?

    var failures: [TLSError] { errors.compactMap { $0 as? TLSError } }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += unwrapInboundIn(data).readableBytesView
        onRead?(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case GatewayTLS.TLSUserEvent.handshakeCompleted(let evidence):
            self.evidence.append(evidence)
            onHandshake?(context)
        case NIOTLS.TLSUserEvent.handshakeCompleted(let negotiated):
            self.negotiated.append(negotiated)
        case ChannelEvent.inputClosed:
            inputClosed += 1
        default:
            break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { errors.append(error) }

    func channelInactive(context: ChannelHandlerContext) { isInactive = true }
}

/// Two channels joined back to back, with virtual time.
final class ChannelPair {
    struct End {
        let channel: EmbeddedChannel
        let handler: TLSHandler
        let recorder = Recorder()

        init(
            _ context: TLSContext, _ limits: TLSHandlerLimits, _ loop: EmbeddedEventLoop,
            listener: TLSListenerLoop? = nil
        ) throws {
            channel = EmbeddedChannel(loop: loop)
            handler = TLSHandler(context: context, limits: limits, admit: nil, listener: listener)
            try channel.pipeline.syncOperations.addHandlers([handler, recorder])
        }

        func activate() throws {
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        }

        func write(_ bytes: [UInt8]) -> EventLoopFuture<Void> { channel.write(ByteBuffer(bytes: bytes)) }

        func feed(_ bytes: [UInt8]) {
            channel.pipeline.fireChannelRead(ByteBuffer(bytes: bytes));
            channel.pipeline.fireChannelReadComplete()
        }
    }

    let loop: EmbeddedEventLoop
    let client: End
    let server: End

    init(
        server: TLSContext, client: TLSContext, serverLimits: TLSHandlerLimits = TLSHandlerLimits(),
        clientLimits: TLSHandlerLimits = TLSHandlerLimits(), loop: EmbeddedEventLoop = EmbeddedEventLoop(),
        listener: TLSListenerLoop? = nil
    ) throws {
        self.loop = loop
        self.server = try End(server, serverLimits, loop, listener: listener)
        self.client = try End(client, clientLimits, loop)
    }

    func connect() throws {
        try server.activate()
        try client.activate()
        try run()
    }

    /// Carries bytes, and ends, both ways until nothing moves.
    func run() throws {
        var moved = true
        while moved {
            moved = false
            for (from, to) in [(client, server), (server, client)] {
                while let bytes = try from.channel.readOutbound(as: ByteBuffer.self) {
                    moved = true
                    to.feed(Array(bytes.readableBytesView))
                }
            }
            loop.run()
        }
    }
}
