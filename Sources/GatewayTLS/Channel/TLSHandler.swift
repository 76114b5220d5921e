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
/// A handler serves one channel and belongs to its event loop. What may happen when is
/// ``TLSHandlerStateMachine``'s to say; the rest is in `+Handshake`, `+Reading`, `+Writing` and `+Closing`.
public final class TLSHandler: ChannelDuplexHandler {
    /// Ciphertext from the network.
    public typealias InboundIn = ByteBuffer
    /// Plaintext for the next handler.
    public typealias InboundOut = ByteBuffer
    /// Plaintext from the next handler.
    public typealias OutboundIn = ByteBuffer
    /// Ciphertext for the network.
    public typealias OutboundOut = ByteBuffer

    let tls: TLSContext
    let limits: TLSHandlerLimits
    /// Set when the host decides about each connection after its handshake.
    let admit: TLSAdmit?
    /// Set when a ``TLSListener`` made this handler.
    let listener: TLSListenerLoop?

    var machine = TLSHandlerStateMachine()
    var context: ChannelHandlerContext?
    var engine: TLSEngine?
    var preamble: ConnectionPreamble?

    /// What the handshake established; nil before it has ended, and the host has admitted the connection.
    public internal(set) var evidence: TLSEvidence?
    /// Where the connection comes from: what a trusted proxy says, or the channel's remote address; nil
    /// before either is known.
    public internal(set) var peerAddress: SocketAddress?

    // Places taken, and time granted.
    var permit: AcceptPermit?
    var ticket: HandshakeQueue<TLSHandler>.Ticket?
    var firstDeadline: LoopDeadlines.Ticket?
    var deadline: LoopDeadlines.Ticket?
    var lifetime: LoopDeadlines.Ticket?
    /// What the host is asked: a domain, or whether to admit the connection.
    var question: Task<Void, Never>?

    // Reading.
    /// Bytes of the handshake that wait for their turn.
    var waitingBytes: ByteBuffer?
    /// What the host has found to answer the hello, until its turn.
    var foundDomain: FoundDomain?
    /// This side has answered the peer's first flight.
    var hasAnswered = false
    /// Somebody wants to read, while something stands in the way.
    var isReadHeld = false
    /// The current burst of reads has led to plaintext, so that the next handler decides about reading on.
    var hasDelivered = false

    // Writing.
    var writes: PendingWrites?
    var encryption = Encryption.idle
    /// Ciphertext has been written but not flushed.
    var needsFlush = false
    /// Fulfilled when the channel has closed, after close_notify was sent.
    var closePromise: EventLoopPromise<Void>?

    /// Creates the handler of one connection; server or client, as the context is.
    ///
    /// - Parameters:
    ///   - context: what to offer and accept.
    ///   - limits: how long to wait and how much to hold.
    ///   - admit: decides about the connection after its handshake; see ``TLSAdmit``.
    public convenience init(
        context: TLSContext, limits: TLSHandlerLimits = TLSHandlerLimits(), admit: TLSAdmit? = nil
    ) {
        self.init(context: context, limits: limits, admit: admit, listener: nil)
    }

    init(context: TLSContext, limits: TLSHandlerLimits, admit: TLSAdmit?, listener: TLSListenerLoop?) {
        tls = context
        self.limits = limits
        self.admit = admit
        self.listener = listener
    }

    // MARK: Life

    /// Starts at once when the channel is active already.
    public func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin(context) }
    }

    /// Gives up whatever is left.
    public func handlerRemoved(context: ChannelHandlerContext) {
        machine.removed()
        finish(failingWritesWith: ChannelError.ioOnClosedChannel)
        self.context = nil
    }

    /// Starts the handshake, or waits for the first bytes.
    public func channelActive(context: ChannelHandlerContext) {
        // Told first: what follows may already close the channel.
        context.fireChannelActive()
        begin(context)
    }

    private func begin(_ context: ChannelHandlerContext) {
        switch machine.activated(isServer: tls.isServer) {
        case .ignore:
            break
        case .awaitFirstBytes:
            setLifetime(context)
            beginServer(context)
        case .startClient:
            setLifetime(context)
            deadline = set(.handshake, limits.handshakeTimeout, context)
            startClient(context)
            requestRead()
        }
    }

    private func setLifetime(_ context: ChannelHandlerContext) {
        peerAddress = context.remoteAddress
        if let maximum = limits.maximumLifetime { lifetime = set(.lifetime, maximum, context) }
    }

    /// The end of the transport: an orderly one after close_notify, else a failure.
    public func channelInactive(context: ChannelHandlerContext) {
        transportEnded(context)
        context.fireChannelInactive()
    }

    /// Ends half-open connections at once when the server shuts down, and takes a TCP end for what it is.
    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            // Told before, when close_notify came; without one it is an end like any other.
            if machine.isInputClosed { return }
            transportEnded(context)
            context.close(promise: nil)
        case is ChannelShouldQuiesceEvent:
            closeIfHalfOpen()
            context.fireUserInboundEventTriggered(event)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Gives back what the connection holds.
    func finish(failingWritesWith error: any Error) {
        leaveQueue()
        for ticket in [firstDeadline, deadline, lifetime] { LoopDeadlines.cancel(ticket) }
        (firstDeadline, deadline, lifetime) = (nil, nil, nil)
        question?.cancel()
        question = nil
        // What has been asked may hold this handler for longer than the connection lives.
        engine = nil
        preamble = nil
        waitingBytes = nil
        foundDomain = nil
        listener?.undecided[ObjectIdentifier(self)] = nil
        if let permit, let context {
            self.permit = nil
            listener?.gate.release(permit, now: context.eventLoop.now)
        }
        failWrites(error)
    }

    func leaveQueue() {
        if let ticket { listener?.queue.ended(ticket) }
        ticket = nil
    }

    func set(
        _ kind: TLSHandlerDeadline, _ length: TimeAmount, _ context: ChannelHandlerContext
    ) -> LoopDeadlines.Ticket {
        LoopLocal.deadlines(of: context.eventLoop).set(kind, for: self, in: length)
    }

    /// What a look-up has come back with: a context, or nothing.
    struct FoundDomain { var context: TLSContext? }
}
