import GatewayTLS
import Logging
import MQTTCodec
import NIOCore
import X509Auth

/// The whole of one connection's pipeline in one handler: TLS, then MQTT.
///
/// One handler and not four, because each costs about as much as decoding a packet. It lends each read to the
/// TLS engine and the engine's plaintext to the connection, and writes what both leave in the loop's buffers.
final class DeviceChannelHandler: ChannelDuplexHandler, ConnectionTransport {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Security {
        case plaintext
        /// No TLS object before bytes that look like a handshake: until then a silent peer costs nothing.
        case awaitingFirstBytes(TLSContext, held: ByteBuffer)
        case tls(TLSEngine)
        /// Refused or failed: whatever still arrives is ignored.
        case ended
    }

    /// Why no bytes are asked for.
    private struct ReadPauses: OptionSet {
        let rawValue: UInt8
        /// The connection is being admitted.
        static let admission = ReadPauses(rawValue: 1)
        /// The peer does not read: what it asks for would pile up as answers.
        static let unwritable = ReadPauses(rawValue: 2)
    }

    private let loop: LoopContext
    private var security: Security
    private var connection: DeviceConnection?
    private var context: ChannelHandlerContext?
    private var pauses: ReadPauses = []
    private var isReadHeld = false
    private var isFinishing = false

    init(loop: LoopContext, tls: TLSContext?) {
        self.loop = loop
        security = tls.map { .awaitingFirstBytes($0, held: ByteBuffer()) } ?? .plaintext
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { open(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        open(context)
        context.fireChannelActive()
    }

    private func open(_ context: ChannelHandlerContext) {
        guard connection == nil else { return }
        let isTLS = if case .plaintext = security { false } else { true }
        connection = DeviceConnection(
            id: loop.core.makeConnectionID(), loop: loop, transport: self,
            remoteAddress: context.remoteAddress, isTLS: isTLS)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let connection else { return }
        let buffer = unwrapInboundIn(data)
        loop.refreshTime()
        switch security {
        case .plaintext:
            buffer.withUnsafeReadableBytes { connection.received($0) }
        case .tls(let engine):
            receive(buffer, engine, connection)
        case .awaitingFirstBytes(let tls, let held):
            firstBytes(buffer, tls, held, connection)
        case .ended:
            break
        }
    }

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
        guard context.channel.isWritable else {
            pauses.insert(.unwritable)
            return
        }
        lift(.unwritable)
        guard let connection else { return }
        loop.refreshTime()
        connection.becameWritable()
    }

    func channelInactive(context: ChannelHandlerContext) {
        loop.refreshTime()
        var message = "the peer closed the connection"
        if case .tls(let engine) = security, !isFinishing, let error = engine.receivedEndOfStream() {
            message = error.message
        }
        security = .ended
        connection?.transportClosed(message)
        connection = nil
        loop.flushWakes()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The socket's own errors (reset, timed out): the channel becomes inactive next.
        loop.core.logger.trace("socket error", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    // MARK: TLS

    private func firstBytes(
        _ buffer: ByteBuffer, _ tls: TLSContext, _ held: ByteBuffer, _ connection: DeviceConnection
    ) {
        var bytes = held
        bytes.writeImmutableBuffer(buffer)
        let kind = bytes.withUnsafeReadableBytes { TLSFirstBytes.classify($0) }
        let message: String
        switch kind {
        case .needMore:
            security = .awaitingFirstBytes(tls, held: bytes)
            return
        case .tls:
            do throws(TLSError) {
                let engine = try TLSEngine(context: tls)
                security = .tls(engine)
                connection.handshakeStarted()
                receive(bytes, engine, connection)
            } catch {
                security = .ended
                connection.tlsFailed(error)
            }
            return
        case .plainMQTT:
            message =
                "plain MQTT on the TLS port; connect with TLS (mosquitto_pub needs --cafile, --cert and --key)"
        case .http:
            message = "HTTP on the MQTT port; this port speaks MQTT over TLS only"
        case .other:
            message = "the first bytes are no TLS handshake; connect with TLS 1.2 or 1.3"
        }
        security = .ended
        connection.end(
            ConnectionEnd(reason: .clientError, refusal: .notTLS, reasonCode: nil, message: message))
    }

    private func receive(_ buffer: ByteBuffer, _ engine: TLSEngine, _ connection: DeviceConnection) {
        // Not the loop's buffer itself: the connection may write, and so send, while it reads.
        var output = ByteBuffer()
        var failure: TLSError?
        do throws(TLSError) {
            try buffer.withUnsafeReadableBytes { bytes throws(TLSError) in
                try engine.receive(bytes, scratch: loop.scratch, output: &output) { plaintext in
                    if connection.isHandshaking, let evidence = engine.evidence {
                        connection.secured(by: evidence)
                    }
                    connection.received(plaintext)
                    return .continue
                }
            }
        } catch {
            failure = error
        }
        // Before anything is closed: there may be an alert among it.
        if output.readableBytes > 0 {
            loop.acquire(connection)
            loop.ciphertext.writeBuffer(&output)
            flush()
        }
        if let failure {
            connection.tlsFailed(
                refined(failure, engine),
                certificate: engine.presentedCertificates.map { CertificateID(der: $0.leaf) })
        } else if engine.peerClosed {
            peerClosedTLS()
        } else if connection.isHandshaking, let evidence = engine.evidence {
            connection.secured(by: evidence)
        }
    }

    /// The operator's sentence for a refused certificate comes from whoever refused it.
    private func refined(_ error: TLSError, _ engine: TLSEngine) -> TLSError {
        guard error.code == .certificateRejected, let peer = engine.presentedCertificates,
            case .rejected(let rejection) = loop.core.admission.judge(peer, now: loop.now.unixSeconds)
        else { return error }
        var refined = error
        refined.message = rejection.message
        return refined
    }

    /// close_notify: the peer will send nothing more.
    private func peerClosedTLS() {
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
        case .awaitingFirstBytes, .ended:
            loop.plaintext.clear()
            loop.ciphertext.clear()
        }
    }

    func pauseReading() {
        pauses.insert(.admission)
    }

    func resumeReading() {
        lift(.admission)
    }

    private func lift(_ pause: ReadPauses) {
        pauses.remove(pause)
        if pauses.isEmpty, isReadHeld {
            isReadHeld = false
            context?.read()
        }
    }

    func finish() {
        guard let context, !isFinishing else { return }
        isFinishing = true
        resumeReading()
        if let connection { loop.acquire(connection) }
        flush()
        switch security {
        case .tls(let engine):
            engine.closeOutput(output: &loop.ciphertext)
            flush()
            context.close(mode: .output, promise: nil)
        case .plaintext:
            context.close(mode: .output, promise: nil)
        case .awaitingFirstBytes, .ended:
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
