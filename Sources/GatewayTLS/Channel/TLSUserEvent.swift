/// What ``TLSHandler`` tells the handlers after it.
///
/// `NIOTLS.TLSUserEvent` is fired as well, so that its protocol negotiation handlers work; a file that
/// imports both modules writes `GatewayTLS.TLSUserEvent`.
public enum TLSUserEvent: Hashable, Sendable {
    /// A trusted proxy told whose connection this is. Comes before the handshake.
    case proxied(PROXYHeader)
    /// The handshake has ended, and the connection is admitted; application data follows.
    case handshakeCompleted(TLSEvidence)
}
