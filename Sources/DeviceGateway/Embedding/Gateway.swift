import BrokerCore
import GatewayTLS
public import IoTPolicy
public import Logging
public import NIOCore
public import NIOPosix
public import ServiceLifecycle
import Synchronization
import X509Auth

/// An MQTT gateway that authenticates and authorises as AWS IoT Core does, inside the host's process.
///
/// ```swift
/// let registry = try await DeviceRegistry.open(store: InMemoryRegistryStore())
/// let gateway = Gateway(
///     configuration: GatewayConfiguration(tls: TLSEndpoint(credentials: [credential])), registry: registry)
/// try await gateway.start()
/// ```
/// As a `Service` it runs in a `ServiceGroup` and stops gracefully with it.
public final class Gateway: Service, Sendable {
    /// Where the gateway listens, once it does.
    public struct Addresses: Sendable {
        /// The mutual-TLS endpoint's address, with the port the system chose if 0 was asked for.
        public var tls: SocketAddress?
        /// The plaintext endpoint's address.
        public var plaintext: SocketAddress?
    }

    private enum State {
        case idle
        case starting
        case running(Running)
        case stopped
    }

    private struct Running {
        var listeners: [any Channel]
        var loops: [NIOLoopBound<LoopContext>]
        var observation: RegistryObservation
        var certificates: ServerCertificates?
        var certificateWatch: RepeatedTask?
    }

    let core: GatewayCore
    let group: any EventLoopGroup
    private let state = Mutex<State>(.idle)

    /// Creates a gateway; it does nothing until ``start()`` or ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: endpoints, limits and switches.
    ///   - registry: who is who and who may what. Changes made through it reach live connections at once.
    ///   - observers: told what happens, on event loops.
    ///   - logger: refusals and denials at info, connections at debug.
    ///   - clock: all deadlines and validity checks ask it.
    ///   - eventLoopGroup: the loops connections live on.
    public init(
        configuration: GatewayConfiguration,
        registry: DeviceRegistry,
        observers: [any GatewayObserver] = [],
        logger: Logger = Logger(label: "device-gateway"),
        clock: any GatewayClock = SystemGatewayClock(),
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        core = GatewayCore(
            configuration: configuration, registry: registry, observers: observers, logger: logger,
            clock: clock)
        group = eventLoopGroup
    }

    /// Opens the endpoints.
    ///
    /// - Returns: the addresses bound.
    /// - Throws: ``GatewayError`` naming the address and what to do, with nothing left open.
    @discardableResult
    public func start() async throws(GatewayError) -> Addresses {
        let isFirst = state.withLock { state in
            guard case .idle = state else { return false }
            state = .starting
            return true
        }
        guard isFirst else {
            throw GatewayError(.notRunning, "a gateway starts once; create another one")
        }
        do throws(GatewayError) {
            try validate()
            let certificates = try core.configuration.tls.map { endpoint throws(GatewayError) in
                try ServerCertificates(endpoint, core: core)
            }
            let loops = await makeLoops()
            // Before anybody can connect: no change may fall between admission and observation.
            let observation = core.admission.registry.observe { [weak self] effect in
                await self?.rejudge(effect)
            }
            let watch = certificates.map(startWatch)
            let running = Running(
                listeners: [], loops: loops, observation: observation, certificates: certificates,
                certificateWatch: watch)
            let isWanted = state.withLock { state in
                guard case .starting = state else { return false }
                state = .running(running)
                return true
            }
            guard isWanted else {
                await close(running)
                throw Self.stoppedEarly
            }
            var addresses = Addresses()
            if let endpoint = core.configuration.tls {
                addresses.tls = try await listen(
                    endpoint.host, endpoint.port, loops,
                    EndpointSecurity(tls: certificates?.context, proxy: endpoint.proxy))
            }
            if let endpoint = core.configuration.plaintext {
                addresses.plaintext = try await listen(
                    endpoint.host, endpoint.port, loops, EndpointSecurity(tls: nil, proxy: endpoint.proxy))
            }
            return addresses
        } catch {
            await stop()
            throw error
        }
    }

    /// Starts, runs until the service group asks for a graceful shutdown or the task is cancelled, and stops.
    public func run() async throws {
        try await start()
        try? await gracefulShutdown()
        await stop()
    }

    /// Stops listening, tells every client, and waits until all connections are closed,
    /// ``GatewayLimits/closeTimeout`` at most.
    public func stop() async {
        let running: Running? = state.withLock { state in
            defer { state = .stopped }
            if case .running(let running) = state { return running }
            return nil
        }
        guard let running else { return }
        await close(running)
    }

    /// The host's own client. Without policies it may do anything: it is the host.
    ///
    /// - Parameters:
    ///   - name: the client identifier that policies see.
    ///   - policies: held to these when given.
    public func client(_ name: String, policies: [NamedPolicy]? = nil) -> GatewayClient {
        let policy = policies.map { policies in
            PolicySet(policies).specialized(
                for: PolicyContext(transport: .mqtt, clientID: name), scope: core.configuration.scope)
        }
        return GatewayClient(name: name, core: core, policy: policy, eventLoop: group.next())
    }

    /// Ends one connection, as AWS IoT's DeleteConnection does: DISCONNECT 0x98, and its Will is published.
    /// The client may come back at once; deactivate its certificate to keep it out.
    ///
    /// - Returns: whether there was such a connection.
    @discardableResult
    public func disconnect(_ id: UInt64) -> Bool {
        guard core.connections.contains(id) else { return false }
        for loop in loops {
            loop.eventLoop.execute { loop.value.end(id, .administrative) }
        }
        return true
    }

    /// Everyone who is connected, in the order of their admission.
    public var connections: [ConnectionSummary] { core.connections.all }

    // MARK: Start

    private static let stoppedEarly = GatewayError(.notRunning, "the gateway was stopped while it started")

    /// Certificates end in days; to look twice a second is nothing and follows a test's clock.
    private func startWatch(_ certificates: ServerCertificates) -> RepeatedTask {
        certificates.inspect()
        return group.next().scheduleRepeatedTask(
            initialDelay: .milliseconds(500), delay: .milliseconds(500)
        ) { _ in certificates.inspect() }
    }

    private func makeLoops() async -> [NIOLoopBound<LoopContext>] {
        var loops: [NIOLoopBound<LoopContext>] = []
        for eventLoop in group.makeIterator() {
            let core = self.core
            let bound = try? await eventLoop.submit {
                let context = LoopContext(core: core, eventLoop: eventLoop)
                context.start()
                return NIOLoopBound(context, eventLoop: eventLoop)
            }.get()
            if let bound { loops.append(bound) }
        }
        return loops
    }

    private func listen(
        _ host: String, _ port: Int, _ loops: [NIOLoopBound<LoopContext>], _ security: EndpointSecurity
    ) async throws(GatewayError) -> SocketAddress? {
        let channel = try await bind(host, port, loops, security)
        let isRunning = state.withLock { state in
            guard case .running(var running) = state else { return false }
            running.listeners.append(channel)
            state = .running(running)
            return true
        }
        guard isRunning else {
            try? await channel.close().get()
            throw Self.stoppedEarly
        }
        return channel.localAddress
    }

    // MARK: Stop

    private func close(_ running: Running) async {
        running.observation.cancel()
        running.certificateWatch?.cancel()
        for listener in running.listeners {
            try? await listener.close().get()
        }
        for loop in running.loops {
            try? await loop.eventLoop.submit { loop.value.endAll() }.get()
        }
        // Everyone has been told; whoever does not close in time is cut by its deadline.
        let patience = ContinuousClock.now + core.configuration.limits.closeTimeout + .milliseconds(500)
        while core.openConnectionCount > 0, ContinuousClock.now < patience {
            try? await Task.sleep(for: .milliseconds(10))
        }
        for loop in running.loops {
            try? await loop.eventLoop.submit { loop.value.stop() }.get()
        }
    }

    // MARK: Changes

    /// What the TLS endpoint presents, while it is open.
    var certificates: ServerCertificates? {
        state.withLock { if case .running(let running) = $0 { running.certificates } else { nil } }
    }

    var loops: [NIOLoopBound<LoopContext>] {
        state.withLock { if case .running(let running) = $0 { running.loops } else { [] } }
    }

    /// Judges again every connection that a change may concern. Whoever made the change waits for it: a loop looks at
    /// its sockets before its tasks, and would else hear a device once more that has just been deactivated.
    private func rejudge(_ effect: RegistryEffect) async {
        certificates?.forgetSessions(effect)
        let judged = loops.map { loop in loop.eventLoop.submit { loop.value.rejudge(effect) } }
        for loop in judged { try? await loop.get() }
    }
}
