import CGatewayOpenSSL
public import NIOCore

/// One TLS connection without I/O: ciphertext in, plaintext out, and the reverse; server or client.
///
/// An engine belongs to one event loop and is not Sendable. It keeps no I/O buffers: it decrypts straight
/// out of lent memory into the loop's ``TLSScratch``, and encrypts straight into the buffer given.
///
/// Every byte appended to an `output` must reach the peer, in the order in which the calls that appended
/// them returned, also when the call threw: an alert may be among them.
public final class TLSEngine {
    /// Where the connection is in its life.
    public internal(set) var state: TLSEngineState = .handshaking
    /// What the handshake established; nil before it has ended. Complete before the first plaintext.
    public internal(set) var evidence: TLSEvidence?
    /// Whether the peer has sent close_notify: it will send nothing more.
    public internal(set) var peerClosed = false
    /// Whether close_notify has been sent: nothing more can be sent.
    public internal(set) var outputClosed = false
    /// Whether a reader has asked for a pause that has not been lifted.
    public internal(set) var isPaused = false
    /// Whether reading pauses by itself when the handshake has ended, before the first plaintext. Clients
    /// do not wait with their data for a server that still has to make up its mind.
    public var pausesAfterHandshake = false

    /// The most ciphertext kept while reading is paused, in bytes.
    public static let maximumKeptCiphertext = 1 << 19
    /// The most ciphertext kept while a domain is looked up, in bytes.
    static let maximumKeptHandshake = 1 << 14
    /// The most plaintext that one call encrypts, in bytes.
    public static let maximumPlaintext = 1 << 30

    /// What answers: with domains, nothing that serves anybody until the hello has chosen one.
    var context: ContextStorage
    let session: OpaquePointer
    /// What the peer presented, whatever the judge said of it; nil before that, and again once the
    /// handshake has succeeded: ``evidence`` has it then.
    public internal(set) var presentedCertificates: TLSPeerCertificates?
    /// Ciphertext that came during a pause.
    var kept: [UInt8] = []
    /// Whether OpenSSL holds bytes that came before those.
    private var hasUnread = false
    /// The window of the read in progress, if any.
    var reading: UnsafeMutablePointer<gw_tls_window>?
    /// During a handshake only.
    var domains: DomainChoice?
    /// The session about to be resumed; during a handshake only.
    var resuming: ResumedSession?

    /// Creates the engine of one connection, with the configuration the context has now; server or
    /// client, as the context is. It takes some 42 KB until the handshake has ended: create it when the
    /// first bytes have been seen (``TLSFirstBytes``).
    ///
    /// - Parameter localPort: the port the connection came in on, for domains that are chosen by it.
    public init(context: TLSContext, localPort: Int? = nil) throws(TLSError) {
        let service = context.current
        self.context = service.entry
        guard let session = gw_tls_session_new(service.entry.pointer) else {
            throw TLSError(
                code: .internalFailure, sideAtFault: .local,
                message: "OpenSSL could not make a connection; memory may be exhausted")
        }
        self.session = session
        if let saved = service.entry.clientSessions?.take() { _ = saved.offer(on: session) }
        domains =
            service.hasDomains
            ? DomainChoice(service: service, canLookUp: context.lookUp != nil, localPort: localPort) : nil
    }

    deinit { gw_tls_session_free(session) }

    // MARK: Reading

    /// Client role: writes the first flight. Does nothing in the server role or a second time.
    public func start(scratch: TLSScratch, output: inout ByteBuffer) throws(TLSError) {
        guard case .handshaking = state, !context.isServer else { return }
        try read(UnsafeRawBufferPointer(start: nil, count: 0), scratch, &output) { _ in .continue }
    }

    /// Takes plaintext, and may keep it.
    typealias PlaintextReader = (ByteBuffer) -> TLSReadDemand

    /// Takes ciphertext from the peer.
    ///
    /// - Parameters:
    ///   - ciphertext: lent for the call.
    ///   - scratch: the event loop's.
    ///   - output: what must be sent is appended here: handshake messages, alerts, key updates.
    ///   - onPlaintext: called with the plaintext of as many records as the scratch holds, which it must
    ///     take in full; valid only during the call. After `.pause` it is not called again before
    ///     ``resumeReading(scratch:output:onPlaintext:)``; what is unread is kept meanwhile, up to
    ///     ``maximumKeptCiphertext``.
    /// - Throws: the failure that ended the connection, now or earlier. Plaintext received before it
    ///   has been handed over.
    public func receive(
        _ ciphertext: UnsafeRawBufferPointer, scratch: TLSScratch, output: inout ByteBuffer,
        onPlaintext: (UnsafeRawBufferPointer) -> TLSReadDemand
    ) throws(TLSError) {
        try receive(ciphertext, scratch, &output) { $0.withUnsafeReadableBytes(onPlaintext) }
    }

    func receive(
        _ ciphertext: UnsafeRawBufferPointer, _ scratch: TLSScratch, _ output: inout ByteBuffer,
        _ onPlaintext: PlaintextReader
    ) throws(TLSError) {
        if case .failed(let error) = state { throw error }
        // After the peer's close_notify, or our end, whatever comes means nothing (RFC 8446, section 6.1).
        if peerClosed || state == .closed { return }
        guard !isPaused, !isAwaitingDomain, reading == nil else { return try keep(ciphertext) }
        try read(ciphertext, scratch, &output, onPlaintext)
        try readKept(scratch, &output, onPlaintext)
    }

    /// Lifts a pause, and reads what was kept.
    public func resumeReading(
        scratch: TLSScratch, output: inout ByteBuffer,
        onPlaintext: (UnsafeRawBufferPointer) -> TLSReadDemand
    ) throws(TLSError) {
        try resumeReading(scratch, &output) { $0.withUnsafeReadableBytes(onPlaintext) }
    }

    func resumeReading(
        _ scratch: TLSScratch, _ output: inout ByteBuffer, _ onPlaintext: PlaintextReader
    ) throws(TLSError) {
        if case .failed(let error) = state { throw error }
        isPaused = false
        // Inside a reader's call there is nothing to do but to go on.
        guard reading == nil else { return }
        try readKept(scratch, &output, onPlaintext)
    }

    func readKept(
        _ scratch: TLSScratch, _ output: inout ByteBuffer, _ onPlaintext: PlaintextReader
    ) throws(TLSError) {
        while hasUnread || !kept.isEmpty, !isPaused, !isAwaitingDomain, !peerClosed {
            let bytes = kept
            kept = []
            hasUnread = false
            let result = bytes.withUnsafeBytes { bytes in
                Result { () throws(TLSError) in try read(bytes, scratch, &output, onPlaintext) }
            }
            try result.get()
        }
    }

    private func keep(_ ciphertext: UnsafeRawBufferPointer) throws(TLSError) {
        // A client has nothing to say before it has had an answer.
        if isAwaitingDomain, kept.count + ciphertext.count > Self.maximumKeptHandshake {
            throw fail(
                TLSError(
                    code: .limitExceeded, sideAtFault: .peer,
                    message: "the client sent more than \(Self.maximumKeptHandshake) bytes behind its hello"))
        }
        guard kept.count + ciphertext.count <= Self.maximumKeptCiphertext else {
            throw fail(
                TLSError(
                    code: .limitExceeded, sideAtFault: .peer,
                    message:
                        "the peer sent more than \(Self.maximumKeptCiphertext) bytes to a paused connection"))
        }
        kept.append(contentsOf: ciphertext)
    }

    func read(
        _ ciphertext: UnsafeRawBufferPointer, _ scratch: TLSScratch, _ output: inout ByteBuffer,
        _ onPlaintext: PlaintextReader
    ) throws(TLSError) {
        // A reader that feeds another connection of its loop comes here while the scratch is lent.
        let scratch = scratch.isLent ? TLSScratch(size: TLSScratch.minimumSize) : scratch
        var window = gw_tls_window()
        window.owner = Unmanaged.passUnretained(self).toOpaque()
        window.in = ciphertext.assumingMemoryBound(to: UInt8.self).baseAddress
        window.in_length = ciphertext.count
        let failure = withUnsafeMutablePointer(to: &window) { window in
            reading = window
            scratch.isLent = true
            let failure = pump(window, scratch, onPlaintext)
            // A client is sent tickets at any time.
            if context.clientSessions != nil, evidence != nil { keepSession() }
            scratch.isLent = false
            reading = nil
            drain(window, into: &output)
            return failure
        }
        if let failure { throw failure }
        hasUnread = isPaused && gw_tls_session_has_unread(session) == 1
        if isPaused || isAwaitingDomain, !peerClosed, window.in_used < window.in_length {
            // The bytes come before any that a reader may have fed in meanwhile.
            kept.insert(contentsOf: ciphertext[window.in_used...], at: 0)
        }
    }

    /// Reads until the window is used up, the reader pauses, or the connection ends.
    private func pump(
        _ window: UnsafeMutablePointer<gw_tls_window>, _ scratch: TLSScratch,
        _ onPlaintext: PlaintextReader
    ) -> TLSError? {
        var fault = gw_tls_fault()
        if case .handshaking = state {
            switch gw_tls_session_handshake(session, window, &fault) {
            case GW_TLS_DONE:
                if let failure = established() { return failure }
                if pausesAfterHandshake {
                    isPaused = true
                    return nil
                }
            case GW_TLS_NEED_INPUT:
                return nil
            case GW_TLS_NEED_CHOICE:
                return awaitDomain()
            case GW_TLS_CLOSED:
                return fail(interrupted("close_notify"))
            default:
                return fail(fault)
            }
        }
        while true {
            var status = GW_TLS_FAILED
            scratch.fill { memory in
                var produced = 0
                status = gw_tls_session_read(
                    session, window, memory.baseAddress, memory.count, &produced, &fault)
                return produced
            }
            if scratch.plaintext.readableBytes > 0 {
                let demand = onPlaintext(scratch.plaintext)
                // A reader may have ended the connection; what came behind its bytes does not change that.
                if case .failed(let error) = state { return error }
                if demand == .pause { isPaused = true }
            }
            switch status {
            case GW_TLS_NEED_INPUT:
                return nil
            case GW_TLS_FULL:
                if isPaused { return nil }
            case GW_TLS_CLOSED:
                peerClosed = true
                kept = []
                state = outputClosed ? .closed : .closing
                return nil
            default:
                return fail(fault)
            }
        }
    }
}
