import GatewayTLS
import Logging
import MQTTCodec
import NIOCore
import X509Auth

/// The whole of one connection's pipeline in one handler: TLS, then MQTT.
///
/// One handler and not four, because each costs about as much as decoding a packet. It lends each read to the
/// TLS engine and the engine's plaintext to the connection, and writes what both leave in the loop's buffers.
///
/// The work is split by meaning: `+Preamble` holds what comes before the handshake, `+TLS` the handshake.
final class DeviceChannelHandler: ChannelDuplexHandler, ConnectionTransport {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Security {
        /// What comes before TLS, or before plaintext behind a proxy. No TLS object before bytes that look like
        /// a handshake: until then a silent peer costs nothing.
        case preamble(ConnectionPreamble)
        case plaintext
        case tls(TLSEngine)
        /// Refused or failed: whatever still arrives is ignored.
        case ended
    }

    /// Why no bytes are asked for.
    struct ReadPauses: OptionSet {
        let rawValue: UInt8
        /// The connection is being admitted.
        static let admission = ReadPauses(rawValue: 1)
        /// The peer does not read: what it asks for would pile up as answers.
        static let unwritable = ReadPauses(rawValue: 2)
        /// The handshake waits for its turn.
        static let turn = ReadPauses(rawValue: 4)
    }

    let loop: LoopContext
    private let endpoint: EndpointSecurity
    var security = Security.ended
    var connection: DeviceConnection?
    var context: ChannelHandlerContext?
    var permit: AcceptPermit?
    private var pauses: ReadPauses = []
    private var isReadHeld = false
    private var isFinishing = false
    /// Bytes of the handshake that wait for their turn.
    var waitingBytes: ByteBuffer?
    /// This side has answered the peer's first flight.
    var hasAnswered = false

    init(loop: LoopContext, security: EndpointSecurity) {
        self.loop = loop
        endpoint = security
    }

    /// What the endpoint accepts; nil on the plaintext endpoint.
    var tls: TLSContext? { endpoint.tls }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { open(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        open(context)
    }

    private func open(_ context: ChannelHandlerContext) {
        guard connection == nil else { return }
        guard !loop.isStopping else { return context.close(promise: nil) }
        loop.refreshTime()
        let peer = context.remoteAddress
        let proxy = endpoint.proxy.flatMap { $0.isRequired(of: peer) ? $0 : nil }
        // A proxy's own address stands for nobody's.
        switch loop.passGate(proxy == nil ? peer : nil) {
        case .failure(let refusal):
            loop.refuse(peer, refusal)
            context.close(promise: nil)
        case .success(let permit):
            self.permit = permit
            let isTLS = tls != nil
            security =
                isTLS || proxy != nil
                ? .preamble(ConnectionPreamble(proxy: proxy, expectsTLS: isTLS)) : .plaintext
            connection = DeviceConnection(
                id: loop.core.makeConnectionID(), loop: loop, transport: self, remoteAddress: peer,
                isTLS: isTLS, proxyHeaderTimeout: proxy.map { .nanoseconds($0.headerTimeout.nanoseconds) })
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let connection else { return }
        let buffer = unwrapInboundIn(data)
        loop.refreshTime()
        switch security {
        case .plaintext:
            buffer.withUnsafeReadableBytes { connection.received($0) }
            LoopReceiveAllocator.giveBack(buffer)
        case .tls(let engine):
            if connection.isHandshaking {
                handshake(copy(of: buffer))
            } else {
                receive(buffer, engine, connection)
                LoopReceiveAllocator.giveBack(buffer)
            }
        case .preamble(var preamble):
            // Taken out while it changes, so that its bytes are not copied.
            security = .ended
            let step = preamble.receive(copy(of: buffer))
            read(step, preamble, connection)
        case .ended:
            break
        }
    }

    /// To be kept: the buffer itself is the channel's, or the loop's.
    private func copy(of buffer: ByteBuffer) -> ByteBuffer { ByteBuffer(bytes: buffer.readableBytesView) }

    func channelReadComplete(context: ChannelHandlerContext) {
        connection?.readCompleted()
    }

    func read(context: ChannelHandlerContext) {
        if pauses.isEmpty {
            context.read()
        } else {
            isReadHeld = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return pause(.unwritable) }
        lift(.unwritable)
        guard let connection else { return }
        loop.refreshTime()
        connection.becameWritable()
    }

    func channelInactive(context: ChannelHandlerContext) {
        loop.refreshTime()
        takeLastTurn()
        var message = "the peer closed the connection"
        if case .tls(let engine) = security, !isFinishing, let error = engine.receivedEndOfStream() {
            message = error.message
        }
        security = .ended
        connection?.transportClosed(message)
        connection = nil
        if let permit { loop.core.gate.release(permit, now: NIODeadline(loop.now.instant)) }
        permit = nil
        loop.flushWakes()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The socket's own errors (reset, timed out): the channel becomes inactive next.
        loop.core.logger.trace("socket error", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    /// close_notify: the peer will send nothing more.
    func peerClosedTLS() {
        guard let connection, !isFinishing else { return }
        connection.end(
            ConnectionEnd(
                reason: .connectionLost, refusal: .peerClosed, reasonCode: nil,
                message: "the peer closed TLS without an MQTT DISCONNECT"))
    }

    // MARK: ConnectionTransport

    var isWritable: Bool {
        context?.channel.isWritable ?? false
    }

    func flush() {
        guard let context, loop.plaintext.readableBytes > 0 || loop.ciphertext.readableBytes > 0 else {
            return
        }
        switch security {
        case .plaintext:
            let bytes = loop.takePlaintext()
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
            loop.returnPlaintext(bytes)
        case .tls(let engine):
            if loop.plaintext.readableBytes > 0 {
                do throws(TLSError) {
                    try loop.plaintext.withUnsafeReadableBytes { bytes throws(TLSError) in
                        try engine.send(bytes, output: &loop.ciphertext)
                    }
                } catch {
                    loop.core.logger.debug("TLS could not send", metadata: ["error": "\(error)"])
                }
                loop.plaintext.clear()
            }
            if loop.ciphertext.readableBytes > 0 {
                let bytes = loop.takeCiphertext()
                context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
                loop.returnCiphertext(bytes)
            }
        case .preamble, .ended:
            loop.plaintext.clear()
            loop.ciphertext.clear()
        }
    }

    func pauseReading() { pause(.admission) }

    func resumeReading() { lift(.admission) }

    func pause(_ pause: ReadPauses) { pauses.insert(pause) }

    func lift(_ pause: ReadPauses) {
        pauses.subtract(pause)
        if pauses.isEmpty, isReadHeld {
            isReadHeld = false
            context?.read()
        }
    }

    func finish() {
        guard let context, !isFinishing else { return }
        isFinishing = true
        // Nothing more is acted on, and the peer's end has to be seen.
        lift([.admission, .turn])
        if let connection { loop.acquire(connection) }
        flush()
        switch security {
        case .tls(let engine):
            engine.closeOutput(output: &loop.ciphertext)
            flush()
            context.close(mode: .output, promise: nil)
        case .plaintext:
            context.close(mode: .output, promise: nil)
        case .preamble, .ended:
            context.close(promise: nil)
        }
    }

    func abort() {
        context?.close(promise: nil)
    }

    var peerCertificate: [UInt8]? {
        if case .tls(let engine) = security { engine.evidence?.peer?.leaf } else { nil }
    }
}
