import Synchronization

/// A configuration made ready for connections. Share one among all connections configured alike.
public final class TLSContext: Sendable {
    private let storage: Mutex<ContextStorage>

    /// Whether connections of this context play the server's part.
    public let isServer: Bool

    /// Makes a server's context, and tries every configured version by a handshake in memory.
    ///
    /// - Throws: ``TLSError`` with `.invalidConfiguration`, or `.versionUnavailable` when this system
    ///   forbids a configured version.
    public init(server: TLSServerConfiguration) throws(TLSError) {
        storage = Mutex(try ContextStorage(server: server))
        isServer = true
    }

    /// Makes a client's context, and tries every configured version by a handshake in memory.
    ///
    /// - Throws: ``TLSError`` with `.invalidConfiguration`, or `.versionUnavailable` when this system
    ///   forbids a configured version.
    public init(client: TLSClientConfiguration) throws(TLSError) {
        storage = Mutex(try ContextStorage(client: client))
        isServer = false
    }

    /// Replaces the configuration for connections that start from now on; live ones keep theirs.
    /// When it throws, nothing has changed.
    public func replace(server: TLSServerConfiguration) throws(TLSError) {
        guard isServer else { throw .misuse("a client's context cannot become a server's") }
        let replacement = try ContextStorage(server: server)
        storage.withLock { $0 = replacement }
    }

    /// The configuration of a connection that starts now.
    var current: ContextStorage { storage.withLock { $0 } }
}
