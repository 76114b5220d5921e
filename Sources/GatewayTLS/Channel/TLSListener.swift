public import NIOCore
public import NIOPosix
import Synchronization

/// A TLS port. Each connection gets a ``TLSHandler``, then what the host adds.
public struct TLSListener: Sendable {
    private let context: TLSContext
    private let limits: TLSListenerLimits
    private let group: any EventLoopGroup
    private let gates = HandshakeGates()

    /// Creates a listener. Nothing is bound yet; one listener may be bound to several addresses, which
    /// then share its caps.
    public init(
        context: TLSContext, limits: TLSListenerLimits = TLSListenerLimits(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.context = context
        self.limits = limits
        self.group = group
    }

    /// Binds, and serves each connection with what `childInitializer` puts into its pipeline.
    ///
    /// - Parameters:
    ///   - host: a name or address.
    ///   - port: 0 takes any free port, which the returned channel's `localAddress` tells.
    /// - Returns: the listening channel; close it to stop accepting.
    public func bind(
        host: String, port: Int,
        childInitializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws -> any Channel {
        try await bootstrap
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try addHandler(to: channel) }
                    .flatMap { childInitializer(channel) }
            }
            .bind(host: host, port: port).get()
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
        try await bootstrap.bind(host: host, port: port) { channel in
            channel.eventLoop.makeCompletedFuture { try addHandler(to: channel) }
                .flatMap { childInitializer(channel) }
        }
    }

    private var bootstrap: ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: limits.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    }

    private func addHandler(to channel: any Channel) throws {
        let gate = gates.gate(for: channel.eventLoop, limits)
        try channel.pipeline.syncOperations.addHandler(
            TLSHandler(context: context, limits: limits.handler, gate: gate))
    }
}

/// A listener's ``HandshakeGate`` for each event loop.
private final class HandshakeGates: Sendable {
    private let gates = Mutex<[ObjectIdentifier: NIOLoopBound<HandshakeGate>]>([:])

    /// To be called on the loop.
    func gate(for loop: any EventLoop, _ limits: TLSListenerLimits) -> HandshakeGate {
        let gate = gates.withLock { gates in
            if let gate = gates[ObjectIdentifier(loop)] { return gate }
            let gate = NIOLoopBound(HandshakeGate(limits), eventLoop: loop)
            gates[ObjectIdentifier(loop)] = gate
            return gate
        }
        return gate.value
    }
}
