import GatewayTLS
import MQTTCodec
import NIOCore

/// MQTT 5 as a device speaks it, for one connection: CONNECT once TLS stands, then requests with their answers,
/// messages, and the end.
final class DemoDeviceHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The CONNECT was accepted; the TLS version it went over. Fails with ``DeviceEnd``.
    let admitted: EventLoopPromise<TLSVersion>
    /// The connection is over. Always succeeds.
    let ended: EventLoopPromise<DeviceEnd>

    private let clientID: String
    private let messages: AsyncStream<DemoMessage>.Continuation
    private let eventLoop: any EventLoop
    private var context: ChannelHandlerContext?
    private var decoder = MQTTDecoder(role: .client, version: .v5)
    private var unread = ByteBuffer()
    private var tlsVersion: TLSVersion?
    /// Requests by packet identifier, waiting for their answers.
    private var requests: [UInt16: EventLoopPromise<MQTTReasonCode>] = [:]
    private var lastPacketID: UInt16 = 0
    private var end: DeviceEnd?

    init(clientID: String, messages: AsyncStream<DemoMessage>.Continuation, eventLoop: any EventLoop) {
        self.clientID = clientID
        self.messages = messages
        self.eventLoop = eventLoop
        admitted = eventLoop.makePromise()
        ended = eventLoop.makePromise()
    }

    // MARK: Requests

    func publish(_ text: String, to topic: String) -> EventLoopFuture<MQTTReasonCode> {
        request { packetID in
            .publish(
                MQTTPublish(
                    topic: topic, payload: ByteBuffer(string: text),
                    delivery: .atLeastOnce(packetID: packetID, dup: false)))
        }
    }

    func subscribe(to filter: String) -> EventLoopFuture<MQTTReasonCode> {
        request { packetID in
            .subscribe(
                MQTTSubscribe(
                    packetID: packetID, subscriptions: [MQTTSubscription(filter: filter, qos: .atLeastOnce)]))
        }
    }

    func disconnect() -> EventLoopFuture<Void> {
        send(.disconnect(MQTTDisconnect()))
        finish(.left)
        return ended.futureResult.map { _ in }
    }

    private func request(_ packet: (UInt16) -> MQTTPacket) -> EventLoopFuture<MQTTReasonCode> {
        if let end { return eventLoop.makeFailedFuture(end) }
        // 0 is no packet identifier [MQTT-2.2.1-2].
        lastPacketID = lastPacketID == .max ? 1 : lastPacketID + 1
        let answer = eventLoop.makePromise(of: MQTTReasonCode.self)
        requests[lastPacketID] = answer
        send(packet(lastPacketID))
        return answer.futureResult
    }

    private func answered(_ packetID: UInt16, _ code: MQTTReasonCode) {
        requests.removeValue(forKey: packetID)?.succeed(code)
    }

    // MARK: Packets

    private func received(_ packet: MQTTPacket) {
        switch packet {
        case .connack(let connack):
            if connack.reasonCode.isError {
                finish(.refused(connack.reasonCode))
            } else {
                admitted.succeed(tlsVersion ?? .v1_3)
            }
        case .publish(let publish):
            messages.yield(DemoMessage(topic: publish.topic, text: String(buffer: publish.payload)))
            if let packetID = publish.delivery.packetID {
                send(.puback(MQTTAcknowledgement(packetID: packetID)))
            }
        case .puback(let acknowledgement):
            answered(acknowledgement.packetID, acknowledgement.reasonCode)
        case .suback(let suback):
            answered(suback.packetID, suback.reasonCodes.first ?? .unspecifiedError)
        case .disconnect(let disconnect):
            finish(.disconnected(disconnect.reasonCode))
        default:
            finish(.lost("the gateway sent \(packet.type), which answers nothing that was asked"))
        }
    }

    private func send(_ packet: MQTTPacket) {
        guard end == nil, let context else { return }
        var bytes = context.channel.allocator.buffer(capacity: 256)
        do {
            try packet.encode(into: &bytes, version: .v5)
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        } catch {
            finish(.lost("\(error)"))
        }
    }

    /// Ends the connection, once; the first sign of the end is the one that counts.
    private func finish(_ cause: DeviceEnd.Cause) {
        guard end == nil else { return }
        let end = DeviceEnd(cause: cause, time: .now)
        self.end = end
        admitted.fail(end)
        for request in requests.values { request.fail(end) }
        requests = [:]
        messages.finish()
        ended.succeed(end)
        context?.close(promise: nil)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let evidence) = event as? GatewayTLS.TLSUserEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        tlsVersion = evidence.version
        send(.connect(MQTTConnect(version: .v5, clientID: clientID, keepAlive: 60)))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        unread.writeBuffer(&bytes)
        do {
            while end == nil, let packet = try decoder.decode(&unread) { received(packet) }
            unread.discardReadBytes()
        } catch {
            finish(.lost("\(error)"))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let alert = (error as? TLSError)?.alert {
            finish(.alert(alert))
        } else {
            finish(.lost("\(error)"))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.lost("the connection closed"))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish(.lost("the connection was never made"))
        self.context = nil
    }
}
