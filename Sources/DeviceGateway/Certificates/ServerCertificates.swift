import GatewayTLS
import Logging
import NIOCore
import Synchronization
import X509Auth

/// What a gateway presents to devices: replaced while it runs, watched for its end.
final class ServerCertificates: Sendable {
    let context: TLSContext

    private struct State {
        var endpoint: TLSEndpoint
        var watch: CertificateExpiryWatch
    }

    let core: GatewayCore
    private let state: Mutex<State>

    /// - Throws: ``GatewayError`` with `.invalidConfiguration` or `.tls`.
    init(_ endpoint: TLSEndpoint, core: GatewayCore) throws(GatewayError) {
        self.core = core
        let plan = try Self.plan(endpoint, core)
        do {
            context = try TLSContext(
                domains: plan.domains, defaultDomain: EndpointDomains.defaultName,
                unknownServerName: plan.unknownServerName, now: { core.clock.now().unixSeconds })
        } catch {
            throw GatewayError(.tls, "the TLS endpoint cannot work: \(error)")
        }
        Self.record(plan, core)
        state = Mutex(State(endpoint: endpoint, watch: CertificateExpiryWatch(plan.credentials)))
    }

    /// What is presented now.
    var endpoint: TLSEndpoint { state.withLock { $0.endpoint } }

    /// Puts other settings in the place of those in force, for connections that begin from now on.
    ///
    /// - Parameter change: makes the new settings of the old.
    /// - Throws: ``GatewayError``; then the old ones stay in force.
    func replace(_ change: (inout TLSEndpoint) -> Void) throws(GatewayError) {
        let result = state.withLock { state in
            Result { () throws(GatewayError) in
                var endpoint = state.endpoint
                change(&endpoint)
                let plan = try Self.plan(endpoint, core)
                try Self.check(plan, now: core.clock.now().unixSeconds)
                do {
                    try context.replace(
                        domains: plan.domains, defaultDomain: EndpointDomains.defaultName,
                        unknownServerName: plan.unknownServerName)
                } catch {
                    throw GatewayError(
                        .tls, "the new TLS settings cannot work, the old ones stay in force: \(error)")
                }
                Self.record(plan, core)
                state.endpoint = endpoint
                state.watch.replace(plan.credentials)
            }
        }
        try result.get()
        core.logger.info("TLS settings replaced; they hold for connections from now on")
        inspect()
    }

    /// Tells of certificates and OCSP responses that end soon, or have ended; of each once for every step.
    func inspect() {
        let now = core.clock.now().unixSeconds
        let reports = state.withLock { $0.watch.due(at: now) }
        for report in reports { core.report(.serverCertificate(report)) }
    }

    private static func record(_ plan: EndpointDomains, _ core: GatewayCore) {
        for (domain, credential) in plan.credentials {
            core.metrics.record(notAfter: credential.notAfter, domain: domain, keyKind: credential.keyKind)
        }
    }

    private static func plan(_ endpoint: TLSEndpoint, _ core: GatewayCore) throws(GatewayError)
        -> EndpointDomains
    {
        try EndpointDomains(endpoint) { peer in
            switch core.admission.judge(peer, now: core.clock.now().unixSeconds) {
            case .registered, .firstSight: .accept
            case .rejected(let rejection): .reject(alert: rejection.alert)
            }
        }
    }

    /// At start an expired certificate is served and reported, since devices without a clock still take it. In
    /// the place of one that works it has no business.
    private static func check(_ plan: EndpointDomains, now: Int64) throws(GatewayError) {
        for (_, credential) in plan.credentials {
            do {
                try credential.check(at: now)
            } catch {
                throw GatewayError(.tls, "the old TLS settings stay in force: \(error.message)")
            }
        }
    }
}
