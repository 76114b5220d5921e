import Foundation
import GatewayTLS
import NIOCore
import NIOPosix

/// Serves until it is killed.
func serve(_ identities: Identities, echoes: Bool) async throws {
    var files = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    files.rlim_cur = files.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    let listener = TLSListener(
        context: try identities.server(), limits: limits(),
        group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
    let server = try await listener.bind(host: "127.0.0.1", port: 0) { channel in
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(echoes ? Echo() : Sink())
        }
    }
    print("port \(server.localAddress?.port ?? 0)")
    fflush(nil)
    try await server.closeFuture.get()
}

/// The same without TLS: what event loop and channel take before any TLS is added.
func servePlain() async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Echo()) }
        }
        .bind(host: "127.0.0.1", port: 0).get()
    print("port \(server.localAddress?.port ?? 0)")
    fflush(nil)
    try await server.closeFuture.get()
}

/// Nothing is evicted, and nobody is timed out, while memory is looked at.
private func limits() -> TLSListenerLimits {
    var limits = TLSListenerLimits()
    limits.handler.firstBytesTimeout = .hours(1)
    limits.handler.handshakeTimeout = .hours(1)
    limits.maximumSilentPerLoop = 1 << 20
    return limits
}

private final class Echo: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.write(data, promise: nil) }
    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

private final class Sink: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
