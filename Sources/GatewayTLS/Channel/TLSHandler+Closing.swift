public import NIOCore

extension TLSHandler {
    // MARK: This side

    /// Sends close_notify first.
    public func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .input:
            // TLS cannot tell a peer to stop sending.
            promise?.fail(ChannelError.operationUnsupported)
        case .output:
            closeOutput(context, promise)
        case .all:
            closeAll(context, promise)
        }
    }

    private func closeOutput(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        switch machine.closeOutput() {
        case .refuseUnsupported:
            promise?.fail(ChannelError.operationUnsupported)
        case .refuseClosed:
            promise?.fail(ChannelError.outputClosed)
        case .sendCloseNotify:
            sendCloseNotify(context, promise)
        case .sendCloseNotifyAndClose:
            sendCloseNotify(context, promise)
            finish(failingWritesWith: ChannelError.ioOnClosedChannel)
            context.close(promise: nil)
        }
    }

    private func closeAll(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        switch machine.close() {
        case .join:
            closePromise?.futureResult.cascade(to: promise)
        case .close:
            finish(failingWritesWith: ChannelError.ioOnClosedChannel)
            context.close(promise: promise)
        case .sendCloseNotifyAndClose:
            sendCloseNotify(context, nil)
            finish(failingWritesWith: ChannelError.ioOnClosedChannel)
            context.close(promise: promise)
        case .sendCloseNotifyAndWait:
            closePromise = promise ?? context.eventLoop.makePromise()
            deadline = set(.close, limits.closeTimeout, context)
            sendCloseNotify(context, nil)
            // The answer must be read even if the next handler has stopped reading, and if nothing leaves.
            if !machine.isClosed { context.read() }
        }
    }

    func sendCloseNotify(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        var output = ByteBuffer()
        engine?.closeOutput(output: &output)
        writeCiphertext(output, context, promise.map { [$0] } ?? [])
        flushCiphertext(context)
        failWrites(ChannelError.outputClosed)
    }

    /// Closes the transport, and tells whoever waits for it.
    private func closeTransport(_ context: ChannelHandlerContext) {
        let promise = closePromise
        closePromise = nil
        context.close(promise: promise)
    }

    // MARK: The other side

    func peerClosed(_ context: ChannelHandlerContext) {
        switch machine.peerClosed(allowsHalfClosure: limits.allowsHalfClosure) {
        case .ignore:
            break
        case .announce:
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        case .answerAndClose:
            // What has been flushed is on its way; what has not been is lost, as in any close.
            sendCloseNotify(context, nil)
            finish(failingWritesWith: ChannelError.ioOnClosedChannel)
            closeTransport(context)
        case .close:
            finish(failingWritesWith: ChannelError.ioOnClosedChannel)
            flushCiphertext(context)
            closeTransport(context)
        }
    }

    func transportEnded(_ context: ChannelHandlerContext) {
        takeLastTurn()
        var failure: TLSError?
        switch machine.transportEnded() {
        case .ignore:
            break
        case .tellEngine:
            failure = engine?.receivedEndOfStream()
            if failure?.code == .handshakeInterrupted { listener?.gate.count(.handshakeFailed) }
        case .finishClosing:
            // Whether the peer answered no longer matters to anybody.
            closePromise?.succeed(())
            closePromise = nil
        }
        finish(failingWritesWith: failure ?? ChannelError.ioOnClosedChannel)
        if let failure { context.fireErrorCaught(failure) }
    }

    // MARK: Failures

    func fail(_ error: TLSError, _ context: ChannelHandlerContext) {
        if ticket != nil, engine != nil, error.code != .handshakeEvicted, error.code != .handshakeTimedOut {
            listener?.gate.count(.handshakeFailed)
        }
        let failure = machine.failed()
        flushCiphertext(context)
        finish(failingWritesWith: error)
        switch failure {
        case .ignore:
            break
        case .closeSilently:
            closeTransport(context)
        case .report:
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }

    /// There are too many like this one, and it is the oldest.
    func evict() {
        guard let context else { return }
        listener?.gate.count(engine == nil ? .evictedSilent : .evictedHandshake)
        fail(
            TLSError(
                code: .handshakeEvicted, sideAtFault: .peer,
                message: "too many TLS handshakes were in progress, and this one had waited longest"), context
        )
    }

    /// The server shuts down: connections that are nobody's yet end.
    func closeIfHalfOpen() {
        guard let context, machine.quiesce() else { return }
        finish(failingWritesWith: ChannelError.ioOnClosedChannel)
        context.close(promise: nil)
    }

    // MARK: Deadlines

    func deadlineReached(_ deadline: TLSHandlerDeadline) {
        guard let context else { return }
        switch machine.deadlineReached(deadline) {
        case .ignore:
            break
        case .fail(let deadline):
            if let event = deadline.event { listener?.gate.count(event) }
            fail(timeout(deadline), context)
        case .endLife:
            if let event = deadline.event { listener?.gate.count(event) }
            context.fireErrorCaught(timeout(deadline))
            closeAll(context, nil)
        case .giveUpClosing:
            let promise = closePromise
            closePromise = nil
            machine.removed()
            finish(failingWritesWith: ChannelError.ioOnClosedChannel)
            context.fireErrorCaught(timeout(deadline))
            context.close(promise: promise)
        }
    }

    private func timeout(_ deadline: TLSHandlerDeadline) -> TLSError {
        func error(_ code: TLSError.Code, _ message: String, _ side: TLSError.Side = .peer) -> TLSError {
            TLSError(code: code, sideAtFault: side, message: message)
        }
        func text(_ length: TimeAmount) -> String { "\(length.nanoseconds / 1_000_000) ms" }
        return switch deadline {
        case .proxyHeader:
            error(.invalidProxyHeader, "the proxy sent no complete PROXY header in time")
        case .firstBytes:
            error(.handshakeTimedOut, "the client sent too little to begin a TLS handshake in time")
        case .handshake:
            error(.handshakeTimedOut, "the TLS handshake took longer than \(text(limits.handshakeTimeout))")
        case .admission:
            error(
                .admissionTimedOut,
                "the host did not decide about the connection within \(text(limits.admissionTimeout))", .local
            )
        case .close:
            error(.closeTimedOut, "the peer did not answer close_notify within \(text(limits.closeTimeout))")
        case .lifetime:
            error(.lifetimeExceeded, "the connection reached the longest life it may have", .local)
        }
    }
}

extension TLSHandlerDeadline {
    fileprivate var event: AcceptEvent? {
        switch self {
        case .proxyHeader: .proxyHeaderTimeout
        case .firstBytes: .firstBytesTimeout
        case .handshake: .handshakeTimeout
        case .admission: .admissionTimeout
        case .lifetime: .lifetimeExceeded
        case .close: nil
        }
    }
}
