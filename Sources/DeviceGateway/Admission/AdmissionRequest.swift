import GatewayTLS
import IoTPolicy
import MQTTCodec

/// What a client brings to CONNECT.
struct AdmissionRequest: Sendable {
    /// How the bytes arrived.
    enum Endpoint: Sendable {
        case mutualTLS(TLSEvidence)
        case plaintext
    }

    var endpoint: Endpoint
    /// Address without port, for `aws:SourceIp`.
    var sourceIP: String?
    /// The client identifier, the assigned one when the client sent none.
    var clientID: String
    var willTopic: String?
    var willRetain: Bool
    /// The session outlives the connection.
    var isPersistent: Bool
    /// The client sent a password.
    var hasPassword: Bool
}

/// What comes of it.
enum AdmissionDecision: ~Copyable {
    case admitted(AdmissionGrant)
    case refused(AdmissionRefusal)
}

/// Why not, for the wire, the log and observers.
struct AdmissionRefusal: Sendable {
    var reason: RefusalReason
    var reasonCode: MQTTReasonCode
    var message: String
    var explanation: PolicyExplanation?
}

/// What a change in the registry means for a live connection.
enum Rejudgement {
    case stands(DeviceIdentity)
    case revoked(message: String, explanation: PolicyExplanation?)
}
