public import NIOCore

/// How long a ``TLSHandler`` waits and how much it holds.
///
/// No deadline is extended by bytes that dribble in.
public struct TLSHandlerLimits: Hashable, Sendable {
    /// Server role: how long a connection may take until its first bytes have come that look like TLS, from
    /// its start or the end of the PROXY header on. Until then it has no TLS state.
    public var firstBytesTimeout: TimeAmount = .seconds(5)
    /// How long the whole handshake may take, from the connection's start on. Small devices with RSA keys
    /// need more than 10 seconds.
    public var handshakeTimeout: TimeAmount = .seconds(15)
    /// How long the host may take to decide about a connection (``TLSAdmit``).
    public var admissionTimeout: TimeAmount = .seconds(10)
    /// How long to wait for the peer's close_notify after ours.
    public var closeTimeout: TimeAmount = .seconds(5)
    /// How long a connection may live; then it is closed with close_notify. Nil: as long as it likes.
    public var maximumLifetime: TimeAmount?
    /// How many bytes may be written before the handshake has ended. Writes beyond fail.
    public var maximumBufferedWrites = 1 << 20
    /// Whether the peer's close_notify leaves this side's direction open (`ChannelEvent.inputClosed` is
    /// fired). If not, it is answered, and the channel is closed.
    public var allowsHalfClosure = false
    /// Server role: whether nothing is read while the peer does not take what it is sent, so that answers
    /// cannot pile up. Turn it off for a protocol whose peers write much before they read.
    public var pausesReadingWhileUnwritable = true

    /// Creates the default limits.
    public init() {}
}
