import DeviceGateway
import GatewayTLS
import IoTPolicy
import Logging
import NIOCore
import X509Auth

/// Everything the story is played on: a gateway on a loopback socket, its registry in memory, the authority that
/// issues certificates, and the host's own client. Nothing of it outlives the process.
struct DemoStage: Sendable {
    /// Where the gateway listens.
    let address: SocketAddress
    /// What the host's in-process client receives of `devices/#`.
    private let backend: GatewaySubscription
    /// What the gateway reports to its host.
    private let events: AsyncStream<GatewayEvent>
    private let gateway: Gateway
    private let registry: DeviceRegistry
    private let authority: CertificateAuthority

    /// The address devices connect to, and the name in the server's certificate.
    private static let host = "127.0.0.1"

    /// Opens the gateway on a port that the system chooses.
    static func open() async throws -> DemoStage {
        let now = Timestamp.now()
        let (authority, _) = try CertificateAuthority.create(
            commonName: "Demo CA", notBefore: now - ManagedAuthority.clockTolerance,
            notAfter: ManagedAuthority.notAfter)
        let server = try authority.issueServer(
            commonName: host, dnsNames: ["localhost"], ipAddresses: [host],
            notBefore: now - ManagedAuthority.clockTolerance, notAfter: ManagedAuthority.notAfter, key: .p256)
        let registry = try await DeviceRegistry.open(store: InMemoryRegistryStore())
        try await registry.registerAuthority(
            certificate: authority.certificate, autoRegistration: nil, now: now)

        let observer = DemoObserver()
        let credential = try TLSCredential(
            certificateChainPEM: server.certificatePEM, privateKeyPEM: server.privateKeyPEM)
        let gateway = Gateway(
            configuration: GatewayConfiguration(
                scope: DemoPolicy.scope, tls: TLSEndpoint(host: host, port: 0, credentials: [credential])),
            registry: registry, observers: [observer],
            logger: Logger(label: "demo", factory: { _ in SwiftLogNoOpLogHandler() }))
        guard let address = try await gateway.start().tls else {
            throw DemoFailure("the gateway started without its TLS endpoint")
        }
        return DemoStage(
            address: address, backend: try gateway.client("backend").subscribe(to: "devices/#"),
            events: observer.events, gateway: gateway, registry: registry, authority: authority)
    }

    /// Closes every connection and the gateway.
    func close() async {
        backend.cancel()
        await gateway.stop()
    }

    // MARK: What an operator does

    /// Registers a policy.
    func put(_ policy: DemoPolicy) async throws {
        try await registry.putPolicy(name: policy.name, text: policy.text)
    }

    /// Issues a certificate, registers it ACTIVE and attaches things and a policy.
    func issueCertificate(for things: [String], policy: DemoPolicy) async throws -> DemoCredential {
        let now = Timestamp.now()
        let issued = try authority.issueDevice(
            commonName: things.count == 1 ? things[0] : "fleet",
            notBefore: now - ManagedAuthority.clockTolerance)
        let authorityID = authority.certificate.id
        try await registry.write { transaction throws(RegistryError) in
            try transaction.register(certificate: issued.certificate, authority: authorityID, now: now)
            for thing in things {
                try transaction.createThing(ThingRecord(name: thing))
                try transaction.attach(thing: thing, to: issued.certificate.id)
            }
            try transaction.attachPolicy(policy.name, to: issued.certificate.id)
        }
        return try DemoCredential(issued, trusting: authority.certificate, serverName: Self.host)
    }

    /// Changes a certificate's status, and says when the change was asked for.
    func set(_ credential: DemoCredential, to status: CertificateStatus) async throws
        -> ContinuousClock.Instant
    {
        let start = ContinuousClock.now
        try await registry.setStatus(of: credential.id, to: status)
        return start
    }

    // MARK: What a host sees

    /// Where the gateway listens, as people write it.
    var addressText: String { "\(Self.host):\(address.port ?? 0)" }

    /// The gateway's number for a client's connection; another one after a reconnection.
    func connectionNumber(of clientID: String) -> UInt64? {
        gateway.connections.first { $0.clientID == clientID }?.id
    }

    /// The next message that the backend receives.
    func nextMessage() async throws -> DemoMessage {
        guard let message = await backend.first(where: { _ in true }) else { throw CancellationError() }
        return DemoMessage(topic: message.topic, text: message.text)
    }

    /// The next refusal of a certificate's holder, explained: in a session or at CONNECT.
    func nextExplanation(of credential: DemoCredential) async throws -> PolicyExplanation {
        for await event in events {
            switch event {
            case .denied(let report) where report.connection.certificate == credential.id:
                return report.explanation
            case .refused(let report) where report.certificate == credential.id:
                if let explanation = report.explanation { return explanation }
            default:
                continue
            }
        }
        throw CancellationError()
    }

    /// The next connection that was refused before it came to CONNECT.
    func nextHandshakeRefusal() async throws -> String {
        for await event in events {
            if case .refused(let report) = event, report.clientID == nil { return report.message }
        }
        throw CancellationError()
    }
}

/// Hands the gateway's events to the story.
private struct DemoObserver: GatewayObserver {
    let events: AsyncStream<GatewayEvent>
    private let continuation: AsyncStream<GatewayEvent>.Continuation

    init() {
        (events, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1_000))
    }

    func observe(_ event: GatewayEvent) {
        continuation.yield(event)
    }
}
