import GatewayTLS
import NIOCore
import NIOEmbedded
import NIOSSL
import NIOTLS

/// This module's handler and NIOSSL's, their channels joined back to back.
final class PeerPair {
    let loop = EmbeddedEventLoop()
    let ours: EmbeddedChannel
    let theirs: EmbeddedChannel
    let handler: TLSHandler
    let peer: NIOSSLHandler
    let atOurs = Recorder()
    let atTheirs = Recorder()

    /// Our server, their client.
    convenience init(server: TLSContext, client: NIOSSLContext, name: String = "gateway.test") throws {
        try self.init(server, NIOSSLClientHandler(context: client, serverHostname: name))
    }

    /// Their server, our client.
    convenience init(server: NIOSSLContext, client: TLSContext) throws {
        try self.init(client, NIOSSLServerHandler(context: server))
    }

    private init(_ context: TLSContext, _ peer: NIOSSLHandler) throws {
        ours = EmbeddedChannel(loop: loop)
        theirs = EmbeddedChannel(loop: loop)
        handler = TLSHandler(context: context)
        self.peer = peer
        try ours.pipeline.syncOperations.addHandlers([handler, atOurs])
        try theirs.pipeline.syncOperations.addHandlers([peer, atTheirs])
        for channel in [ours, theirs] {
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        }
        try run()
    }

    /// Carries bytes both ways until nothing moves; a channel that has closed is seen by the other.
    func run() throws {
        var moved = true
        while moved {
            moved = false
            for (from, to) in [(ours, theirs), (theirs, ours)] {
                while let bytes = try from.readOutbound(as: ByteBuffer.self) {
                    moved = true
                    guard to.isActive else { continue }
                    to.pipeline.fireChannelRead(bytes)
                    to.pipeline.fireChannelReadComplete()
                }
            }
            loop.run()
        }
    }

    func send(_ bytes: [UInt8], from channel: EmbeddedChannel) throws {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        try run()
    }

    /// One end closes and tells whether that ended without an error; both ends have then closed.
    func close(from channel: EmbeddedChannel) throws {
        let closed = channel.close()
        try run()
        try closed.wait()
    }

    /// What the end of a pipeline has seen.
    final class Recorder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private(set) var bytes: [UInt8] = []
        private(set) var handshakes = 0
        private(set) var negotiated: String?
        private(set) var errors: [any Error] = []
        private(set) var isInactive = false

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes += unwrapInboundIn(data).readableBytesView
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case NIOTLS.TLSUserEvent.handshakeCompleted(let negotiated) = event else { return }
            handshakes += 1
            self.negotiated = negotiated
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { errors.append(error) }

        func channelInactive(context: ChannelHandlerContext) { isInactive = true }
    }
}
