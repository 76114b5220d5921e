import GatewayTLS
import MQTTCodec

/// How and when a device's connection ended; thrown by whatever needed the connection.
struct DeviceEnd: Error, Sendable, CustomStringConvertible {
    enum Cause: Hashable, Sendable {
        /// The gateway refused the TLS handshake, or broke TLS off, with this alert.
        case alert(TLSAlert)
        /// The gateway answered CONNECT with this reason code.
        case refused(MQTTReasonCode)
        /// The gateway sent DISCONNECT with this reason code.
        case disconnected(MQTTReasonCode)
        /// The device itself hung up.
        case left
        /// The socket closed without a word, or an answer made no sense.
        case lost(String)
    }

    let cause: Cause
    /// When the device's socket saw it.
    let time: ContinuousClock.Instant

    var description: String {
        switch cause {
        case .alert(let alert): "TLS alert \(alert.name) (\(alert.number))"
        case .refused(let code): "CONNACK \(code.phrase)"
        case .disconnected(let code): "DISCONNECT \(code.phrase)"
        case .left: "the device hung up"
        case .lost(let what): what
        }
    }
}

extension MQTTReasonCode {
    /// The standard's name and the code: "Not authorized (0x87)".
    var phrase: String { "\(description) (\(hexadecimal))" }

    /// The code as the standard writes it: "0x87".
    var hexadecimal: String {
        "0x" + TextLayout.padLeft(String(rawValue, radix: 16, uppercase: true), to: 2, with: "0")
    }
}
