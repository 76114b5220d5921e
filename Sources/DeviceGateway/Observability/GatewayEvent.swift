public import IoTPolicy
public import MQTTCodec
public import X509Auth

/// What happens in a gateway, as its host sees it.
public enum GatewayEvent: Sendable {
    /// A device or anonymous client was admitted; its CONNACK is on the way.
    case connected(ConnectionSummary)
    /// A connection ended before it was admitted.
    case refused(RefusalReport)
    /// An admitted connection ended.
    case disconnected(ConnectionSummary, DisconnectReason)
    /// An admitted connection asked for something its policies do not allow.
    case denied(DenialReport)
}

/// Receives events. Called on event loops, so an observer returns at once and does its work elsewhere.
public protocol GatewayObserver: Sendable {
    /// Something happened. Never called under a lock; must not block.
    func observe(_ event: GatewayEvent)
}

/// Who is on a connection.
public struct ConnectionSummary: Sendable, Hashable {
    /// Number of the connection in this gateway's life; never reused.
    public var id: UInt64
    /// MQTT client identifier, the assigned one when the client sent none.
    public var clientID: String
    /// The certificate the device proved to hold; `nil` on the plaintext endpoint.
    public var certificate: CertificateID?
    /// The thing the connection is associated with, by AWS IoT's rule.
    public var thingName: String?
    /// Remote address and port, as text.
    public var remoteAddress: String
    /// MQTT version.
    public var version: MQTTVersion
    /// Wall time of admission, in seconds since 1970.
    public var connectedAt: Int64
}

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
    /// Something in the gateway failed; the peer is refused all the same.
    public static let internalFailure = RefusalReason(rawValue: "internal")

    /// The name.
    public var description: String { rawValue }
}

/// Something an admitted client may not do.
public struct DenialReport: Sendable {
    /// Who asked.
    public var connection: ConnectionSummary
    /// What for.
    public var action: MQTTAction
    /// The topic, filter or client identifier asked for.
    public var name: String
    /// The deciding statement, or the nearest miss.
    public var explanation: PolicyExplanation
}

/// Why an admitted connection ended; names follow AWS IoT's lifecycle events ("Connect/Disconnect events").
public struct DisconnectReason: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// Stable name, in AWS IoT's upper case.
    public let rawValue: String

    /// Wraps a name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The client sent DISCONNECT.
    public static let clientInitiated = DisconnectReason(rawValue: "CLIENT_INITIATED_DISCONNECT")
    /// The transport ended without a DISCONNECT.
    public static let connectionLost = DisconnectReason(rawValue: "CONNECTION_LOST")
    /// Another connection uses the same client identifier.
    public static let duplicateClientID = DisconnectReason(rawValue: "DUPLICATE_CLIENTID")
    /// The client did something its policies do not allow, or its certificate was deactivated.
    public static let authError = DisconnectReason(rawValue: "AUTH_ERROR")
    /// The client broke the protocol.
    public static let clientError = DisconnectReason(rawValue: "CLIENT_ERROR")
    /// Nothing came for one and a half keep-alive intervals.
    public static let keepAliveTimeout = DisconnectReason(rawValue: "MQTT_KEEP_ALIVE_TIMEOUT")
    /// The gateway stops.
    public static let serverInitiated = DisconnectReason(rawValue: "SERVER_INITIATED_DISCONNECT")
    /// The gateway failed inside.
    public static let serverError = DisconnectReason(rawValue: "SERVER_ERROR")

    /// The name.
    public var description: String { rawValue }
}
