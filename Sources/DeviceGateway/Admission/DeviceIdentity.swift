import IoTPolicy
import X509Auth

/// What an admitted connection may do, and on whose account. Immutable; a change in the registry makes a
/// new one.
struct DeviceIdentity: Sendable {
    let principal: Principal
    /// The thing the connection is associated with, by AWS IoT's rule.
    let thing: ThingRecord?
    /// The facts the decision was made on, kept as they were at CONNECT for when it is made again.
    let context: PolicyContext
    /// The policies in force, specialised for this connection.
    let policy: ConnectionPolicy
    /// When the certificate ends, in seconds since 1970; `nil` without one.
    let notAfter: Int64?

    var certificate: CertificateID? {
        if case .certificate(let id) = principal { id } else { nil }
    }
}

/// Proof that a CONNECT was authenticated and authorised. Only ``Admission`` can make one, it cannot be
/// copied, and the broker opens no session without it.
struct AdmissionGrant: ~Copyable {
    let identity: DeviceIdentity

    fileprivate init(identity: DeviceIdentity) {
        self.identity = identity
    }
}

extension Admission {
    static func grant(_ identity: DeviceIdentity, verdict: MQTTVerdict) -> AdmissionGrant? {
        guard verdict.decision.isAllowed else { return nil }
        return AdmissionGrant(identity: identity)
    }
}
