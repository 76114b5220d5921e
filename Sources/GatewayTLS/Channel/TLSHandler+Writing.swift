public import NIOCore

extension TLSHandler {
    /// Holds plaintext until it is flushed, or there is so much that the channel's writability should tell.
    public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = unwrapOutboundIn(data)
        switch machine.write() {
        case .hold:
            guard (writes?.byteCount ?? 0) + bytes.readableBytes <= limits.maximumBufferedWrites else {
                promise?.fail(
                    TLSError(
                        code: .limitExceeded, sideAtFault: .local,
                        message: "more than \(limits.maximumBufferedWrites) bytes were written before the "
                            + "TLS handshake ended"))
                return
            }
            hold(bytes, promise)
        case .accept:
            hold(bytes, promise)
            guard let held = writes?.byteCount, held >= Self.eagerSize else { return }
            writes?.mark()
            encryptMarkedWrites(context)
        case .refuseOutputClosed:
            promise?.fail(ChannelError.outputClosed)
        case .refuseClosed:
            promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }

    private func hold(_ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
        if writes == nil { writes = PendingWrites() }
        writes?.append(bytes, promise)
    }

    /// Encrypts what was written before, or after the handshake.
    public func flush(context: ChannelHandlerContext) {
        writes?.mark()
        guard encryption == .idle else {
            encryption = .runningBeforeFlush
            return
        }
        encryptMarkedWrites(context)
        needsFlush = false
        context.flush()
    }

    /// A channel that is written to may tell of its writability, and so lead to more writes: those come after what
    /// is under way.
    enum Encryption { case idle, running, runningBeforeFlush }

    /// Past so much plaintext the channel has to know of it.
    private static let eagerSize = 1 << 16
    private static let chunkSize = 1 << 20

    /// Many small writes become few records, and leave in few buffers.
    func encryptMarkedWrites(_ context: ChannelHandlerContext) {
        guard canSend, encryption == .idle, let engine, writes?.hasMark == true else { return }
        encryption = .running
        var output = ByteBuffer()
        var promises: [EventLoopPromise<Void>] = []
        do throws(TLSError) {
            // A channel that closes on the way takes nothing more.
            while canSend, var plaintext = writes?.popMarked(&promises) {
                while canSend, plaintext.readableBytes > 0,
                    let chunk = plaintext.readSlice(length: min(Self.chunkSize, plaintext.readableBytes))
                {
                    try chunk.withUnsafeReadableBytes { bytes throws(TLSError) in
                        try engine.send(bytes, output: &output)
                    }
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
            if canSend {
                writeCiphertext(output, context, promises)
            } else {
                for promise in promises { promise.fail(ChannelError.ioOnClosedChannel) }
            }
        } catch {
            for promise in promises { promise.fail(error) }
            fail(error, context)
        }
        if writes?.isEmpty == true { writes = nil }
        if encryption == .runningBeforeFlush { flushCiphertext(context) }
        encryption = .idle
    }

    private var canSend: Bool { machine.write() == .accept }

    func writeCiphertext(
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

    func flushCiphertext(_ context: ChannelHandlerContext) {
        guard needsFlush else { return }
        needsFlush = false
        context.flush()
    }

    func failWrites(_ error: any Error) {
        // A failed promise may lead to more writes: those find the state that refuses them.
        while let promise = writes?.popFailed() { promise?.fail(error) }
        writes = nil
    }
}
