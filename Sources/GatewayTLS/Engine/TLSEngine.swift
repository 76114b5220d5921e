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
    public private(set) var state: TLSEngineState = .handshaking
    /// What the handshake established; nil before it has ended. Complete before the first plaintext.
    public private(set) var evidence: TLSEvidence?
    /// Whether the peer has sent close_notify: it will send nothing more.
    public private(set) var peerClosed = false
    /// Whether close_notify has been sent: nothing more can be sent.
    public private(set) var outputClosed = false
    /// Whether a reader has asked for a pause that has not been lifted.
    public private(set) var isPaused = false

    /// The most ciphertext kept while reading is paused, in bytes.
    public static let maximumKeptCiphertext = 1 << 19
    /// The most plaintext that one call encrypts, in bytes.
    public static let maximumPlaintext = 1 << 30

    private let context: ContextStorage
    private let session: OpaquePointer
    /// What the peer presented, whatever the judge said of it; nil before that, and again once the
    /// handshake has succeeded: ``evidence`` has it then.
    public private(set) var presentedCertificates: TLSPeerCertificates?
    /// Ciphertext that came during a pause.
    private var kept: [UInt8] = []
    /// The window of the read in progress, if any.
    private var reading: UnsafeMutablePointer<gw_tls_window>?

    /// Creates the engine of one connection, with the configuration the context has now; server or
    /// client, as the context is. It takes some 42 KB until the handshake has ended: create it when the
    /// first bytes have been seen (``TLSFirstBytes``).
    public init(context: TLSContext) throws(TLSError) {
        self.context = context.current
        guard let session = gw_tls_session_new(self.context.pointer) else {
            throw TLSError(
                code: .internalFailure, sideAtFault: .local,
                message: "OpenSSL could not make a connection; memory may be exhausted")
        }
        self.session = session
    }

    deinit { gw_tls_session_free(session) }

    // MARK: Reading

    /// Client role: writes the first flight. Does nothing in the server role or a second time.
    public func start(scratch: TLSScratch, output: inout ByteBuffer) throws(TLSError) {
        guard case .handshaking = state, !context.isServer else { return }
        try read(UnsafeRawBufferPointer(start: nil, count: 0), scratch, &output) { _ in .continue }
    }

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
        if case .failed(let error) = state { throw error }
        // After the peer's close_notify, or our end, whatever comes means nothing (RFC 8446, section 6.1).
        if peerClosed || state == .closed { return }
        guard !isPaused, reading == nil else { return try keep(ciphertext) }
        try read(ciphertext, scratch, &output, onPlaintext)
        try readKept(scratch, &output, onPlaintext)
    }

    /// Lifts a pause, and reads what was kept.
    public func resumeReading(
        scratch: TLSScratch, output: inout ByteBuffer,
        onPlaintext: (UnsafeRawBufferPointer) -> TLSReadDemand
    ) throws(TLSError) {
        if case .failed(let error) = state { throw error }
        isPaused = false
        // Inside a reader's call there is nothing to do but to go on.
        guard reading == nil else { return }
        try readKept(scratch, &output, onPlaintext)
    }

    private func readKept(
        _ scratch: TLSScratch, _ output: inout ByteBuffer,
        _ onPlaintext: (UnsafeRawBufferPointer) -> TLSReadDemand
    ) throws(TLSError) {
        while !kept.isEmpty, !isPaused, !peerClosed {
            let bytes = kept
            kept = []
            let result = bytes.withUnsafeBytes { bytes in
                Result { () throws(TLSError) in try read(bytes, scratch, &output, onPlaintext) }
            }
            try result.get()
        }
    }

    private func keep(_ ciphertext: UnsafeRawBufferPointer) throws(TLSError) {
        guard kept.count + ciphertext.count <= Self.maximumKeptCiphertext else {
            throw fail(
                .misuse(
                    "more than \(Self.maximumKeptCiphertext) bytes were given to a paused connection"))
        }
        kept.append(contentsOf: ciphertext)
    }

    private func read(
        _ ciphertext: UnsafeRawBufferPointer, _ scratch: TLSScratch, _ output: inout ByteBuffer,
        _ onPlaintext: (UnsafeRawBufferPointer) -> TLSReadDemand
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
            scratch.isLent = false
            reading = nil
            drain(window, into: &output)
            return failure
        }
        if let failure { throw failure }
        if isPaused, !peerClosed, window.in_used < window.in_length {
            // The bytes come before any that a reader may have fed in meanwhile.
            kept.insert(contentsOf: ciphertext[window.in_used...], at: 0)
        }
    }

    /// Reads until the window is used up, the reader pauses, or the connection ends.
    private func pump(
        _ window: UnsafeMutablePointer<gw_tls_window>, _ scratch: TLSScratch,
        _ onPlaintext: (UnsafeRawBufferPointer) -> TLSReadDemand
    ) -> TLSError? {
        var fault = gw_tls_fault()
        if case .handshaking = state {
            switch gw_tls_session_handshake(session, window, &fault) {
            case GW_TLS_DONE:
                if let failure = established() { return failure }
            case GW_TLS_NEED_INPUT:
                return nil
            case GW_TLS_CLOSED:
                return fail(interrupted("close_notify"))
            default:
                return fail(fault)
            }
        }
        while true {
            var produced = 0
            let status = gw_tls_session_read(
                session, window, scratch.bytes.baseAddress, scratch.bytes.count, &produced, &fault)
            if produced > 0,
                onPlaintext(UnsafeRawBufferPointer(rebasing: scratch.bytes[..<produced])) == .pause
            {
                isPaused = true
            }
            switch status {
            case GW_TLS_NEED_INPUT:
                return nil
            case GW_TLS_FULL:
                // A reader may have ended the connection.
                if case .failed(let error) = state { return error }
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

    // MARK: Writing

    /// Encrypts. What is appended to `output` is a whole number of records.
    ///
    /// May be called inside `onPlaintext`, with another buffer than the one given to `receive`.
    ///
    /// - Throws: `.misuse` before the handshake has ended, after ``closeOutput(output:)``, or for more
    ///   than ``maximumPlaintext``; the failure that ended the connection earlier.
    public func send(_ plaintext: UnsafeRawBufferPointer, output: inout ByteBuffer) throws(TLSError) {
        switch state {
        case .established: break
        case .closing where !outputClosed: break
        case .failed(let error): throw error
        case .handshaking: throw .misuse("data cannot be sent before the handshake has ended")
        case .closing, .closed: throw .misuse("data cannot be sent after close_notify")
        }
        guard !plaintext.isEmpty else { return }
        guard plaintext.count <= Self.maximumPlaintext else {
            throw .misuse("at most \(Self.maximumPlaintext) bytes can be sent at once")
        }
        drainReading(into: &output)
        // No cipher adds more to a record; if one did, the window spills.
        let records = (plaintext.count + 16_383) / 16_384
        var window = gw_tls_window()
        var fault = gw_tls_fault()
        var status = GW_TLS_FAILED
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: plaintext.count + records * 96) { memory in
            window.out = memory.assumingMemoryBound(to: UInt8.self).baseAddress
            window.out_capacity = memory.count
            status = gw_tls_session_write(session, &window, plaintext.baseAddress, plaintext.count, &fault)
            return window.out_used
        }
        withUnsafeMutablePointer(to: &window) { drain($0, into: &output) }
        guard status == GW_TLS_DONE else {
            throw fail(fault)
        }
    }

    /// Sends close_notify: nothing more will be sent, while what the peer sends is still read.
    ///
    /// During the handshake it ends the connection, silently. Afterwards it does nothing.
    public func closeOutput(output: inout ByteBuffer) {
        switch state {
        case .handshaking:
            outputClosed = true
            state = .closed
        case .established, .closing:
            guard !outputClosed else { return }
            drainReading(into: &output)
            var window = gw_tls_window()
            var fault = gw_tls_fault()
            let status = gw_tls_session_close(session, &window, &fault)
            withUnsafeMutablePointer(to: &window) { drain($0, into: &output) }
            outputClosed = true
            guard status == GW_TLS_DONE else {
                _ = fail(fault)
                return
            }
            state = peerClosed ? .closed : .closing
        case .closed, .failed:
            return
        }
    }

    /// Changes this side's TLS 1.3 traffic keys, and asks the peer for the same if `request`.
    func updateKeys(request: Bool, output: inout ByteBuffer) throws(TLSError) {
        guard case .established = state else { throw .misuse("keys are updated while a connection lives") }
        var window = gw_tls_window()
        var fault = gw_tls_fault()
        let status = gw_tls_session_update_keys(session, &window, request ? 1 : 0, &fault)
        withUnsafeMutablePointer(to: &window) { drain($0, into: &output) }
        guard status == GW_TLS_DONE else {
            throw fail(fault)
        }
    }

    // MARK: Ends

    /// Tells the engine that the transport has ended.
    ///
    /// - Returns: what that means if it is not an orderly end: `.handshakeInterrupted` during the
    ///   handshake; `.truncated` when the peer has not sent close_notify, so that data may be missing.
    public func receivedEndOfStream() -> TLSError? {
        switch state {
        case .handshaking:
            return fail(interrupted("the end of the connection"))
        case .established, .closing:
            guard !peerClosed else {
                state = .closed
                return nil
            }
            return fail(
                TLSError(
                    code: .truncated, sideAtFault: .peer,
                    message: "the connection was lost: it ended without close_notify, so data may be missing")
            )
        case .closed, .failed:
            return nil
        }
    }

    /// The number of parsed peer certificates OpenSSL still holds besides the leaf.
    var peerChainCount: Int { gw_tls_session_peer_chain_count(session) }

    /// Called back from inside a handshake.
    func judge(_ certificates: TLSPeerCertificates) -> TLSVerdict {
        let verdict = context.verifyClient?(certificates) ?? .accept
        presentedCertificates = certificates
        return verdict
    }

    private func established() -> TLSError? {
        let hello = gw_tls_session_hello(session)
        guard let version = TLSVersion(rawValue: gw_tls_session_version(session)) else {
            return fail(
                TLSError(
                    code: .internalFailure, sideAtFault: .local,
                    message: "OpenSSL agreed on an unknown version"))
        }
        var bytes: UnsafePointer<UInt8>?
        var count = 0
        gw_tls_session_protocol(session, &bytes, &count)
        let selected = UnsafeBufferPointer(start: bytes, count: count)
        evidence = TLSEvidence(
            peer: presentedCertificates,
            serverName: context.isServer ? hello.hostName : context.sentServerName,
            applicationProtocol: selected.isEmpty ? nil : String(decoding: selected, as: UTF8.self),
            version: version, cipherSuite: String(cString: gw_tls_session_cipher(session)),
            wasResumed: gw_tls_session_was_resumed(session) == 1)
        presentedCertificates = nil
        gw_tls_session_settle(session)
        state = .established
        return nil
    }

    private func interrupted(_ what: String) -> TLSError {
        let peer = context.isServer ? "the client" : "the server"
        return TLSError(
            code: .handshakeInterrupted, sideAtFault: .peer,
            message: "\(peer) broke the handshake off (\(what))")
    }

    private func fail(_ fault: gw_tls_fault) -> TLSError {
        let hello = gw_tls_session_hello(session)
        return fail(TLSError(fault, hello: hello, context: context, duringHandshake: state == .handshaking))
    }

    private func fail(_ error: TLSError) -> TLSError {
        state = .failed(error)
        kept = []
        return error
    }

    /// Output of a read in progress comes before whatever is sent now.
    private func drainReading(into output: inout ByteBuffer) {
        if let reading { drain(reading, into: &output) }
    }

    private func drain(_ window: UnsafeMutablePointer<gw_tls_window>, into output: inout ByteBuffer) {
        guard window.pointee.spill != nil else { return }
        // After close_notify the peer takes nothing, so a reply to a key update has no place.
        if !outputClosed {
            output.writeBytes(
                UnsafeRawBufferPointer(start: window.pointee.spill, count: window.pointee.spill_used))
        }
        gw_tls_window_release(window)
    }
}
