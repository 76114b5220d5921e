import GatewayTLS
import Metrics

/// The gateway's metrics, by their names in `Docs/Operations.md`.
final class GatewayMetrics: Sendable {
    private let publishesReceived = Counter(label: "device_gateway_publishes_received_total")
    private let publishesDelivered = Counter(label: "device_gateway_publishes_delivered_total")
    private let publishesDropped = Counter(label: "device_gateway_publishes_dropped_total")
    private let denials = Counter(label: "device_gateway_denials_total")
    private let connections = Gauge(label: "device_gateway_connections")

    func add(_ counters: LoopCounters) {
        if counters.publishesReceived > 0 { publishesReceived.increment(by: counters.publishesReceived) }
        if counters.publishesDelivered > 0 { publishesDelivered.increment(by: counters.publishesDelivered) }
        if counters.publishesDropped > 0 { publishesDropped.increment(by: counters.publishesDropped) }
        if counters.denials > 0 { denials.increment(by: counters.denials) }
    }

    func add(_ event: AcceptEvent, _ count: Int) {
        Counter(label: "device_gateway_accept_events_total", dimensions: [("event", event.rawValue)])
            .increment(by: Int64(count))
    }

    func record(connections count: Int) { connections.record(count) }

    /// When a server certificate ends, in Unix seconds.
    func record(notAfter: Int64, domain: String, keyKind: String) {
        Gauge(
            label: "device_gateway_server_certificate_not_after_seconds",
            dimensions: [("domain", domain), ("key", keyKind)]
        ).record(notAfter)
    }

    func refused(_ reason: RefusalReason) {
        Counter(label: "device_gateway_refusals_total", dimensions: [("reason", reason.rawValue)]).increment()
    }
}
