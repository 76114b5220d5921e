/// What a ``TLSListener`` lets unauthenticated peers take.
public struct TLSListenerLimits: Hashable, Sendable {
    /// Who may connect.
    public var accept = TLSAcceptLimits()
    /// Each connection's limits.
    public var handler = TLSHandlerLimits()
    /// Connections on one event loop that have sent nothing yet, which hold no TLS state. Past this
    /// number the oldest is closed.
    public var maximumSilentPerLoop = 2048
    /// Handshakes in progress on one event loop, some 42 KB each. Past this number the one longest without
    /// progress is closed.
    public var maximumHandshakesPerLoop = 256
    /// How much of one tick of an event loop handshakes may take.
    public var handshakeBudget = HandshakeBudgetLimits()
    /// The length of the kernel's queue of connections not yet accepted.
    public var backlog: Int32 = 1024

    /// Creates the default limits.
    public init() {}
}
