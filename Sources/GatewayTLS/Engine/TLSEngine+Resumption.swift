import CGatewayOpenSSL

/// A session whose certificate has been judged in the course of a handshake.
final class ResumedSession {
    let id: SessionID?
    let leaf: [UInt8]?

    init(id: SessionID?, leaf: [UInt8]?) {
        self.id = id
        self.leaf = leaf
    }
}

extension TLSEngine {
    /// Forgets this connection's session, so that it is never resumed: for a client that is refused, or
    /// loses its permission, after the handshake. Does nothing without a cache.
    public func forgetSession() {
        guard case .cache(let cache) = context.resumption else { return }
        var bytes: UnsafePointer<UInt8>?
        let count = gw_tls_session_id(session, &bytes)
        if let id = SessionID(UnsafeRawBufferPointer(start: bytes, count: count)) { cache.remove(id) }
    }

    /// Called back from inside a handshake: the hello names a session.
    func findSession(_ bytes: UnsafeRawBufferPointer) -> OpaquePointer? {
        guard case .cache(let cache) = context.resumption, let id = SessionID(bytes),
            let saved = cache.find(id, now: now)
        else { return nil }
        guard saved.isResumable else {
            cache.remove(id)
            return nil
        }
        resuming = ResumedSession(id: id, leaf: nil)
        return saved.retained()
    }

    /// Called back from inside a handshake: nil for the key to seal with.
    func findTicketKey(_ name: [UInt8]?) -> (key: TicketKey, isOld: Bool)? {
        guard case .tickets(let keys) = context.resumption else { return nil }
        guard let name else { return keys.sealing(now: now).map { ($0, false) } }
        return keys.opening(name, now: now)
    }

    /// Called back from inside a handshake: whether the certificate of a session still lets its owner in.
    func judgeResumption(_ leaf: [UInt8]) -> TLSVerdict {
        let verdict = context.verifyClient?(TLSPeerCertificates(leaf: leaf)) ?? .accept
        if verdict == .accept {
            resuming = ResumedSession(id: resuming?.id, leaf: leaf)
        } else if case .cache(let cache) = context.resumption, let id = resuming?.id {
            cache.remove(id)
        }
        return verdict
    }

    /// The peer's certificate of a session that was resumed. Nothing is taken for granted: a server's
    /// certificate must be the one that was judged in this handshake.
    func resumedPeer() -> Result<TLSPeerCertificates?, TLSError> {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = gw_tls_session_leaf(session, &bytes)
        defer { gw_tls_bytes_free(bytes) }
        let leaf = count == 0 ? nil : Array(UnsafeBufferPointer(start: bytes, count: count))
        guard !context.isServer || leaf == resuming?.leaf else {
            return .failure(
                TLSError(
                    code: .internalFailure, sideAtFault: .local,
                    message: "a session was resumed whose certificate had not been judged"))
        }
        return .success(leaf.map { TLSPeerCertificates(leaf: $0) })
    }

    /// Keeps what the handshake made, and drops what it used up.
    func keepSession() {
        let used = resuming?.id
        resuming = nil
        if case .cache(let cache) = context.resumption, let used, evidence?.wasResumed == true,
            evidence?.version == .v1_3
        {
            cache.remove(used)
        }
        guard let made = gw_tls_session_take_saved(session) else { return }
        let saved = SavedSession(owning: made)
        if case .cache(let cache) = context.resumption { cache.insert(saved, now: now) }
        context.clientSessions?.add(saved)
    }

    /// The time by the context's clock.
    var now: Int64 { context.now?() ?? gw_tls_system_time() }
}
