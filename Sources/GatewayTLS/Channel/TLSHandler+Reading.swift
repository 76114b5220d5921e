public import NIOCore

extension TLSHandler {
    /// Decrypts.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        switch machine.received() {
        case .ignore: break
        // Copies, since these may keep them, and the buffer is the channel's or its loop's.
        case .preamble: readPreamble(ByteBuffer(bytes: bytes.readableBytesView), context)
        case .handshake: handshake(ByteBuffer(bytes: bytes.readableBytesView), context)
        case .decrypt:
            receive(bytes, context)
            LoopReceiveAllocator.giveBack(bytes)
        }
    }

    func receive(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        pass(context) { engine, output, onPlaintext throws(TLSError) in
            try bytes.withUnsafeReadableBytes { bytes throws(TLSError) in
                try engine.receive(bytes, LoopLocal.memory.scratch, &output, onPlaintext)
            }
        }
    }

    /// Decrypts what came during admission.
    func resumeEngine(_ context: ChannelHandlerContext) {
        pass(context) { engine, output, onPlaintext throws(TLSError) in
            try engine.resumeReading(LoopLocal.memory.scratch, &output, onPlaintext)
        }
    }

    func provide(_ answer: TLSContext?, _ context: ChannelHandlerContext) {
        pass(context) { engine, output, onPlaintext throws(TLSError) in
            try engine.provide(answer, LoopLocal.memory.scratch, &output, onPlaintext)
        }
    }

    /// Plaintext of this size goes on in the memory it was decrypted into. Less is copied, so that a handler
    /// that keeps it does not keep the whole of that memory too.
    private static let handOverSize = 16_384

    private func pass(
        _ context: ChannelHandlerContext,
        _ read: (TLSEngine, inout ByteBuffer, TLSEngine.PlaintextReader) throws(TLSError) -> Void
    ) {
        guard let engine else { return }
        var output = ByteBuffer()
        var plaintext: ByteBuffer?
        var failure: TLSError?
        do throws(TLSError) {
            try read(engine, &output) { lent in
                if plaintext == nil {
                    let isLarge = lent.readableBytes >= Self.handOverSize
                    plaintext = isLarge ? lent : ByteBuffer(bytes: lent.readableBytesView)
                } else {
                    plaintext?.writeImmutableBuffer(lent)
                }
                return .continue
            }
        } catch {
            failure = error
        }
        let hasAnswered = output.readableBytes > 0
        writeCiphertext(output, context)
        // Handlers called from here on may close, remove, or write: every step looks at the state anew.
        if evidence == nil, failure == nil, hasAnswered || engine.evidence != nil {
            handshakeAdvanced(context)
        }
        if let plaintext, machine.isActive {
            hasDelivered = true
            context.fireChannelRead(wrapInboundOut(plaintext))
        }
        if let failure {
            fail(failure, context)
        } else if engine.peerClosed {
            peerClosed(context)
        } else {
            lookUpDomain(context)
        }
    }

    /// Flushes what the engine had to say, and reads on where nobody else would ask for it.
    public func channelReadComplete(context: ChannelHandlerContext) {
        flushCiphertext(context)
        if !hasDelivered, !machine.isClosed { requestRead() }
        hasDelivered = false
        context.fireChannelReadComplete()
    }

    /// As the end of a burst of reads, for bytes that were not decrypted when they came.
    func endBurst(_ context: ChannelHandlerContext) {
        flushCiphertext(context)
        let hasDelivered = self.hasDelivered
        self.hasDelivered = false
        if hasDelivered { context.fireChannelReadComplete() }
        if isReadHeld { requestRead() }
    }

    // MARK: Demand

    /// Whether bytes would only pile up: nobody can use them yet, or the peer does not take the answers.
    private var holdsReads: Bool {
        machine.holdsReads || isHeldByWrites
            || (waitingBytes?.readableBytes ?? 0) >= HandshakeTurns.maximumWaitingBytes
    }

    private var isHeldByWrites: Bool {
        guard tls.isServer, limits.pausesReadingWhileUnwritable, let context else { return false }
        return !context.channel.isWritable
    }

    /// Asks for bytes, now or when they can be used.
    func requestRead() {
        isReadHeld = holdsReads
        if !isReadHeld { context?.read() }
    }

    /// Passes the next handler's demand on.
    public func read(context: ChannelHandlerContext) { requestRead() }

    /// Reads on when the peer has taken what was written.
    public func channelWritabilityChanged(context: ChannelHandlerContext) {
        if isReadHeld { requestRead() }
        context.fireChannelWritabilityChanged()
    }
}
