import CGatewayOpenSSL

extension TLSError {
    /// A connection's failure in an operator's words.
    init(
        _ fault: gw_tls_fault, hello: gw_tls_hello, context: ContextStorage, refusal: DomainRefusal?,
        duringHandshake: Bool
    ) {
        let peer = context.isServer ? "the client" : "the server"
        let phase = duringHandshake ? "the handshake" : "the connection"
        let code: Code
        var side = Side.peer
        let text: String
        let reason = fault.words
        switch fault.kind {
        case GW_TLS_FAULT_NOT_TLS:
            code = .notTLS
            text = "\(peer) does not speak TLS"
        case GW_TLS_FAULT_PROTOCOL_VERSION:
            code = .protocolVersion
            text =
                context.isServer
                ? "the client offered \(hello.offer); \(context.speaker) accepts \(context.versions.sentence)"
                : "the server chose a version outside \(context.versions.sentence)"
        case GW_TLS_FAULT_NO_SHARED_CIPHER:
            code = .noSharedCipher
            text =
                "\(peer) and this side have no cipher suite, group or signature algorithm in common; "
                + "devices often support only one kind of key: RSA or EC"
        case GW_TLS_FAULT_NO_APPLICATION_PROTOCOL:
            code = .noApplicationProtocol
            text =
                "the client offered the application protocols \(hello.protocolNames); \(context.speaker) speaks "
                + context.applicationProtocols.joined(separator: ", ")
        case GW_TLS_FAULT_DOMAIN_REFUSED:
            (code, text) = hello.refusal(refusal)
        case GW_TLS_FAULT_NO_CERTIFICATE:
            code = .noCertificate
            text = "the client sent no certificate, and one is required"
        case GW_TLS_FAULT_CERTIFICATE_REJECTED:
            code = context.isServer ? .certificateRejected : .serverNotTrusted
            text = "\(peer)'s certificate was rejected"
        case GW_TLS_FAULT_ALERT_RECEIVED:
            code = .alertReceived
            let name = TLSAlert(.received, UInt8(truncatingIfNeeded: fault.alert_received)).name
            text = "\(peer) ended \(phase) with the alert \(name)\(Self.hint(fault.alert_received))"
        case GW_TLS_FAULT_HANDSHAKE_TOO_LARGE:
            code = .limitExceeded
            text =
                "\(peer)'s handshake is too large: a ClientHello may have 16 KiB, certificates 32 KiB, "
                + "the whole 64 KiB"
        case GW_TLS_FAULT_TOO_MANY_KEY_UPDATES:
            code = .limitExceeded
            text = "\(peer) sent more than 32 handshake messages without data after the handshake"
        case GW_TLS_FAULT_PROTOCOL_VIOLATION:
            code = .protocolViolation
            text = "\(peer) sent what TLS does not allow during \(phase), or bytes were altered on the way"
        default:
            code = .internalFailure
            side = .local
            text = "OpenSSL failed during \(phase)"
        }
        var alert: TLSAlert?
        if fault.alert_received >= 0 {
            alert = TLSAlert(.received, UInt8(truncatingIfNeeded: fault.alert_received))
        } else if fault.alert_sent >= 0 {
            alert = TLSAlert(.sent, UInt8(truncatingIfNeeded: fault.alert_sent))
        }
        self.init(code: code, alert: alert, openSSLReason: reason, sideAtFault: side, message: text)
    }

    /// What a peer's alert usually means.
    private static func hint(_ alert: Int32) -> String {
        switch alert {
        case 42, 43, 44, 45, 46: ": it does not accept the certificate sent to it"
        case 48: ": it does not trust the authority behind the certificate sent to it"
        case 40: ": it has nothing in common with this side, or does not let it in"
        case 70: ": it does not accept any of the versions offered"
        case 112: ": it does not know the server name asked for"
        case 116: ": it requires a certificate"
        case 120: ": it speaks none of the application protocols offered"
        default: ""
        }
    }
}

extension ContextStorage {
    /// Who answers, in messages.
    fileprivate var speaker: String { domain.map { "the domain \"\($0)\"" } ?? "this listener" }
}
