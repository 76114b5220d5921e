import NIOCore
import NIOTLS

extension TLSHandler: HandshakeTurnTaker {
    // MARK: Before the first byte of TLS

    func beginServer(_ context: ChannelHandlerContext) {
        var proxy: PROXYProtocol?
        if let listener {
            if let rule = listener.proxy, rule.isRequired(of: peerAddress) { proxy = rule }
            // A proxy's own address stands for nobody's.
            if let refusal = passGate(as: proxy == nil ? peerAddress : nil, listener, context) {
                return fail(TLSError(refusal), context)
            }
            let (ticket, evicted) = listener.queue.accepted(self)
            self.ticket = ticket
            evicted?.evict()
        }
        preamble = ConnectionPreamble(proxy: proxy, expectsTLS: true)
        deadline = set(.handshake, limits.handshakeTimeout, context)
        if let proxy {
            firstDeadline = set(.proxyHeader, proxy.headerTimeout, context)
        } else {
            firstDeadline = set(.firstBytes, limits.firstBytesTimeout, context)
        }
        requestRead()
    }

    private func passGate(
        as address: SocketAddress?, _ listener: TLSListenerLoop, _ context: ChannelHandlerContext
    ) -> AcceptRefusal? {
        var decision = listener.gate.admit(from: address, now: context.eventLoop.now)
        if case .failure(.connections) = decision, let oldest = listener.queue.evictOldest() {
            // Whoever is nobody yet makes room for the newcomer.
            oldest.evict()
            decision = listener.gate.admit(from: address, now: context.eventLoop.now)
        }
        switch decision {
        case .success(let permit):
            self.permit = permit
            return nil
        case .failure(let refusal):
            return refusal
        }
    }

    func readPreamble(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard var step = preamble?.receive(bytes) else { return }
        if case .proxied(let header) = step {
            guard proxied(header, context), let next = preamble?.next() else { return }
            step = next
        }
        switch step {
        case .needMore, .proxied:
            break
        case .tls(let bytes), .plaintext(let bytes):
            startServer(bytes, context)
        case .refused(let refusal):
            listener?.gate.count(refusal.event)
            fail(refusal.error, context)
        }
    }

    /// - Returns: whether the connection goes on.
    private func proxied(_ header: PROXYHeader, _ context: ChannelHandlerContext) -> Bool {
        if let source = header.source {
            peerAddress = source
            if var permit, let listener {
                let refusal = listener.gate.identify(&permit, as: source, now: context.eventLoop.now)
                self.permit = permit
                if let refusal {
                    fail(TLSError(refusal), context)
                    return false
                }
            }
        }
        LoopDeadlines.cancel(firstDeadline)
        firstDeadline = set(.firstBytes, limits.firstBytesTimeout, context)
        context.fireUserInboundEventTriggered(TLSUserEvent.proxied(header))
        return !machine.isClosed
    }

    // MARK: The handshake

    private func startServer(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        preamble = nil
        LoopDeadlines.cancel(firstDeadline)
        firstDeadline = nil
        do throws(TLSError) {
            engine = try makeEngine()
            machine.handshakeBegan()
            if let ticket, let evicted = listener?.queue.began(ticket) { evicted.evict() }
            handshake(bytes, context)
        } catch {
            fail(error, context)
        }
    }

    func startClient(_ context: ChannelHandlerContext) {
        do throws(TLSError) {
            let engine = try makeEngine()
            self.engine = engine
            var output = ByteBuffer()
            try engine.start(scratch: LoopLocal.memory.scratch, output: &output)
            writeCiphertext(output, context)
            flushCiphertext(context)
        } catch {
            fail(error, context)
        }
    }

    private func makeEngine() throws(TLSError) -> TLSEngine {
        let engine = try TLSEngine(context: tls, localPort: context?.localAddress?.port)
        engine.pausesAfterHandshake = admit != nil
        return engine
    }

    /// Handshakes of a listener take turns, after the reads of those who are done with theirs.
    func handshake(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard let turns = listener?.turns else { return receive(bytes, context) }
        if waitingBytes == nil {
            waitingBytes = bytes
            turns.request(self)
        } else {
            waitingBytes?.writeImmutableBuffer(bytes)
        }
    }

    /// Does the next step of the handshake. For ``HandshakeTurns`` to call.
    public func takeTurn() {
        guard let context, waitingBytes != nil || foundDomain != nil else { return }
        if let answer = foundDomain {
            foundDomain = nil
            provide(answer.context, context)
        }
        if let bytes = waitingBytes {
            waitingBytes = nil
            receive(bytes, context)
        }
        endBurst(context)
    }

    /// The peer has ended: an alert may be among what it sent last. A hello that nobody waits for any more is
    /// not worth its cryptography.
    func takeLastTurn() {
        if hasAnswered { takeTurn() }
    }

    /// What the engine has answered was a step of the handshake, which bytes alone are not.
    func handshakeAdvanced(_ context: ChannelHandlerContext) {
        guard let engine else { return }
        if let evidence = engine.evidence {
            handshakeEnded(evidence, context)
        } else {
            hasAnswered = true
            if let ticket { listener?.queue.progressed(ticket) }
        }
    }

    func handshakeEnded(_ evidence: TLSEvidence, _ context: ChannelHandlerContext) {
        let end = machine.handshakeEnded(needsAdmission: admit != nil)
        guard end != .ignore else { return }
        leaveQueue()
        LoopDeadlines.cancel(deadline)
        deadline = nil
        listener?.gate.count(.handshakeCompleted)
        if end == .askForAdmission {
            askForAdmission(evidence, context)
        } else {
            activate(evidence, context)
        }
    }

    private func activate(_ evidence: TLSEvidence, _ context: ChannelHandlerContext) {
        self.evidence = evidence
        context.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(evidence))
        context.fireUserInboundEventTriggered(
            NIOTLS.TLSUserEvent.handshakeCompleted(negotiatedProtocol: evidence.applicationProtocol))
        encryptMarkedWrites(context)
    }

    // MARK: Domains

    /// Asks for what answers a hello, if that is what the engine waits for. The handshake's deadline goes on.
    func lookUpDomain(_ context: ChannelHandlerContext) {
        guard case .awaitingDomain(let hello)? = engine?.state, let lookUp = tls.lookUp,
            machine.domainAwaited()
        else { return }
        let eventLoop = context.eventLoop
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        question = Task {
            let answer = await lookUp(hello)
            eventLoop.execute { handler.value.domainFound(answer) }
        }
    }

    private func domainFound(_ answer: TLSContext?) {
        guard machine.domainFound() else { return }
        question = nil
        foundDomain = FoundDomain(context: answer)
        // The answer is a step of the handshake like any other.
        if let turns = listener?.turns { turns.request(self) } else { takeTurn() }
    }

    // MARK: Admission

    private func askForAdmission(_ evidence: TLSEvidence, _ context: ChannelHandlerContext) {
        guard let admit else { return }
        listener?.undecided[ObjectIdentifier(self)] = self
        deadline = set(.admission, limits.admissionTimeout, context)
        let eventLoop = context.eventLoop
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        question = Task {
            let admission = await admit(evidence)
            eventLoop.execute { handler.value.decided(admission, evidence) }
        }
    }

    private func decided(_ admission: TLSAdmission, _ evidence: TLSEvidence) {
        guard let context else { return }
        switch admission {
        case .admit:
            guard machine.admitted() else { return }
            listener?.undecided[ObjectIdentifier(self)] = nil
            question = nil
            LoopDeadlines.cancel(deadline)
            deadline = nil
            activate(evidence, context)
            resumeEngine(context)
            endBurst(context)
        case .deny(let reason):
            guard machine.holdsReads else { return }
            listener?.gate.count(.admissionDenied)
            engine?.forgetSession()
            sendCloseNotify(context, nil)
            fail(TLSError(code: .admissionDenied, sideAtFault: .peer, message: reason), context)
        }
    }
}

extension TLSError {
    fileprivate init(_ refusal: AcceptRefusal) {
        self.init(code: .refused, sideAtFault: .peer, message: "the connection was refused: \(refusal)")
    }
}
