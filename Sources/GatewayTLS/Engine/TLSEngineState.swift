/// Where a connection is in its life.
public enum TLSEngineState: Hashable, Sendable {
    /// The handshake has not ended; no application data passes.
    case handshaking
    /// The handshake waits for ``TLSEngine/provide(_:scratch:output:onPlaintext:)`` to say what answers the
    /// hello; what the client sends meanwhile is kept.
    case awaitingDomain(TLSClientHello)
    /// Application data passes both ways.
    case established
    /// One side has sent close_notify, the other has not.
    case closing
    /// Both sides have sent close_notify, or the connection has ended.
    case closed
    /// The connection failed. Nothing more is read or written.
    case failed(TLSError)
}

/// What a reader of plaintext wants next.
public enum TLSReadDemand: Hashable, Sendable {
    /// Go on reading.
    case `continue`
    /// Keep what is unread until ``TLSEngine/resumeReading(scratch:output:onPlaintext:)``.
    case pause
}
