import HashTreeCollections
import MQTTCodec
import X509Auth

/// The OCSP check of a device that waits to be admitted.
struct ResponderCheck: Sendable {
    private let settings: ClientOCSP
    private let checker: OCSPChecker
    private let registry: DeviceRegistry

    /// `nil` where nobody is to be asked.
    init?(_ settings: ClientOCSP?, registry: DeviceRegistry, clock: any GatewayClock) {
        guard let settings, settings.mode != .none else { return nil }
        self.settings = settings
        self.registry = registry
        checker = OCSPChecker(
            environment: .init(
                fetch: settings.fetch, now: { clock.now().unixSeconds },
                sleep: { seconds in try? await Task.sleep(for: .seconds(seconds)) }),
            cacheCapacity: settings.cacheCapacity, maximumUnderWay: settings.maximumUnderWay)
    }

    /// Whether admitting the device has to wait for a responder. Certificates that no registered CA signed itself have
    /// nobody whose answer counts, and are admitted by the registry alone.
    func mustAsk(_ record: RegisteredCertificate, now: Int64) -> Bool {
        guard let authority = record.authority else { return false }
        // Of several with one name the certificate itself has to say which signed it; an answer about another's
        // certificate with its serial number says nothing.
        guard record.otherAuthorities.isEmpty else { return true }
        return checker.cachedStatus(issuer: authority, serialNumber: record.serialNumber, now: now) != .good
    }

    /// Asks; `nil`: admitted.
    func refusal(of leaf: [UInt8], authority: CertificateID) async -> AdmissionRefusal? {
        guard let certificate = try? X509Certificate(der: leaf) else { return .notAuthenticated }
        guard let registered = registry.read({ $0.authorities[authority]?.certificate }) else {
            // Removed; its registered devices stay, but nobody's answer about them can be verified any more.
            guard settings.mode == .hard else { return nil }
            return AdmissionRefusal(
                reason: .certificate, reasonCode: .notAuthorized,
                message:
                    "certificate \(certificate.id) cannot be checked by OCSP: its authority \(authority) is no "
                    + "longer registered; register it again, or set the OCSP mode to soft")
        }
        // Of several with one name, the one that signed it: another's responder knows nothing of it.
        let namesakes = registry.read { $0.authorities(subject: certificate.issuerDER) }
        let issuer =
            namesakes.count > 1
            ? namesakes.first { certificate.isSigned(by: $0.certificate) }?.certificate ?? registered
            : registered
        var policy = RevocationCheckStateMachine.Policy(mode: settings.mode)
        policy.timeout = settings.timeout
        policy.tolerance = settings.tolerance
        let rejection = await checker.rejection(
            of: certificate, issuer: issuer, responders: settings.responders(of: issuer.id), policy: policy)
        return rejection.map {
            AdmissionRefusal(reason: .certificate, reasonCode: .notAuthorized, message: $0.message)
        }
    }
}
