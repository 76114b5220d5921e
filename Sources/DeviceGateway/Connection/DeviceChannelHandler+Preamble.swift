import GatewayTLS
import NIOCore

/// What comes before TLS, or before plaintext behind a proxy.
extension DeviceChannelHandler {
    func read(
        _ step: ConnectionPreamble.Step, _ preamble: consuming ConnectionPreamble,
        _ connection: DeviceConnection
    ) {
        switch step {
        case .needMore:
            security = .preamble(preamble)
        case .proxied(let header):
            if let source = header.source, var permit {
                let refusal = loop.identify(&permit, as: source)
                self.permit = permit
                connection.identified(as: source, isTLS: tls != nil)
                if let refusal {
                    return connection.end(
                        ConnectionEnd(
                            reason: .serverError, refusal: .limit, reasonCode: nil, message: "\(refusal)"))
                }
            } else {
                connection.identified(as: nil, isTLS: tls != nil)
            }
            let next = preamble.next()
            read(next, preamble, connection)
        case .plaintext(let bytes):
            security = .plaintext
            bytes.withUnsafeReadableBytes { connection.received($0) }
        case .tls(let bytes):
            startHandshake(bytes, connection)
        case .refused(let refusal):
            loop.core.gate.count(refusal.event)
            connection.end(
                ConnectionEnd(
                    reason: .clientError, refusal: .notTLS, reasonCode: nil, message: refusal.advice))
        }
    }
}

extension ConnectionPreamble.Refusal {
    /// What an operator should know, and do.
    fileprivate var advice: String {
        switch self {
        case .plainMQTT:
            "plain MQTT on the TLS port; connect with TLS (mosquitto_pub needs --cafile, --cert and --key)"
        case .http:
            "HTTP on the MQTT port; this port speaks MQTT over TLS only"
        case .notTLS:
            "the first bytes are no TLS handshake; connect with TLS 1.2 or 1.3"
        case .proxyHeader(let error):
            "\(error); a trusted proxy has to send the PROXY protocol"
        }
    }
}
