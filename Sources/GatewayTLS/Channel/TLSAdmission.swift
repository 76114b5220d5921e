/// Decides about a connection after its handshake, where that takes longer than a handshake may be held up:
/// a look-up elsewhere, a first registration.
///
/// Until it has decided, nothing is read from the connection, and nothing of what came behind the handshake
/// is decrypted. The deadline is ``TLSHandlerLimits/admissionTimeout``; past it, and when the connection
/// ends, the task is cancelled and its answer ignored. Called outside the event loop.
public typealias TLSAdmit = @Sendable (TLSEvidence) async -> TLSAdmission

/// What the host decides about a connection.
public enum TLSAdmission: Hashable, Sendable {
    /// It becomes the application's.
    case admit
    /// It is closed with close_notify, since TLS has no alert for a refusal after the handshake that OpenSSL
    /// would send. The reason is a sentence for the operator, and does not reach the peer.
    case deny(reason: String)
}
