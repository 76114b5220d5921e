import Synchronization

/// Tells the time in Unix seconds. Called on event loops; it must not block.
public typealias TLSClock = @Sendable () -> Int64

/// A configuration made ready for connections. Share one among all connections configured alike.
public final class TLSContext: Sendable {
    private let service: Mutex<ContextService>
    private let now: TLSClock?

    /// Whether connections of this context play the server's part.
    public let isServer: Bool

    /// Finds what answers a hello that no domain of the list does; nil when there is no such source.
    ///
    /// A driver of a ``TLSEngine`` calls it in ``TLSEngineState/awaitingDomain(_:)``, and hands the answer
    /// to ``TLSEngine/provide(_:scratch:output:onPlaintext:)``.
    public let lookUp: (@Sendable (TLSClientHello) async -> TLSContext?)?

    /// Makes a server's context, and tries every configured version by a handshake in memory.
    ///
    /// - Parameter now: what certificates' validity is judged by; nil: the system's clock.
    /// - Throws: ``TLSError`` with `.invalidConfiguration`, or `.versionUnavailable` when this system
    ///   forbids a configured version.
    public init(server: TLSServerConfiguration, now: TLSClock? = nil) throws(TLSError) {
        service = Mutex(ContextService(try ContextStorage(server: server, domain: nil, now: now)))
        isServer = true
        self.now = now
        lookUp = nil
    }

    /// Makes a client's context, and tries every configured version by a handshake in memory.
    ///
    /// - Parameter now: what certificates' validity is judged by; nil: the system's clock.
    /// - Throws: ``TLSError`` with `.invalidConfiguration`, or `.versionUnavailable` when this system
    ///   forbids a configured version.
    public init(client: TLSClientConfiguration, now: TLSClock? = nil) throws(TLSError) {
        service = Mutex(ContextService(try ContextStorage(client: client, now: now)))
        isServer = false
        self.now = now
        lookUp = nil
    }

    /// Makes a context that answers each ClientHello as the domain it asks for, and tries every version of
    /// every domain by a handshake in memory.
    ///
    /// - Parameters:
    ///   - domains: in order: where several fit equally well, the first answers.
    ///   - defaultDomain: the ``TLSDomain/name`` of those that answer a hello without a server name; nil:
    ///     such a hello is refused with handshake_failure.
    ///   - unknownServerName: what becomes of a hello that asks for a server name of no domain.
    ///   - lookUp: asked, in place of `unknownServerName`, for what answers a hello that no domain of the
    ///     list does. At most once a connection; what it returns may have domains, but its own look-up
    ///     isn't asked.
    ///   - now: what certificates' validity is judged by; nil: the system's clock.
    /// - Throws: ``TLSError`` with `.invalidConfiguration` or `.versionUnavailable`; the message names the
    ///   domain.
    public init(
        domains: [TLSDomain], defaultDomain: String? = nil,
        unknownServerName: TLSUnknownServerName = .reject,
        lookUp: (@Sendable (TLSClientHello) async -> TLSContext?)? = nil, now: TLSClock? = nil
    ) throws(TLSError) {
        service = Mutex(
            try ContextService(
                domains, defaultDomain: defaultDomain,
                unknownServerName: lookUp == nil ? unknownServerName : .reject, now: now))
        isServer = true
        self.now = now
        self.lookUp = lookUp
    }

    /// Replaces the configuration for connections that start from now on; live ones keep theirs.
    /// When it throws, nothing has changed.
    public func replace(server: TLSServerConfiguration) throws(TLSError) {
        guard isServer else { throw .misuse("a client's context cannot become a server's") }
        let replacement = ContextService(try ContextStorage(server: server, domain: nil, now: now))
        service.withLock { $0 = replacement }
    }

    /// Replaces the domains for connections that start from now on; live ones keep theirs.
    /// When it throws, nothing has changed.
    public func replace(
        domains: [TLSDomain], defaultDomain: String? = nil,
        unknownServerName: TLSUnknownServerName = .reject
    ) throws(TLSError) {
        guard isServer else { throw .misuse("a client's context cannot become a server's") }
        let replacement = try ContextService(
            domains, defaultDomain: defaultDomain,
            unknownServerName: lookUp == nil ? unknownServerName : .reject, now: now)
        service.withLock { $0 = replacement }
    }

    /// Cipher suites that the configuration names, one by one, and this system's OpenSSL does not provide or
    /// its policy forbids. Handshakes go on without them; whoever expects devices to need them should know.
    public var unavailableCipherSuites: [String] { current.unavailableCipherSuites }

    /// The configuration of a connection that starts now.
    var current: ContextService { service.withLock { $0 } }
}
