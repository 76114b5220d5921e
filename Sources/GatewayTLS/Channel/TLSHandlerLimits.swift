public import NIOCore

/// How long a ``TLSHandler`` waits and how much it holds.
public struct TLSHandlerLimits: Hashable, Sendable {
    /// Server role: how long a connection may stay silent at first. Until the first bytes arrive it has
    /// no TLS state.
    public var firstBytesTimeout: TimeAmount = .seconds(5)
    /// How long the whole handshake may take, from the connection's start on; bytes that dribble in do
    /// not extend it. Small devices with RSA keys need more than 10 seconds.
    public var handshakeTimeout: TimeAmount = .seconds(15)
    /// How long to wait for the peer's close_notify after ours.
    public var closeTimeout: TimeAmount = .seconds(5)
    /// How many bytes may be written before the handshake has ended. Writes beyond fail.
    public var maximumBufferedWrites = 1 << 20
    /// Whether the peer's close_notify leaves this side's direction open (`ChannelEvent.inputClosed` is
    /// fired). If not, it is answered, and the channel is closed.
    public var allowsHalfClosure = false

    /// Creates the default limits.
    public init() {}
}
