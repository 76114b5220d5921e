public import IoTPolicy
public import X509Auth

/// Why a peer was not admitted.
public struct RefusalReport: Sendable {
    /// Number of the connection.
    public var id: UInt64
    /// Remote address and port, as text.
    public var remoteAddress: String
    /// The client identifier it claimed, once it had sent a CONNECT.
    public var clientID: String?
    /// The certificate it presented, once the handshake had got that far.
    public var certificate: CertificateID?
    /// What kind of refusal.
    public var reason: RefusalReason
    /// One sentence for an operator: what happened and what to do.
    public var message: String
    /// The policy decision behind it, when a policy refused.
    public var explanation: PolicyExplanation?
}

/// Kinds of refusal; also the metric's dimension. More may come.
public struct RefusalReason: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// Stable name in kebab case.
    public let rawValue: String

    /// Wraps a name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The TLS handshake failed.
    public static let tls = RefusalReason(rawValue: "tls")
    /// The first bytes on the TLS port were no TLS handshake.
    public static let notTLS = RefusalReason(rawValue: "not-tls")
    /// The certificate is unknown, not ACTIVE, outside its dates, or fails verification.
    public static let certificate = RefusalReason(rawValue: "certificate")
    /// The peer's MQTT was malformed or broke the protocol.
    public static let protocolViolation = RefusalReason(rawValue: "protocol")
    /// No policy allows the CONNECT, or one denies it.
    public static let notAuthorized = RefusalReason(rawValue: "not-authorized")
    /// Credentials that nothing here can verify.
    public static let badCredentials = RefusalReason(rawValue: "bad-credentials")
    /// A limit stood in the way.
    public static let limit = RefusalReason(rawValue: "limit")
    /// A deadline passed.
    public static let timeout = RefusalReason(rawValue: "timeout")
    /// The peer went away before it was admitted.
    public static let peerClosed = RefusalReason(rawValue: "peer-closed")
    /// The gateway stops.
    public static let shuttingDown = RefusalReason(rawValue: "shutting-down")
    /// Something in the gateway failed; the peer is refused all the same.
    public static let internalFailure = RefusalReason(rawValue: "internal")

    /// The name.
    public var description: String { rawValue }
}
