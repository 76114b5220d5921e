import DeviceGateway
import GatewayTLS
import IoTPolicy
import Logging
import MQTTCodec
import NIOCore
import Synchronization
import X509Auth

/// A gateway on loopback with its own CA and registry in memory.
struct TestGateway: Sendable {
    let gateway: Gateway
    let registry: DeviceRegistry
    let authority: CertificateAuthority
    let observer: RecordingObserver
    let clock: ManualClock
    let port: Int
    let plaintextPort: Int

    /// Wall time of all tests.
    static let now: Int64 = 1_790_000_000

    static let leastPrivilege = """
        {"Version": "2012-10-17", "Statement": [
          {"Sid": "Connect", "Effect": "Allow", "Action": "iot:Connect",
           "Resource": "arn:aws:iot:us-east-1:123456789012:client/${iot:Connection.Thing.ThingName}"},
          {"Sid": "OwnTopics", "Effect": "Allow", "Action": ["iot:Publish", "iot:RetainPublish", "iot:Receive"],
           "Resource": "arn:aws:iot:us-east-1:123456789012:topic/devices/${iot:Connection.Thing.ThingName}/*"},
          {"Sid": "OwnFilters", "Effect": "Allow", "Action": "iot:Subscribe",
           "Resource": "arn:aws:iot:us-east-1:123456789012:topicfilter/devices/${iot:Connection.Thing.ThingName}/*"}
        ]}
        """

    static let everything = """
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}
        """

    /// Starts a gateway, runs `body`, and stops it.
    static func run(
        configure: (inout GatewayConfiguration) -> Void = { _ in }, logger wanted: Logger? = nil,
        _ body: (TestGateway) async throws -> Void
    ) async throws {
        let (authority, _) = try CertificateAuthority.create(
            commonName: "Test CA", notBefore: now - 1000, notAfter: 2_524_607_999)
        let server = try authority.issueServer(
            commonName: "localhost", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"],
            notBefore: now - 1000, notAfter: 2_524_607_999)
        let credential = try TLSCredential(
            certificateChainPEM: server.certificatePEM, privateKeyPEM: server.privateKeyPEM)
        var configuration = GatewayConfiguration(
            tls: TLSEndpoint(host: "127.0.0.1", port: 0, credentials: [credential]),
            plaintext: PlaintextEndpoint(port: 0))
        configure(&configuration)
        let registry = try await DeviceRegistry.open(store: InMemoryRegistryStore())
        _ = try await registry.putPolicy(name: "least-privilege", text: leastPrivilege)
        _ = try await registry.putPolicy(name: "everything", text: everything)
        let observer = RecordingObserver()
        let clock = ManualClock(unixSeconds: now)
        var logger = wanted ?? Logger(label: "test")
        if wanted == nil { logger.logLevel = .critical }
        let gateway = Gateway(
            configuration: configuration, registry: registry, observers: [observer], logger: logger,
            clock: clock)
        let addresses = try await gateway.start()
        let test = TestGateway(
            gateway: gateway, registry: registry, authority: authority, observer: observer, clock: clock,
            port: addresses.tls?.port ?? 0, plaintextPort: addresses.plaintext?.port ?? 0)
        do {
            try await body(test)
        } catch {
            await gateway.stop()
            throw error
        }
        await gateway.stop()
    }

    /// Registers a device: certificate, thing of the same name, policy.
    func device(
        _ name: String, policy: String? = "least-privilege", notAfter: Int64 = 2_524_607_999,
        registered: Bool = true
    ) async throws -> IssuedCredential {
        let credential = try authority.issueDevice(
            commonName: name, notBefore: Self.now - 1000, notAfter: notAfter)
        guard registered else { return credential }
        _ = try await registry.createThing(ThingRecord(name: name))
        _ = try await registry.register(certificate: credential.certificate, now: Self.now)
        try await registry.attach(thing: name, to: credential.certificate.id)
        if let policy { try await registry.attachPolicy(policy, to: credential.certificate.id) }
        return credential
    }

    /// Opens a connection over mutual TLS.
    func open(
        _ credential: IssuedCredential?, version: MQTTVersion = .v5,
        tls: ClosedRange<TLSVersion> = .v1_2 ... .v1_3, proxyHeader: String = ""
    )
        async throws -> TestClient
    {
        let context = try TLSContext(
            client: TLSClientConfiguration(
                credential: try credential.map {
                    try TLSCredential(certificateChainPEM: $0.certificatePEM, privateKeyPEM: $0.privateKeyPEM)
                },
                versions: tls, serverName: "localhost",
                trustedAuthoritiesPEM: authority.certificate.pem))
        return try await TestClient.open(
            port: port, tls: context, version: version, proxyHeader: proxyHeader)
    }

    /// Opens a connection and sends CONNECT.
    func connect(
        _ credential: IssuedCredential, clientID: String, version: MQTTVersion = .v5, cleanStart: Bool = true,
        will: MQTTWill? = nil, properties: MQTTProperties = MQTTProperties()
    ) async throws -> TestClient {
        let client = try await open(credential, version: version)
        try await client.connect(
            clientID, cleanStart: cleanStart, will: will, properties: properties)
        return client
    }
}

/// Keeps what happened.
final class RecordingObserver: GatewayObserver {
    private let events = Mutex<[GatewayEvent]>([])

    func observe(_ event: GatewayEvent) {
        events.withLock { $0.append(event) }
    }

    var refusals: [RefusalReport] {
        events.withLock { $0.compactMap { if case .refused(let report) = $0 { report } else { nil } } }
    }

    var denials: [DenialReport] {
        events.withLock { $0.compactMap { if case .denied(let report) = $0 { report } else { nil } } }
    }

    var disconnections: [DisconnectReport] {
        events.withLock {
            $0.compactMap {
                if case .disconnected(let report) = $0 { report } else { nil }
            }
        }
    }

    var certificateReports: [ServerCertificateReport] {
        events.withLock {
            $0.compactMap { if case .serverCertificate(let report) = $0 { report } else { nil } }
        }
    }

    /// Waits, ten seconds at most, until `condition` holds.
    func wait(until condition: @Sendable (RecordingObserver) -> Bool) async -> Bool {
        for _ in 0..<1000 {
            if condition(self) { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return condition(self)
    }
}
