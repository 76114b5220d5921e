import BrokerCore
import MQTTCodec

/// How a connection ends: one value from which the last packet, the event and the log line follow.
struct ConnectionEnd: Sendable {
    /// For observers of an admitted connection.
    var reason: DisconnectReason
    /// For observers of one that was not admitted yet.
    var refusal: RefusalReason
    /// What an MQTT 5 client is told in DISCONNECT (or CONNACK); `nil` says nothing.
    var reasonCode: MQTTReasonCode?
    /// For an operator.
    var message: String
    /// What it means for the Will.
    var ending = ConnectionEnding.abnormal

    static func fault(_ fault: MQTTFault) -> ConnectionEnd {
        ConnectionEnd(
            reason: .clientError, refusal: .protocolViolation, reasonCode: fault.reasonCode,
            message: "\(fault)")
    }

    static func protocolError(_ message: String) -> ConnectionEnd {
        ConnectionEnd(
            reason: .clientError, refusal: .protocolViolation, reasonCode: .protocolError, message: message)
    }

    static func notAuthorized(_ message: String) -> ConnectionEnd {
        ConnectionEnd(
            reason: .authError, refusal: .notAuthorized, reasonCode: .notAuthorized, message: message)
    }

    static func timeout(_ message: String) -> ConnectionEnd {
        ConnectionEnd(
            reason: .keepAliveTimeout, refusal: .timeout, reasonCode: .keepAliveTimeout, message: message)
    }

    static func internalFailure(_ message: String) -> ConnectionEnd {
        ConnectionEnd(
            reason: .serverError, refusal: .internalFailure, reasonCode: .unspecifiedError, message: message)
    }

    static let endOfLife = ConnectionEnd(
        reason: .serverInitiated, refusal: .timeout, reasonCode: .maximumConnectTime,
        message: "the connection reached the longest life it may have; the client may connect again")

    static let shuttingDown = ConnectionEnd(
        reason: .serverInitiated, refusal: .shuttingDown, reasonCode: .serverShuttingDown,
        message: "the gateway stops")

    static let administrative = ConnectionEnd(
        reason: .serverInitiated, refusal: .shuttingDown, reasonCode: .administrativeAction,
        message: "the connection was ended by its host")

    static let takenOver = ConnectionEnd(
        reason: .duplicateClientID, refusal: .limit, reasonCode: .sessionTakenOver,
        message: "another connection uses the same client identifier")
}
