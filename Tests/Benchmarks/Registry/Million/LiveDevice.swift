import DeviceGateway
import GatewayTLS
import NIOCore
import NIOPosix
import X509Auth

/// A device that is connected: MQTT 3.1.1 over mutual TLS.
struct LiveDevice {
    let certificate: X509Certificate
    private let end: EventLoopFuture<ContinuousClock.Instant>

    /// Returns once the gateway has accepted the CONNECT.
    static func connect(
        _ certificate: X509Certificate, _ context: TLSContext, to address: SocketAddress
    ) async throws -> LiveDevice {
        let (accepted, end) = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = LiveDeviceHandler(channel.eventLoop)
                    try channel.pipeline.syncOperations.addHandlers([TLSHandler(context: context), handler])
                    return (handler.accepted.futureResult, handler.ended.futureResult)
                }
            }
        try await accepted.get()
        return LiveDevice(certificate: certificate, end: end)
    }

    /// When the device saw its connection closed.
    func ended() async throws -> ContinuousClock.Instant { try await end.get() }
}

private final class LiveDeviceHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let accepted: EventLoopPromise<Void>
    let ended: EventLoopPromise<ContinuousClock.Instant>

    init(_ eventLoop: any EventLoop) {
        accepted = eventLoop.makePromise()
        ended = eventLoop.makePromise()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted = event as? GatewayTLS.TLSUserEvent else { return }
        // CONNECT, Clean Session, an hour of keep-alive, client identifier "live" [MQTT 3.1.1, 3.1].
        let packet: [UInt8] =
            [0x10, 16, 0, 4] + Array("MQTT".utf8) + [4, 2, 0x0e, 0x10, 0, 4] + Array("live".utf8)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: packet)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).readableBytesView)
        if bytes == [0x20, 2, 0, 0] {
            accepted.succeed()
        } else {
            accepted.fail(BenchmarkFailure("CONNACK \(bytes)"))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        accepted.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        accepted.fail(BenchmarkFailure("closed before CONNACK"))
        ended.succeed(.now)
    }
}
