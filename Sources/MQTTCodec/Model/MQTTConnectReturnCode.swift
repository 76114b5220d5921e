/// CONNACK return codes of MQTT 3.1.1 (§3.2.2.3).
public enum MQTTConnectReturnCode: UInt8, Hashable, Sendable, CaseIterable {
    /// The connection is accepted.
    case accepted = 0
    /// The server does not support the protocol level.
    case unacceptableProtocolVersion = 1
    /// The client identifier is correct UTF-8 but not allowed.
    case identifierRejected = 2
    /// The service is unavailable.
    case serverUnavailable = 3
    /// The user name or password is malformed.
    case badUserNameOrPassword = 4
    /// The client is not authorized to connect.
    case notAuthorized = 5

    /// The nearest code MQTT 3.1.1 has for an MQTT 5 reason code.
    public init(_ reasonCode: MQTTReasonCode) {
        switch reasonCode {
        case let code where !code.isError: self = .accepted
        case .unsupportedProtocolVersion: self = .unacceptableProtocolVersion
        case .clientIdentifierNotValid: self = .identifierRejected
        case .badUserNameOrPassword, .badAuthenticationMethod: self = .badUserNameOrPassword
        case .serverUnavailable, .serverBusy, .serverShuttingDown, .useAnotherServer, .serverMoved,
            .connectionRateExceeded, .quotaExceeded:
            self = .serverUnavailable
        default: self = .notAuthorized
        }
    }

    /// The MQTT 5 reason code that says the same.
    public var reasonCode: MQTTReasonCode {
        switch self {
        case .accepted: .success
        case .unacceptableProtocolVersion: .unsupportedProtocolVersion
        case .identifierRejected: .clientIdentifierNotValid
        case .serverUnavailable: .serverUnavailable
        case .badUserNameOrPassword: .badUserNameOrPassword
        case .notAuthorized: .notAuthorized
        }
    }
}
