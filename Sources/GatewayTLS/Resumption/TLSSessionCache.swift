import Synchronization

/// Sessions that clients may resume, held by this process: a resumed handshake costs a fraction of a full
/// one, and taking the permission back is a deletion.
///
/// A cache may be shared by listeners and domains; none of them ever resumes another's sessions. TLS 1.3
/// sessions are used once, and replaced on use. When full, the oldest goes.
public final class TLSSessionCache: Sendable {
    private let store: Mutex<SessionStore<SavedSession>>

    /// How long a session may be resumed, in seconds.
    public let lifetime: Int64

    /// Creates an empty cache.
    ///
    /// - Parameters:
    ///   - maximumSessions: the most sessions held.
    ///   - maximumBytes: the most memory used, as estimated: some 6 KB for each session with a client
    ///     certificate, a little over 1 KB without.
    ///   - lifetime: how long a session may be resumed, in seconds; 1 to 86,400, and brought into that range.
    public init(maximumSessions: Int = 10_000, maximumBytes: Int = 64 << 20, lifetime: Int64 = 7_200) {
        self.lifetime = min(max(lifetime, 1), 86_400)
        store = Mutex(
            SessionStore(maximumCount: maximumSessions, maximumSize: maximumBytes, lifetime: self.lifetime))
    }

    /// How many sessions are held, those that have expired unnoticed among them.
    public var count: Int { store.withLock { $0.count } }

    /// The memory they take, as estimated, in bytes.
    public var bytes: Int { store.withLock { $0.size } }

    /// Removes all sessions.
    public func removeAll() { store.withLock { $0.removeAll() } }

    /// Removes the sessions of clients by their certificates.
    ///
    /// Refusals don't depend on it, since whoever resumes is judged again; it gives the memory back at once.
    ///
    /// - Parameter isGone: told the SHA-256 of a client's certificate (DER), 32 bytes. It must not call
    ///   back into the cache.
    /// - Returns: how many were removed.
    @discardableResult
    public func removeAll(where isGone: (_ certificateID: [UInt8]) -> Bool) -> Int {
        store.withLock { $0.removeAll(where: isGone) }
    }

    func insert(_ session: SavedSession, now: Int64) {
        guard let id = session.id else { return }
        store.withLock {
            $0.insert(session, id: id, certificateID: session.certificateID, size: session.size, now: now)
        }
    }

    func find(_ id: SessionID, now: Int64) -> SavedSession? {
        store.withLock { $0.find(id, now: now) }
    }

    func remove(_ id: SessionID) { store.withLock { _ = $0.remove(id) } }
}

/// Whether, and from what, a server lets clients resume sessions.
///
/// Whatever it is, ``TLSServerConfiguration/verifyClient`` judges the client's certificate again before a
/// session is resumed; a refusal leads to a full handshake, in which it is judged once more and refused
/// with its alert. With ``TLSServerConfiguration/clientAuthoritiesPEM``, validity is checked again, the
/// chain is not. Early data (0-RTT) is never accepted.
public enum TLSResumption: Sendable {
    /// Every connection is a full handshake: no tickets are issued and nothing is kept.
    case off
    /// From sessions kept in this process.
    case cache(TLSSessionCache)
    /// From tickets (RFC 5077, RFC 8446) that clients keep, for several gateways with the same keys. With
    /// client certificates and TLS 1.3, a resumption this way is dearer than a full handshake without
    /// tickets: the certificate is in the ticket.
    case tickets(TLSTicketKeys)
}
