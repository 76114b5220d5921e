import CGatewayOpenSSL

extension TLSEngine {
    /// The number of parsed peer certificates OpenSSL still holds besides the leaf.
    var peerChainCount: Int { gw_tls_session_peer_chain_count(session) }

    /// Called back from inside a handshake.
    func judge(_ certificates: TLSPeerCertificates) -> TLSVerdict {
        let verdict = context.verifyClient?(certificates) ?? .accept
        presentedCertificates = certificates
        return verdict
    }

    func established() -> TLSError? {
        let hello = gw_tls_session_hello(session)
        guard let version = TLSVersion(rawValue: gw_tls_session_version(session)) else {
            return fail(
                TLSError(
                    code: .internalFailure, sideAtFault: .local,
                    message: "OpenSSL agreed on an unknown version"))
        }
        var bytes: UnsafePointer<UInt8>?
        var count = 0
        gw_tls_session_protocol(session, &bytes, &count)
        let selected = UnsafeBufferPointer(start: bytes, count: count)
        let wasResumed = gw_tls_session_was_resumed(session) == 1
        var peer = presentedCertificates
        if wasResumed {
            switch resumedPeer() {
            case .success(let resumed): peer = resumed
            case .failure(let error): return fail(error)
            }
        }
        evidence = TLSEvidence(
            peer: peer,
            serverName: context.isServer ? hello.hostName : context.sentServerName,
            applicationProtocol: selected.isEmpty ? nil : String(decoding: selected, as: UTF8.self),
            version: version, cipherSuite: String(cString: gw_tls_session_cipher(session)),
            wasResumed: wasResumed,
            group: gw_tls_session_group(session).map { String(cString: $0) }, domain: context.domain,
            domainApplicationProtocol: context.domainApplicationProtocol,
            stapledResponse: context.isServer ? nil : stapledResponse)
        presentedCertificates = nil
        domains = nil
        gw_tls_session_settle(session)
        keepSession()
        state = .established
        return nil
    }

    private var stapledResponse: [UInt8]? {
        var bytes: UnsafePointer<UInt8>?
        let count = gw_tls_session_staple(session, &bytes)
        return count == 0 ? nil : Array(UnsafeBufferPointer(start: bytes, count: count))
    }
}
