import CGatewayOpenSSL

extension TLSEngine {
    /// Tells the engine that the transport has ended. What a pause has kept unread is given up, close_notify among it:
    /// lift the pause before.
    ///
    /// - Returns: what that means if it is not an orderly end: `.handshakeInterrupted` during the
    ///   handshake; `.truncated` when the peer has not sent close_notify, so that data may be missing.
    public func receivedEndOfStream() -> TLSError? {
        switch state {
        case .handshaking, .awaitingDomain:
            return fail(interrupted("the end of the connection"))
        case .established, .closing:
            guard !peerClosed else {
                state = .closed
                return nil
            }
            return fail(
                TLSError(
                    code: .truncated, sideAtFault: .peer,
                    message: "the connection was lost: it ended without close_notify, so data may be missing")
            )
        case .closed, .failed:
            return nil
        }
    }

    func interrupted(_ what: String) -> TLSError {
        let peer = context.isServer ? "the client" : "the server"
        return TLSError(
            code: .handshakeInterrupted, sideAtFault: .peer,
            message: "\(peer) broke the handshake off (\(what))")
    }

    func fail(_ fault: gw_tls_fault) -> TLSError {
        let hello = gw_tls_session_hello(session)
        // RFC 5246, section 7.2.2: what a fatal alert ends is not resumed.
        if evidence != nil { forgetSession() }
        return fail(
            TLSError(
                fault, hello: hello, context: context, refusal: domains?.refusal,
                duringHandshake: state == .handshaking))
    }

    func fail(_ error: TLSError) -> TLSError {
        state = .failed(error)
        kept = []
        return error
    }
}
