/// How an admitted connection ended.
public struct DisconnectReport: Sendable, Hashable {
    /// Who was connected.
    public var connection: ConnectionSummary
    /// What kind of ending.
    public var reason: DisconnectReason
    /// One sentence for an operator: what happened, and what to do when something is to be done.
    public var message: String
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
