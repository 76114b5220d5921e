import Synchronization

/// The sessions that a client's context may resume. They belong to its one identity and its one server.
final class ClientSessions: Sendable {
    private let sessions = Mutex<[SavedSession]>([])

    /// What is kept at most; the newest are used first.
    static let maximum = 8

    func add(_ session: SavedSession) {
        sessions.withLock { sessions in
            sessions.append(session)
            if sessions.count > Self.maximum { sessions.removeFirst() }
        }
    }

    /// Takes out the newest that may be resumed; a handshake that goes well brings it, or its successor, back.
    /// A ticket of TLS 1.3 is for one use, lest two connections be known for the same client's (RFC 8446,
    /// appendix C.4).
    func take() -> SavedSession? {
        sessions.withLock { sessions in
            while let newest = sessions.popLast() { if newest.isResumable { return newest } }
            return nil
        }
    }
}
