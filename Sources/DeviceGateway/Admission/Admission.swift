import GatewayTLS
import IoTPolicy
import MQTTCodec
import X509Auth

/// Authenticates and authorises: inside the handshake, at CONNECT, and again whenever the registry changes.
///
/// Whatever fails, is missing or is not understood refuses.
struct Admission: Sendable {
    let registry: DeviceRegistry
    let authenticator: X509Authenticator
    let scope: ARNScope
    let anonymousPolicies: [String]
    let registrations = RegistrationAnnouncer()
    private let firstSights = FirstSights()
    private let responders: ResponderCheck?

    init(
        registry: DeviceRegistry, configuration: GatewayConfiguration,
        clock: any GatewayClock = SystemGatewayClock()
    ) {
        self.registry = registry
        authenticator = X509Authenticator(trust: registry)
        responders = ResponderCheck(configuration.clientOCSP, registry: registry, clock: clock)
        scope = configuration.scope
        anonymousPolicies = configuration.plaintext?.anonymousPolicies ?? []
    }

    // MARK: In the handshake

    /// The synchronous verdict on a client's certificate. A TLS 1.3 client does not wait for it and a resumed
    /// session never asks for it, so ``admit(_:now:)`` judges again.
    ///
    /// A device that waits for its activation is let through here, as one seen for the first time is, and refused at
    /// CONNECT: only by then has it proved that it has the certificate's key, and anybody may have the certificate.
    func judge(_ peer: TLSPeerCertificates, now: Int64) -> X509Verdict {
        let verdict = authenticator.judge(leaf: peer.leaf, chain: peer.chain, now: now)
        switch verdict {
        case .firstSight(let id, let authority): firstSights.note(id, authority: authority)
        case .rejected(let rejection) where rejection.reason == .inactive(.pendingActivation):
            return .registered(CertificateID(der: peer.leaf))
        case .rejected, .registered: break
        }
        return verdict
    }

    /// Whether a certificate is registered and may be used now.
    func accepts(_ id: CertificateID, now: Int64) -> Bool {
        guard let record = registry.registeredCertificate(id) else { return false }
        if case .rejected = authenticator.judge(record, now: now) { return false }
        return true
    }

    // MARK: At CONNECT

    /// Decides without waiting, or returns `nil` when a certificate is seen for the first time and has to be
    /// registered, which waits for the store, or when its CA's OCSP responder has to be asked: then call
    /// ``admitFirstSight(_:now:)``.
    ///
    /// - Parameter hasWaited: Whether that was done.
    func admit(
        _ request: AdmissionRequest, now: Int64, hasWaited: Bool = false
    ) -> AdmissionDecision? {
        switch request.endpoint {
        case .plaintext:
            return admitAnonymous(request, now: now)
        case .mutualTLS(let evidence):
            guard let peer = evidence.peer else {
                return .refused(
                    AdmissionRefusal(
                        reason: .certificate, reasonCode: .notAuthorized,
                        message:
                            "the device sent no certificate; give it one with `device-gateway device add`"))
            }
            let id = CertificateID(der: peer.leaf)
            // Not registered: building its path again is left to whoever registers it.
            guard let record = registry.registeredCertificate(id) else { return nil }
            if case .rejected(let rejection) = authenticator.judge(record, now: now) {
                if rejection.reason == .inactive(.pendingActivation) { announce(id, now: now) }
                return .refused(
                    AdmissionRefusal(
                        reason: .certificate, reasonCode: .notAuthorized, message: rejection.message))
            }
            if let responders, !hasWaited, responders.mustAsk(record, now: now) { return nil }
            return admitRegistered(id, leaf: peer.leaf, evidence: evidence, request: request, now: now)
        }
    }

    /// Asks the CA's OCSP responder where that is wanted, registers a certificate of a CA with an auto-provisioning
    /// template, then decides.
    func admitFirstSight(_ request: AdmissionRequest, now: Int64) async -> AdmissionDecision {
        guard case .mutualTLS(let evidence) = request.endpoint, let peer = evidence.peer else {
            return .refused(.notAuthenticated)
        }
        let id = CertificateID(der: peer.leaf)
        // A resumed session was not judged in its handshake.
        if !evidence.wasResumed, let authority = firstSights.take(id) {
            return await register(peer.leaf, authority: authority, request, evidence, now: now)
        }
        switch authenticator.judge(leaf: peer.leaf, chain: peer.chain, now: now) {
        case .registered(let id):
            if let responders, let authority = registry.registeredCertificate(id)?.authority,
                let refusal = await responders.refusal(of: peer.leaf, authority: authority)
            {
                return .refused(refusal)
            }
            return admitRegistered(id, leaf: peer.leaf, evidence: evidence, request: request, now: now)
        case .rejected(let rejection):
            return .refused(
                AdmissionRefusal(reason: .certificate, reasonCode: .notAuthorized, message: rejection.message)
            )
        case .firstSight(_, let authority):
            return await register(peer.leaf, authority: authority, request, evidence, now: now)
        }
    }

    private func register(
        _ leaf: [UInt8], authority: CertificateID, _ request: AdmissionRequest, _ evidence: TLSEvidence,
        now: Int64
    ) async -> AdmissionDecision {
        // First: a device that is refused for good leaves nothing behind.
        guard registry.authority(authority)?.mode != .sniOnly || evidence.serverName != nil else {
            return .refused(.namedNoServer(CertificateID(der: leaf)))
        }
        if let responders, let refusal = await responders.refusal(of: leaf, authority: authority) {
            return .refused(refusal)
        }
        do {
            let certificate = try X509Certificate(der: leaf)
            let record = try await registry.admitFirstSight(certificate, authority: authority, now: now)
            guard record.status != .pendingActivation else {
                announce(record.id, now: now)
                return .refused(
                    AdmissionRefusal(
                        reason: .certificate, reasonCode: .notAuthorized,
                        message:
                            "certificate \(record.id) is PENDING_ACTIVATION; activate it if the device is to "
                            + "connect"))
            }
            return admitRegistered(record.id, leaf: leaf, evidence: evidence, request: request, now: now)
        } catch let error as RegistryError {
            return .refused(
                AdmissionRefusal(
                    reason: .certificate, reasonCode: .notAuthorized,
                    message: "the certificate could not be registered on first sight: \(error)"))
        } catch {
            return .refused(.notAuthenticated)
        }
    }

    private func admitRegistered(
        _ id: CertificateID, leaf: [UInt8], evidence: TLSEvidence, request: AdmissionRequest, now: Int64
    ) -> AdmissionDecision {
        guard let record = registry.certificate(id), record.status == .active else {
            return .refused(.notAuthenticated)
        }
        guard record.mode != .sniOnly || evidence.serverName != nil else {
            return .refused(.namedNoServer(id))
        }
        let associated = registry.associatedThing(of: id, clientID: request.clientID)
        var context = PolicyContext(request: request, scope: scope, now: now)
        context.domainName = evidence.serverName
        context.thing = associated.map { ThingContext($0.thing, isExclusive: $0.isExclusive) }
        let policies = registry.compiledPolicies(attachedTo: id)
        context.certificate =
            policies.readsCertificate
            ? (try? X509Certificate(der: leaf)).map { CertificateContext($0) }
            : CertificateContext(id: id.string)
        return decide(
            request, principal: .certificate(id), thing: associated?.thing, context: context,
            policies: policies,
            notAfter: record.notAfter)
    }

    private func admitAnonymous(_ request: AdmissionRequest, now: Int64) -> AdmissionDecision {
        guard !request.hasPassword else {
            // Nothing here can verify it, and an unverified password must not look like a verified one.
            return .refused(
                AdmissionRefusal(
                    reason: .badCredentials, reasonCode: .badUserNameOrPassword,
                    message: "a password was sent to the plaintext endpoint, where nothing can verify it; "
                        + "connect without one, or with a certificate on the TLS endpoint"))
        }
        guard !anonymousPolicies.isEmpty else {
            return .refused(
                AdmissionRefusal(
                    reason: .notAuthorized, reasonCode: .notAuthorized,
                    message: "anonymous clients have no policy; name one in plaintext.anonymous-policies"))
        }
        guard let policies = registry.compiledPolicies(named: anonymousPolicies) else {
            return .refused(
                AdmissionRefusal(
                    reason: .notAuthorized, reasonCode: .notAuthorized,
                    message: "a policy named in plaintext.anonymous-policies does not exist: "
                        + anonymousPolicies.joined(separator: ", ")))
        }
        return decide(
            request, principal: .anonymous, thing: nil,
            context: PolicyContext(request: request, scope: scope, now: now),
            policies: policies, notAfter: nil)
    }

    private func decide(
        _ request: AdmissionRequest, principal: Principal, thing: ThingRecord?, context: PolicyContext,
        policies: PolicySet, notAfter: Int64?
    ) -> AdmissionDecision {
        let policy = policies.specialized(for: context, scope: scope)
        let verdict = policy.authorize(
            .connect(
                clientID: request.clientID, willTopic: request.willTopic, willRetain: request.willRetain))
        let identity = DeviceIdentity(
            principal: principal, thing: thing, context: context, policy: policy, notAfter: notAfter)
        guard let grant = Self.grant(identity, verdict: verdict) else {
            let action = verdict.deniedAction ?? .connect
            let explanation = policy.explain(action, verdict.deniedName ?? request.clientID)
            return .refused(
                AdmissionRefusal(
                    reason: .notAuthorized, reasonCode: .notAuthorized, message: explanation.summary,
                    explanation: explanation))
        }
        return .admitted(grant)
    }

    /// Tells of a device that waits for its activation, each time it tries.
    private func announce(_ id: CertificateID, now: Int64) {
        guard let record = registry.certificate(id), record.status == .pendingActivation,
            let authority = record.authority
        else { return }
        registrations.announce(
            CertificateRegistration(
                certificate: id, authority: authority, status: record.status,
                registeredAt: record.registeredAt),
            now: now)
    }

    // MARK: Again

    /// Judges a live connection by the registry as it is now.
    ///
    /// - Parameter leaf: the device's certificate, for policies that ask for what is in it and did not at
    ///   CONNECT; without it what they ask for has no value.
    func rejudge(_ identity: DeviceIdentity, leaf: [UInt8]? = nil, now: Int64) -> Rejudgement {
        let policies: PolicySet
        var context = identity.context
        var thing: ThingRecord?
        switch identity.principal {
        case .host:
            return .stands(identity)
        case .anonymous:
            guard let named = registry.compiledPolicies(named: anonymousPolicies) else {
                return .revoked(message: "a policy of the plaintext endpoint was removed", explanation: nil)
            }
            policies = named
        case .certificate(let id):
            guard let record = registry.registeredCertificate(id) else {
                return .revoked(message: "certificate \(id) is no longer registered", explanation: nil)
            }
            if case .rejected(let rejection) = authenticator.judge(record, now: now) {
                return .revoked(message: rejection.message, explanation: nil)
            }
            policies = registry.compiledPolicies(attachedTo: id)
            let associated = registry.associatedThing(of: id, clientID: context.clientID ?? "")
            thing = associated?.thing
            context.thing = associated.map { ThingContext($0.thing, isExclusive: $0.isExclusive) }
            // At CONNECT it was left out if no policy asked for it then.
            if policies.readsCertificate, context.certificate?.serialNumber == nil {
                guard let leaf, CertificateID(der: leaf) == id,
                    let certificate = try? X509Certificate(der: leaf)
                else {
                    // A denial that cannot be evaluated must not be passed over.
                    return .revoked(
                        message: "a policy asks for what is in certificate \(id), which is no longer at hand",
                        explanation: nil)
                }
                context.certificate = CertificateContext(certificate)
            }
        }
        let policy = policies.specialized(for: context, scope: scope)
        let clientID = context.clientID ?? ""
        guard policy.decide(.connect, clientID, at: now).isAllowed else {
            let explanation = policy.explain(.connect, clientID)
            return .revoked(message: explanation.summary, explanation: explanation)
        }
        return .stands(
            DeviceIdentity(
                principal: identity.principal, thing: thing, context: context, policy: policy,
                notAfter: identity.notAfter))
    }

    /// Whether a Will may still be sent, by the registry as it is now. A certificate that was deactivated in the
    /// meantime says nothing more, not even that its device is gone.
    func mayPublishWill(_ topic: String, retain: Bool, of identity: DeviceIdentity, now: Int64) -> Bool {
        guard case .stands(let current) = rejudge(identity, now: now) else { return false }
        return current.policy.authorize(.publish(topic: topic, retain: retain), at: now).decision.isAllowed
    }
}

extension AdmissionRefusal {
    static let notAuthenticated = AdmissionRefusal(
        reason: .certificate, reasonCode: .notAuthorized, message: "the device could not be authenticated")

    static func namedNoServer(_ id: CertificateID) -> AdmissionRefusal {
        AdmissionRefusal(
            reason: .certificate, reasonCode: .notAuthorized,
            message:
                "certificate \(id), or its authority, is registered SNI_ONLY and the device named no server (SNI); let "
                + "it connect by the gateway's host name")
    }
}
