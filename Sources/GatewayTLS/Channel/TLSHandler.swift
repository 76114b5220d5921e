public import NIOCore
import NIOTLS

/// TLS for a channel's pipeline: ciphertext towards the network, plaintext towards the next handler.
///
/// - Writes before the end of the handshake are held, within ``TLSHandlerLimits/maximumBufferedWrites``,
///   and go out after it if they were flushed.
/// - `close()` sends close_notify, and waits for the peer's under a deadline. `close(mode: .output)`
///   sends it and goes on reading.
/// - In the server role no TLS object exists before the first bytes look like a handshake; anything else
///   is closed at once with ``TLSError``.
/// - Every failure is fired as ``TLSError`` before the channel is closed.
///
/// A handler serves one channel and belongs to its event loop.
public final class TLSHandler: ChannelDuplexHandler {
    /// Ciphertext from the network.
    public typealias InboundIn = ByteBuffer
    /// Plaintext for the next handler.
    public typealias InboundOut = ByteBuffer
    /// Plaintext from the next handler.
    public typealias OutboundIn = ByteBuffer
    /// Ciphertext for the network.
    public typealias OutboundOut = ByteBuffer

    private enum State {
        /// Not yet active.
        case idle
        /// Server role: active, with the bytes seen so far, too few to tell what they are.
        case awaitingFirstBytes(ByteBuffer)
        case handshaking(TLSEngine)
        case active(TLSEngine)
        /// close_notify is sent; the channel closes when the peer's arrives.
        case closing(TLSEngine, EventLoopPromise<Void>)
        case closed
    }

    private typealias PendingWrite = (bytes: ByteBuffer, promise: EventLoopPromise<Void>?)

    private let tls: TLSContext
    private let limits: TLSHandlerLimits
    private let gate: HandshakeGate?
    private var ticket: HandshakeQueue<TLSHandler>.Ticket?
    private var state = State.idle
    private var context: ChannelHandlerContext?
    private var writes = MarkedCircularBuffer<PendingWrite>(initialCapacity: 2)
    private var bufferedBytes = 0
    private var firstBytesDeadline: Scheduled<Void>?
    private var deadline: Scheduled<Void>?
    /// Ciphertext has been written but not flushed.
    private var needsFlush = false
    /// The current burst of reads has led to plaintext, so that the next handler decides about reading on.
    private var hasDelivered = false

    private var isClosed: Bool { if case .closed = state { true } else { false } }

    /// What the handshake established; nil before it has ended.
    public private(set) var evidence: TLSEvidence?

    /// Creates the handler of one connection; server or client, as the context is.
    public convenience init(context: TLSContext, limits: TLSHandlerLimits = TLSHandlerLimits()) {
        self.init(context: context, limits: limits, gate: nil)
    }

    init(context: TLSContext, limits: TLSHandlerLimits, gate: HandshakeGate?) {
        tls = context
        self.limits = limits
        self.gate = gate
    }

    // MARK: Life

    /// Starts at once when the channel is active already.
    public func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin(context) }
    }

    /// Gives up whatever is left.
    public func handlerRemoved(context: ChannelHandlerContext) {
        finish(failingWritesWith: ChannelError.ioOnClosedChannel)
        self.context = nil
    }

    /// Starts the handshake, or waits for the first bytes.
    public func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard case .idle = state else { return }
        deadline = schedule(context, limits.handshakeTimeout) { handler in
            handler.handshakeTimedOut()
        }
        if tls.isServer {
            state = .awaitingFirstBytes(ByteBuffer())
            firstBytesDeadline = schedule(context, limits.firstBytesTimeout) { handler in
                handler.handshakeTimedOut()
            }
            if let gate {
                let (ticket, evicted) = gate.queue.accepted(self)
                self.ticket = ticket
                evicted?.evict()
            }
        } else {
            startClient(context)
        }
        context.read()
    }

    private func startClient(_ context: ChannelHandlerContext) {
        do throws(TLSError) {
            let engine = try TLSEngine(context: tls)
            state = .handshaking(engine)
            var output = ByteBuffer()
            try engine.start(scratch: LoopScratch.current, output: &output)
            writeCiphertext(output, context)
            flushCiphertext(context)
        } catch {
            fail(error, context)
        }
    }

    /// The end of the transport: an orderly one after close_notify, else a failure.
    public func channelInactive(context: ChannelHandlerContext) {
        transportEnded(context)
        context.fireChannelInactive()
    }

    private func transportEnded(_ context: ChannelHandlerContext) {
        var failure: TLSError?
        switch state {
        case .handshaking(let engine), .active(let engine):
            failure = engine.receivedEndOfStream()
        case .closing(_, let promise):
            // Whether the peer answered no longer matters to anybody.
            state = .closed
            promise.succeed(())
        case .idle, .awaitingFirstBytes, .closed:
            break
        }
        finish(failingWritesWith: failure ?? ChannelError.ioOnClosedChannel)
        if let failure { context.fireErrorCaught(failure) }
    }

    // MARK: Reading

    /// Decrypts.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        switch state {
        case .awaitingFirstBytes(var seen):
            // The copy is of a few bytes: as soon as six have come the kind is known.
            if seen.readableBytes == 0 { seen = bytes } else { seen.writeImmutableBuffer(bytes) }
            switch seen.withUnsafeReadableBytes(TLSFirstBytes.classify) {
            case .needMore: state = .awaitingFirstBytes(seen)
            case .tls: startServer(seen, context)
            case .plainMQTT: fail(.notTLS("MQTT without TLS"), context)
            case .http: fail(.notTLS("HTTP without TLS"), context)
            case .other: fail(.notTLS("something that is not TLS"), context)
            }
        case .handshaking(let engine), .active(let engine), .closing(let engine, _):
            receive(bytes, engine, context)
        case .idle, .closed:
            break
        }
    }

    private func startServer(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        firstBytesDeadline?.cancel()
        firstBytesDeadline = nil
        do throws(TLSError) {
            let engine = try TLSEngine(context: tls)
            state = .handshaking(engine)
            if let ticket, let evicted = gate?.queue.began(ticket) { evicted.evict() }
            receive(bytes, engine, context)
        } catch {
            fail(error, context)
        }
    }

    private func receive(_ bytes: ByteBuffer, _ engine: TLSEngine, _ context: ChannelHandlerContext) {
        var output = ByteBuffer()
        var plaintext: ByteBuffer?
        let allocator = context.channel.allocator
        let failure = bytes.withUnsafeReadableBytes { bytes -> TLSError? in
            do throws(TLSError) {
                try engine.receive(bytes, scratch: LoopScratch.current, output: &output) { lent in
                    if plaintext == nil { plaintext = allocator.buffer(capacity: lent.count) }
                    plaintext?.writeBytes(lent)
                    return .continue
                }
                return nil
            } catch {
                return error
            }
        }
        writeCiphertext(output, context)
        // Handlers called from here on may close, remove, or write: every step looks at the state anew.
        if case .handshaking = state, let evidence = engine.evidence {
            handshakeEnded(engine, evidence, context)
        }
        if let plaintext, case .active = state {
            hasDelivered = true
            context.fireChannelRead(wrapInboundOut(plaintext))
        }
        if let failure {
            fail(failure, context)
        } else if engine.peerClosed {
            peerClosed(engine, context)
        }
    }

    private func handshakeEnded(
        _ engine: TLSEngine, _ evidence: TLSEvidence, _ context: ChannelHandlerContext
    ) {
        self.evidence = evidence
        state = .active(engine)
        leaveGate()
        deadline?.cancel()
        deadline = nil
        context.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(evidence))
        context.fireUserInboundEventTriggered(
            NIOTLS.TLSUserEvent.handshakeCompleted(negotiatedProtocol: evidence.applicationProtocol))
        encryptMarkedWrites(context)
    }

    private func peerClosed(_ engine: TLSEngine, _ context: ChannelHandlerContext) {
        switch state {
        case .closing(_, let promise):
            state = .closed
            finish(failingWritesWith: ChannelError.ioOnClosedChannel)
            flushCiphertext(context)
            context.close(promise: promise)
        case .active where limits.allowsHalfClosure && !engine.outputClosed:
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        case .active:
            // What has been flushed is on its way; what has not been is lost, as in any close.
            var output = ByteBuffer()
            engine.closeOutput(output: &output)
            writeCiphertext(output, context)
            flushCiphertext(context)
            finish(failingWritesWith: ChannelError.ioOnClosedChannel)
            context.close(promise: nil)
        case .idle, .awaitingFirstBytes, .handshaking, .closed:
            break
        }
    }

    /// Flushes what the engine had to say, and reads on where nobody else would ask for it.
    public func channelReadComplete(context: ChannelHandlerContext) {
        flushCiphertext(context)
        if !hasDelivered, !isClosed { context.read() }
        hasDelivered = false
        context.fireChannelReadComplete()
    }

    /// Ends half-open connections at once when the server shuts down, and takes a TCP end for what it is.
    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            // Told before, when close_notify came; without one it is an end like any other.
            if case .active(let engine) = state, engine.peerClosed { return }
            transportEnded(context)
            context.close(promise: nil)
        case is ChannelShouldQuiesceEvent:
            switch state {
            case .idle, .awaitingFirstBytes, .handshaking:
                finish(failingWritesWith: ChannelError.ioOnClosedChannel)
                context.close(promise: nil)
            case .active, .closing, .closed:
                break
            }
            context.fireUserInboundEventTriggered(event)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: Writing

    /// Holds plaintext until it is flushed.
    public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = unwrapOutboundIn(data)
        switch state {
        case .idle, .awaitingFirstBytes, .handshaking:
            guard bufferedBytes + bytes.readableBytes <= limits.maximumBufferedWrites else {
                promise?.fail(
                    TLSError(
                        code: .limitExceeded, sideAtFault: .local,
                        message: "more than \(limits.maximumBufferedWrites) bytes were written before the "
                            + "TLS handshake ended"))
                return
            }
            bufferedBytes += bytes.readableBytes
            writes.append((bytes, promise))
        case .active(let engine) where !engine.outputClosed:
            writes.append((bytes, promise))
        case .active:
            promise?.fail(ChannelError.outputClosed)
        case .closing, .closed:
            promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }

    /// Encrypts what was written before, or after the handshake.
    public func flush(context: ChannelHandlerContext) {
        writes.mark()
        encryptMarkedWrites(context)
        needsFlush = false
        context.flush()
    }

    private static let recordSize = 16_384
    private static let chunkSize = 1 << 20

    /// Many small writes become few records, and leave in few buffers.
    private func encryptMarkedWrites(_ context: ChannelHandlerContext) {
        guard case .active(let engine) = state, writes.hasMark else { return }
        bufferedBytes = 0
        var output = ByteBuffer()
        var promises: [EventLoopPromise<Void>] = []
        do throws(TLSError) {
            while writes.hasMark, let first = writes.popFirst() {
                var plaintext = first.bytes
                if let promise = first.promise { promises.append(promise) }
                while writes.hasMark, let next = writes.first,
                    plaintext.readableBytes + next.bytes.readableBytes <= Self.recordSize
                {
                    plaintext.writeImmutableBuffer(next.bytes)
                    if let promise = next.promise { promises.append(promise) }
                    _ = writes.popFirst()
                }
                while let chunk = plaintext.readSlice(length: min(Self.chunkSize, plaintext.readableBytes)),
                    chunk.readableBytes > 0
                {
                    try send(chunk, engine, &output)
                    if output.readableBytes >= Self.chunkSize, plaintext.readableBytes > 0 {
                        writeCiphertext(output, context)
                        output = ByteBuffer()
                    }
                }
                if output.readableBytes >= Self.chunkSize {
                    writeCiphertext(output, context, promises)
                    output = ByteBuffer()
                    promises = []
                }
            }
            writeCiphertext(output, context, promises)
        } catch {
            for promise in promises { promise.fail(error) }
            fail(error, context)
        }
    }

    private func send(
        _ plaintext: ByteBuffer, _ engine: TLSEngine, _ output: inout ByteBuffer
    ) throws(TLSError) {
        let failure = plaintext.withUnsafeReadableBytes { bytes -> TLSError? in
            do throws(TLSError) {
                try engine.send(bytes, output: &output)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    private func writeCiphertext(
        _ ciphertext: ByteBuffer, _ context: ChannelHandlerContext, _ promises: [EventLoopPromise<Void>] = []
    ) {
        var promise = promises.first
        if promises.count > 1 {
            let all = context.eventLoop.makePromise(of: Void.self)
            for one in promises { all.futureResult.cascade(to: one) }
            promise = all
        }
        guard ciphertext.readableBytes > 0 || promise != nil else { return }
        needsFlush = true
        context.write(wrapOutboundOut(ciphertext), promise: promise)
    }

    private func flushCiphertext(_ context: ChannelHandlerContext) {
        guard needsFlush else { return }
        needsFlush = false
        context.flush()
    }

    // MARK: Closing

    /// Sends close_notify first.
    public func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch (mode, state) {
        case (.input, _):
            // TLS cannot tell a peer to stop sending.
            promise?.fail(ChannelError.operationUnsupported)
        case (.output, .active(let engine)):
            sendCloseNotify(engine, context, promise)
            if engine.peerClosed {
                finish(failingWritesWith: ChannelError.ioOnClosedChannel)
                context.close(promise: nil)
            }
        case (.output, .idle), (.output, .awaitingFirstBytes), (.output, .handshaking):
            promise?.fail(ChannelError.operationUnsupported)
        case (.output, .closing), (.output, .closed):
            promise?.fail(ChannelError.outputClosed)
        case (.all, .active(let engine)):
            closeAll(engine, context, promise ?? context.eventLoop.makePromise())
        case (.all, .closing(_, let first)):
            first.futureResult.cascade(to: promise)
        case (.all, .idle), (.all, .awaitingFirstBytes), (.all, .handshaking), (.all, .closed):
            finish(failingWritesWith: ChannelError.ioOnClosedChannel)
            context.close(promise: promise)
        }
    }

    private func closeAll(
        _ engine: TLSEngine, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>
    ) {
        sendCloseNotify(engine, context, nil)
        guard case .active = state else { return context.close(promise: promise) }
        guard !engine.peerClosed else {
            finish(failingWritesWith: ChannelError.ioOnClosedChannel)
            return context.close(promise: promise)
        }
        state = .closing(engine, promise)
        deadline = schedule(context, limits.closeTimeout) { handler in handler.closeTimedOut() }
        // The answer must be read even if the next handler has stopped reading.
        context.read()
    }

    private func sendCloseNotify(
        _ engine: TLSEngine, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
    ) {
        var output = ByteBuffer()
        engine.closeOutput(output: &output)
        writeCiphertext(output, context, promise.map { [$0] } ?? [])
        flushCiphertext(context)
        failWrites(ChannelError.outputClosed)
    }

    private func closeTimedOut() {
        guard case .closing(_, let promise) = state, let context else { return }
        state = .closed
        context.fireErrorCaught(
            TLSError(
                code: .closeTimedOut, sideAtFault: .peer,
                message:
                    "the peer did not answer close_notify within \(limits.closeTimeout.nanoseconds / 1_000_000) ms"
            ))
        context.close(promise: promise)
    }

    private func handshakeTimedOut() {
        guard let context else { return }
        let message: String
        switch state {
        case .awaitingFirstBytes:
            message = "the client sent too little to begin a TLS handshake in time"
        case .handshaking:
            message =
                "the TLS handshake took longer than \(limits.handshakeTimeout.nanoseconds / 1_000_000) ms"
        case .idle, .active, .closing, .closed:
            return
        }
        fail(TLSError(code: .handshakeTimedOut, sideAtFault: .peer, message: message), context)
    }

    /// The queue of handshakes is full, and this one is the oldest.
    private func evict() {
        ticket = nil
        guard let context else { return }
        fail(
            TLSError(
                code: .handshakeEvicted, sideAtFault: .peer,
                message: "too many TLS handshakes were in progress, and this one had waited longest"), context
        )
    }

    private func fail(_ error: TLSError, _ context: ChannelHandlerContext) {
        let previous = state
        state = .closed
        flushCiphertext(context)
        finish(failingWritesWith: error)
        switch previous {
        case .closed:
            break
        case .closing(_, let promise):
            // Nobody waits for the data of a connection that is being closed.
            context.close(promise: promise)
        case .idle, .awaitingFirstBytes, .handshaking, .active:
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }

    private func finish(failingWritesWith error: any Error) {
        if case .closing(_, let promise) = state { context?.close(promise: promise) }
        state = .closed
        leaveGate()
        firstBytesDeadline?.cancel()
        firstBytesDeadline = nil
        deadline?.cancel()
        deadline = nil
        failWrites(error)
    }

    private func leaveGate() {
        if let ticket { gate?.queue.ended(ticket) }
        ticket = nil
    }

    private func failWrites(_ error: any Error) {
        bufferedBytes = 0
        // A failed promise may lead to more writes: those find the state that refuses them.
        while let write = writes.popFirst() { write.promise?.fail(error) }
    }

    private func schedule(
        _ context: ChannelHandlerContext, _ delay: TimeAmount, _ action: @escaping (TLSHandler) -> Void
    ) -> Scheduled<Void> {
        let handler = NIOLoopBound(WeakHandler(handler: self), eventLoop: context.eventLoop)
        return context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            if let handler = handler.value.handler { action(handler) }
        }
    }

    private struct WeakHandler { weak var handler: TLSHandler? }
}

extension TLSError {
    fileprivate static func notTLS(_ what: String) -> TLSError {
        TLSError(
            code: .notTLS, sideAtFault: .peer,
            message: "the client sent \(what); this port accepts TLS only")
    }
}
