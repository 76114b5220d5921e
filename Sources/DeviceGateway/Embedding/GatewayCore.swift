import BrokerCore
import GatewayTLS
import IoTPolicy
import Logging
import MQTTCodec
import NIOCore
import Synchronization
import X509Auth

/// What all connections of a gateway share. Immutable, or guarded inside.
final class GatewayCore: Sendable {
    let configuration: GatewayConfiguration
    let admission: Admission
    let broker: Broker
    let clock: any GatewayClock
    let logger: Logger
    let metrics = GatewayMetrics()
    let connections = LiveConnections()
    private let observers: [any GatewayObserver]
    private let nextConnectionID = Atomic<UInt64>(1)
    /// Who may connect, on both endpoints.
    let gate: SharedAcceptGate
    private let reportedCounters = Mutex(AcceptCounters())

    init(
        configuration: GatewayConfiguration, registry: DeviceRegistry, observers: [any GatewayObserver],
        logger: Logger, clock: any GatewayClock
    ) {
        self.configuration = configuration
        self.observers = observers
        self.logger = logger
        self.clock = clock
        gate = SharedAcceptGate(limits: TLSAcceptLimits(configuration.limits))
        admission = Admission(registry: registry, configuration: configuration, clock: clock)
        broker = Broker(configuration: configuration, admission: admission)
        admission.registrations.tell { [weak self] registration, now in
            self?.announce(registration, now: now)
        }
    }

    func makeConnectionID() -> UInt64 {
        nextConnectionID.wrappingAdd(1, ordering: .relaxed).oldValue
    }

    /// An identifier for a client that sent none; unguessable, since it names a session.
    func makeClientID() -> String {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<2).map { _ in String(generator.next(), radix: 36) }.joined()
        return "auto-\(random)"
    }

    var openConnectionCount: Int { gate.connectionCount }

    /// Hands on what has happened at the gate since the last call, whichever loop makes it.
    func reportCounters() {
        let changes = reportedCounters.withLock { reported in
            let counters = gate.counters
            defer { reported = counters }
            return counters.since(reported)
        }
        for (event, count) in changes { metrics.add(event, count) }
    }

    func report(_ event: GatewayEvent, isLogged: Bool = true) {
        if case .refused(let report) = event { metrics.refused(report.reason) }
        if isLogged { log(event) }
        for observer in observers { observer.observe(event) }
    }

    /// Tells observers and whoever subscribes to the reserved topic, as AWS IoT does.
    private func announce(_ registration: CertificateRegistration, now: Int64) {
        report(.registered(registration))
        let json = registration.json(account: configuration.scope.accountID, now: now)
        let message = BrokerMessage(
            topic: registration.topic, payload: ByteBuffer(string: json), qos: .atLeastOnce, retain: false,
            properties: MQTTProperties(), expiry: .never)
        var routes: [Route] = []
        var wakes = WakeList()
        _ = broker.publish(message, now: clock.now().instant, routes: &routes, wakes: &wakes)
        wakes.flush(current: nil)
    }

    private func log(_ event: GatewayEvent) {
        switch event {
        case .refused(let report):
            // A health check connects and leaves; that is no news.
            let isNews = report.reason != .peerClosed || report.clientID != nil || report.certificate != nil
            logger.log(
                level: isNews ? .info : .debug, "refused",
                metadata: [
                    "connection": "\(report.id)", "remote": "\(report.remoteAddress)",
                    "client": "\(LogText.escape(report.clientID ?? "-"))",
                    "certificate": "\(report.certificate?.string.prefix(12) ?? "-")",
                    "reason": "\(report.reason)", "detail": "\(LogText.escape(report.message))",
                ])
        case .denied(let report):
            logger.info(
                "denied",
                metadata: [
                    "connection": "\(report.connection.id)",
                    "client": "\(LogText.escape(report.connection.clientID))",
                    "certificate": "\(report.connection.certificate?.string.prefix(12) ?? "-")",
                    "thing": "\(report.connection.thingName ?? "-")",
                    "action": "\(report.action.policyAction)", "name": "\(LogText.escape(report.name))",
                    "detail": "\(LogText.escape(report.explanation.summary))",
                ])
        case .registered(let registration):
            logger.info(
                "registered",
                metadata: [
                    "certificate": "\(registration.certificate.string.prefix(12))",
                    "authority": "\(registration.authority.string.prefix(12))",
                    "status": "\(registration.status.rawValue)",
                ])
        case .connected(let summary):
            logger.debug(
                "connected",
                metadata: [
                    "connection": "\(summary.id)", "client": "\(LogText.escape(summary.clientID))",
                    "certificate": "\(summary.certificate?.string.prefix(12) ?? "-")",
                    "remote": "\(summary.remoteAddress)", "version": "\(summary.version)",
                ])
        case .disconnected(let report):
            // Ends that somebody decided on are news; clients that come and go are not.
            let isNews = report.reason != .clientInitiated && report.reason != .connectionLost
            logger.log(
                level: isNews ? .info : .debug, "disconnected",
                metadata: [
                    "connection": "\(report.connection.id)",
                    "client": "\(LogText.escape(report.connection.clientID))",
                    "certificate": "\(report.connection.certificate?.string.prefix(12) ?? "-")",
                    "reason": "\(report.reason)", "detail": "\(LogText.escape(report.message))",
                ])
        case .serverCertificate(let report):
            logger.log(
                level: report.isPressing ? .error : .warning, "server certificate",
                metadata: [
                    "domain": "\(LogText.escape(report.domain))", "problem": "\(report.problem)",
                    "detail": "\(LogText.escape(report.message))",
                ])
        }
    }
}
