/// The life of a connection in a ``TLSHandler``: which event may come when, and what it leads to. No I/O, no
/// TLS, no time.
struct TLSHandlerStateMachine: ~Copyable {
    private enum State {
        /// Not yet active.
        case idle
        /// Server role: active; nothing that is TLS has come yet.
        case preamble
        case handshaking
        /// The handshake waits for the configuration of the domain asked for.
        case lookingUp
        /// The handshake has ended, and the host is deciding about the connection.
        case admitting
        case active(Directions)
        /// close_notify is sent; the channel closes when the peer's arrives.
        case closing
        case closed
    }

    private struct Directions {
        var inputClosed = false
        var outputClosed = false
    }

    private var state = State.idle

    /// Whether bytes must not be asked for: nobody could use them yet.
    var holdsReads: Bool {
        switch state {
        case .lookingUp, .admitting: true
        case .idle, .preamble, .handshaking, .active, .closing, .closed: false
        }
    }

    var isClosed: Bool { if case .closed = state { true } else { false } }

    /// Whether the application may receive plaintext.
    var isActive: Bool { if case .active = state { true } else { false } }

    // MARK: The way up

    enum Activation: Equatable { case ignore, awaitFirstBytes, startClient }

    mutating func activated(isServer: Bool) -> Activation {
        guard case .idle = state else { return .ignore }
        state = isServer ? .preamble : .handshaking
        return isServer ? .awaitFirstBytes : .startClient
    }

    enum Receipt: Equatable { case ignore, preamble, handshake, decrypt }

    /// Bytes came.
    func received() -> Receipt {
        switch state {
        case .preamble: .preamble
        case .handshaking: .handshake
        // They come during these although not asked for, when the peer ends its side: the engine keeps them.
        case .lookingUp, .admitting: .decrypt
        case .active, .closing: .decrypt
        case .idle, .closed: .ignore
        }
    }

    /// The first bytes of TLS came.
    mutating func handshakeBegan() {
        if case .preamble = state { state = .handshaking }
    }

    /// - Returns: whether the look-up is to be made.
    mutating func domainAwaited() -> Bool {
        guard case .handshaking = state else { return false }
        state = .lookingUp
        return true
    }

    /// - Returns: whether the answer is still wanted.
    mutating func domainFound() -> Bool {
        guard case .lookingUp = state else { return false }
        state = .handshaking
        return true
    }

    enum HandshakeEnd: Equatable { case ignore, askForAdmission, activate }

    mutating func handshakeEnded(needsAdmission: Bool) -> HandshakeEnd {
        guard case .handshaking = state else { return .ignore }
        state = needsAdmission ? .admitting : .active(Directions())
        return needsAdmission ? .askForAdmission : .activate
    }

    /// - Returns: whether the decision is still wanted.
    mutating func admitted() -> Bool {
        guard case .admitting = state else { return false }
        state = .active(Directions())
        return true
    }

    // MARK: Writing

    enum Write: Equatable { case hold, accept, refuseOutputClosed, refuseClosed }

    func write() -> Write {
        switch state {
        case .idle, .preamble, .handshaking, .lookingUp, .admitting: .hold
        case .active(let directions): directions.outputClosed ? .refuseOutputClosed : .accept
        case .closing, .closed: .refuseClosed
        }
    }

    // MARK: The way down

    enum PeerEnd: Equatable { case ignore, announce, answerAndClose, close }

    /// The peer's close_notify came.
    mutating func peerClosed(allowsHalfClosure: Bool) -> PeerEnd {
        switch state {
        case .active(var directions):
            guard !directions.inputClosed else { return .ignore }
            guard allowsHalfClosure, !directions.outputClosed else {
                state = .closed
                return .answerAndClose
            }
            directions.inputClosed = true
            state = .active(directions)
            return .announce
        case .closing:
            state = .closed
            return .close
        case .admitting:
            // It has nothing to say any more, so there is nothing to decide about.
            state = .closed
            return .answerAndClose
        case .idle, .preamble, .handshaking, .lookingUp, .closed:
            return .ignore
        }
    }

    enum TransportEnd: Equatable { case ignore, tellEngine, finishClosing }

    /// The transport ended.
    mutating func transportEnded() -> TransportEnd {
        let end: TransportEnd =
            switch state {
            case .handshaking, .lookingUp, .admitting, .active: .tellEngine
            case .closing: .finishClosing
            case .idle, .preamble, .closed: .ignore
            }
        state = .closed
        return end
    }

    /// Whether the end of the peer's direction of the transport was announced before, by close_notify.
    var isInputClosed: Bool {
        if case .active(let directions) = state { directions.inputClosed } else { false }
    }

    enum OutputClose: Equatable {
        case refuseUnsupported, refuseClosed, sendCloseNotify, sendCloseNotifyAndClose
    }

    /// `close(mode: .output)`.
    mutating func closeOutput() -> OutputClose {
        switch state {
        case .idle, .preamble, .handshaking, .lookingUp, .admitting: return .refuseUnsupported
        case .closing, .closed: return .refuseClosed
        case .active(var directions):
            guard !directions.outputClosed else { return .refuseClosed }
            guard !directions.inputClosed else {
                state = .closed
                return .sendCloseNotifyAndClose
            }
            directions.outputClosed = true
            state = .active(directions)
            return .sendCloseNotify
        }
    }

    enum Close: Equatable {
        /// Nobody waits for close_notify.
        case close
        /// close_notify, then close at once.
        case sendCloseNotifyAndClose
        /// close_notify unless it has been sent, and wait for the peer's.
        case sendCloseNotifyAndWait
        /// Under way.
        case join
    }

    /// `close(mode: .all)`.
    mutating func close() -> Close {
        switch state {
        case .closing:
            return .join
        case .active(let directions):
            state = directions.inputClosed ? .closed : .closing
            return directions.inputClosed ? .sendCloseNotifyAndClose : .sendCloseNotifyAndWait
        case .admitting:
            state = .closed
            return .sendCloseNotifyAndClose
        case .idle, .preamble, .handshaking, .lookingUp, .closed:
            state = .closed
            return .close
        }
    }

    enum Failure: Equatable { case ignore, closeSilently, report }

    /// Something is wrong beyond repair.
    mutating func failed() -> Failure {
        let failure: Failure =
            switch state {
            case .closed: .ignore
            // Nobody waits for the data of a connection that is being closed.
            case .closing: .closeSilently
            case .idle, .preamble, .handshaking, .lookingUp, .admitting, .active: .report
            }
        state = .closed
        return failure
    }

    enum Timeout: Equatable { case ignore, fail(TLSHandlerDeadline), endLife, giveUpClosing }

    /// A deadline came due.
    func deadlineReached(_ deadline: TLSHandlerDeadline) -> Timeout {
        switch (deadline, state) {
        case (_, .closed), (_, .idle): .ignore
        case (.proxyHeader, .preamble), (.firstBytes, .preamble), (.handshake, .preamble),
            (.handshake, .handshaking), (.handshake, .lookingUp), (.admission, .admitting):
            .fail(deadline)
        case (.close, .closing): .giveUpClosing
        case (.lifetime, .active): .endLife
        case (.lifetime, .preamble), (.lifetime, .handshaking), (.lifetime, .lookingUp),
            (.lifetime, .admitting):
            .fail(deadline)
        default: .ignore
        }
    }

    /// The server shuts down.
    ///
    /// - Returns: whether the connection has to be closed at once, because it is nobody's yet.
    mutating func quiesce() -> Bool {
        switch state {
        case .idle, .preamble, .handshaking, .lookingUp, .admitting:
            state = .closed
            return true
        case .active, .closing, .closed:
            return false
        }
    }

    /// The handler leaves its channel.
    mutating func removed() { state = .closed }
}

/// What a ``TLSHandler`` waits for, for so long and no longer.
enum TLSHandlerDeadline: Hashable {
    case proxyHeader, firstBytes, handshake, admission, close, lifetime
}
