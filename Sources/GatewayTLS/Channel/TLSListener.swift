public import NIOCore
public import NIOPosix

/// A TLS port. Each connection gets a ``TLSHandler``, then what the host adds.
///
/// It keeps accepting whatever comes: past its limits it closes the newcomer, or the connection longest
/// without progress (``TLSListenerLimits``).
public struct TLSListener: Sendable {
    private let context: TLSContext
    private let limits: TLSListenerLimits
    private let admit: TLSAdmit?
    private let group: any EventLoopGroup
    private let loops: TLSListenerLoops

    /// Creates a listener. Nothing is bound yet; one listener may be bound to several addresses, which
    /// then share its limits.
    ///
    /// - Parameters:
    ///   - context: what to offer and accept.
    ///   - limits: what unauthenticated peers may take. The number of connections is lowered to the
    ///     process's limit of open files, less 64.
    ///   - proxy: from whom the PROXY protocol is taken; nil: from nobody.
    ///   - admit: decides about each connection after its handshake.
    ///   - group: the event loops connections live on.
    public init(
        context: TLSContext, limits: TLSListenerLimits = TLSListenerLimits(), proxy: PROXYProtocol? = nil,
        admit: TLSAdmit? = nil, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        var limits = limits
        // At the process's limit the kernel would accept nobody, and no eviction could help.
        limits.accept.maximumConnections = min(
            limits.accept.maximumConnections, max(1, OpenFiles.limit - 64))
        self.context = context
        self.limits = limits
        self.admit = admit
        self.group = group
        loops = TLSListenerLoops(
            limits: limits, gate: SharedAcceptGate(limits: limits.accept), proxy: proxy)
    }

    /// How often what has happened so far, refusals by kind among it.
    public var counters: AcceptCounters { loops.gate.counters }

    /// The number of connections now, handshakes included.
    public var connectionCount: Int { loops.gate.connectionCount }

    /// Binds, and serves each connection with what `childInitializer` puts into its pipeline.
    ///
    /// - Parameters:
    ///   - host: a name or address.
    ///   - port: 0 takes any free port, which the returned channel's `localAddress` tells.
    /// - Returns: the listening channel; close it to stop accepting. With the last one the handshakes in
    ///   progress end too.
    public func bind(
        host: String, port: Int,
        childInitializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws -> any Channel {
        let channel =
            try await bootstrap
            .childChannelInitializer { channel in initialize(channel, childInitializer) }
            .bind(host: host, port: port).get()
        endHandshakes(when: channel)
        return channel
    }

    /// Binds, and gives the host each connection as `childInitializer` makes it, such as a
    /// `NIOAsyncChannel` of plaintext.
    ///
    /// - Parameters:
    ///   - host: a name or address.
    ///   - port: 0 takes any free port, which the returned channel's `localAddress` tells.
    public func bindAsync<Child: Sendable>(
        host: String, port: Int,
        childInitializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Child>
    ) async throws -> NIOAsyncChannel<Child, Never> {
        let server = try await bootstrap.bind(host: host, port: port) { channel in
            initialize(channel, childInitializer)
        }
        endHandshakes(when: server.channel)
        return server
    }

    private var bootstrap: ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: limits.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    }

    private func initialize<Child: Sendable>(
        _ channel: any Channel,
        _ childInitializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Child>
    ) -> EventLoopFuture<Child> {
        do {
            // Not an option of the bootstrap: where it fails, because the peer has gone already, that would
            // end the listener's sequence of connections.
            try? channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
            try? LoopReceiveAllocator.install(on: channel)
            try channel.pipeline.syncOperations.addHandler(
                TLSHandler(
                    context: context, limits: limits.handler, admit: admit,
                    listener: loops.loop(channel.eventLoop)))
            return childInitializer(channel)
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    /// Nobody waits for devices that have not got through when the door is closed.
    private func endHandshakes(when channel: any Channel) {
        let loops = self.loops
        loops.bound()
        channel.closeFuture.whenComplete { _ in loops.unbound() }
    }
}
