/// What ``TLSHandler`` tells the handlers after it.
///
/// `NIOTLS.TLSUserEvent` is fired as well, so that its protocol negotiation handlers work; a file that
/// imports both modules writes `GatewayTLS.TLSUserEvent`.
public enum TLSUserEvent: Hashable, Sendable {
    /// The handshake has ended; application data follows.
    case handshakeCompleted(TLSEvidence)
}
