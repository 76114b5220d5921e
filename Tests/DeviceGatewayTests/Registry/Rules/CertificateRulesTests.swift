import DeviceGateway
import Testing
import X509Auth

@Suite struct CertificateRulesTests {
    @Test func registersOnce() async throws {
        let registry = try await emptyRegistry()
        let certificate = try TestAuthority().device("lamp")
        let record = try await registry.register(certificate: certificate, now: registrationTime)
        #expect(record == registry.certificate(certificate.id))
        #expect(record.status == .active)
        #expect(try await registry.certificateDER(record.id) == certificate.der)
        #expect(record.notAfter == certificate.notAfter)
        #expect(record.registeredAt == registrationTime)
        #expect(
            await refusal { try await registry.register(certificate: certificate, now: registrationTime) }
                == .alreadyExists)
    }

    @Test func namesTheAuthorityThatIssuedIt() async throws {
        let registry = try await emptyRegistry()
        let (factory, other) = (try TestAuthority("Factory"), try TestAuthority("Other"))
        let certificate = try factory.device("lamp")
        #expect(
            await refusal {
                try await registry.register(
                    certificate: certificate, authority: factory.id, now: registrationTime)
            } == .notFound)
        for authority in [factory, other] {
            try await registry.registerAuthority(
                certificate: authority.certificate, autoRegistration: nil, now: registrationTime)
        }
        #expect(
            await refusal {
                try await registry.register(
                    certificate: certificate, authority: other.id, now: registrationTime)
            } == .invalidCertificate)
        let record = try await registry.register(
            certificate: certificate, authority: factory.id, now: registrationTime)
        #expect(record.authority == factory.id)
    }

    @Test func revokedIsFinal() async throws {
        let registry = try await emptyRegistry()
        let certificate = try TestAuthority().device("lamp")
        try await registry.register(certificate: certificate, now: registrationTime)
        try await registry.setStatus(of: certificate.id, to: .revoked)
        for status in CertificateStatus.allCases where status != .revoked {
            #expect(
                await refusal { try await registry.setStatus(of: certificate.id, to: status) }
                    == .invalidTransition)
        }
        #expect(try await registry.setStatus(of: certificate.id, to: .revoked).status == .revoked)
        #expect(
            await refusal { try await registry.register(certificate: certificate, now: registrationTime) }
                == .alreadyExists)
        #expect(registry.certificate(certificate.id)?.status == .revoked)
    }

    /// AWS IoT API, UpdateCertificate: PENDING_TRANSFER and PENDING_ACTIVATION cannot be set;
    /// REGISTER_INACTIVE is deprecated.
    @Test(arguments: CertificateStatus.allCases)
    func onlySomeStatusesAreSetByHand(_ status: CertificateStatus) async throws {
        let registry = try await emptyRegistry()
        let authority = try TestAuthority()
        let (known, new) = (try authority.device("known"), try authority.device("new"))
        try await registry.register(certificate: known, status: .inactive, now: registrationTime)
        let expected: RegistryError.Code? =
            [.active, .inactive, .revoked].contains(status) ? nil : .invalidTransition
        #expect(
            await refusal { try await registry.setStatus(of: known.id, to: status) } == expected)
        #expect(
            await refusal {
                try await registry.register(certificate: new, status: status, now: registrationTime)
            } == expected)
    }

    @Test func settingTheStatusItHasChangesNothing() async throws {
        let registry = try await emptyRegistry()
        let certificate = try TestAuthority().device("lamp")
        try await registry.register(certificate: certificate, now: registrationTime)
        let generation = registry.generation
        try await registry.setStatus(of: certificate.id, to: .active)
        #expect(registry.generation == generation)
    }

    @Test func keepsItsAttachmentsThroughChangesOfStatus() async throws {
        let registry = try await emptyRegistry()
        let certificate = try TestAuthority().device("lamp")
        try await registry.register(certificate: certificate, now: registrationTime)
        try await registry.createThing(ThingRecord(name: "lamp"))
        try await registry.attach(thing: "lamp", to: certificate.id)
        try await registry.setStatus(of: certificate.id, to: .inactive)
        #expect(registry.things(attachedTo: certificate.id).map(\.name) == ["lamp"])
    }

    /// AWS IoT API, DeleteCertificate: not while ACTIVE, nor while anything is attached, unless forced.
    @Test func removesOnlyWhatIsIdle() async throws {
        let registry = try await emptyRegistry()
        let certificate = try TestAuthority().device("lamp")
        try await registry.register(certificate: certificate, now: registrationTime)
        try await registry.createThing(ThingRecord(name: "lamp"))
        try await registry.putPolicy(name: "p", text: policyText())
        try await registry.attach(thing: "lamp", to: certificate.id)
        try await registry.attachPolicy("p", to: certificate.id)
        #expect(
            await refusal { try await registry.removeCertificate(certificate.id, detaching: true) } == .inUse)
        try await registry.setStatus(of: certificate.id, to: .inactive)
        #expect(
            await refusal { try await registry.removeCertificate(certificate.id) } == .inUse)
        try await registry.removeCertificate(certificate.id, detaching: true)
        #expect(registry.certificate(certificate.id) == nil)
        #expect(registry.certificates(attachedTo: "lamp").isEmpty)
        #expect(registry.policyTargets("p").isEmpty)
        #expect(
            !registry.isKnown(
                issuerDER: certificate.issuerDER, serialNumber: certificate.serialNumber.bytes))
        #expect(
            await refusal { try await registry.removeCertificate(certificate.id) } == .notFound)
    }

    /// REVOKED is final, also for a certificate that is removed: by hand, at first sight, after going back, after a
    /// start, in its own bytes and in others.
    @Test func aRevokedCertificateThatIsRemovedStaysOut() async throws {
        let lamp = try await RevokedLamp()
        let (authority, certificate, twin) = (lamp.authority, lamp.certificate, lamp.twin)
        var registry = lamp.registry
        try await registry.removeCertificate(certificate.id)
        #expect(registry.certificate(certificate.id) == nil)
        _ = try await registry.rollBackTrust(to: lamp.whenActive)
        #expect(registry.certificate(certificate.id) == nil)

        let template = try ProvisioningTemplateDocument(json: ProvisioningRulesTests.template())
        for way: AutoRegistration in [
            .pendingActivation, .commonName(ProvisioningTemplate(policyNames: ["p"])), .template(template),
        ] {
            try await registry.setAutoRegistration(ofAuthority: authority.id, to: way)
            for device in [certificate, twin] {
                let current = registry
                // The copy's signature is its own: only the authority's word for the original can be asked.
                for issuer in device.id == certificate.id ? [authority.id, nil] : [nil] {
                    let code = await refusal {
                        try await current.register(
                            certificate: device, authority: issuer, now: registrationTime)
                    }
                    #expect(code == .revoked)
                }
                let code = await refusal {
                    try await current.admitFirstSight(
                        device, authority: authority.id, now: registrationTime)
                }
                #expect(code == .revoked)
                guard
                    case .rejected = X509Authenticator(trust: registry).judge(
                        leaf: device.der, chain: [], now: registrationTime + 1)
                else {
                    Issue.record("admitted by \(way)")
                    continue
                }
            }
            registry = try await DeviceRegistry.open(store: lamp.store)
        }
        // Others of its authority are not barred.
        try await registry.register(certificate: try authority.device("lamp"), now: registrationTime)
    }

    /// Revocation lists of the authority that signed a certificate apply, not those of a namesake.
    @Test func recordsTheAuthorityThatSigned() async throws {
        let registry = try await emptyRegistry()
        let (one, two) = (try TestAuthority("Same"), try TestAuthority("Same"))
        let early = try two.device("early")
        try await registry.register(certificate: early, now: registrationTime)
        for authority in [one, two] {
            try await registry.registerAuthority(
                certificate: authority.certificate, autoRegistration: nil, revocationMode: .hard,
                now: registrationTime)
        }
        let (ofOne, ofTwo) = (try one.device("a"), try two.device("b"))
        for device in [ofOne, ofTwo] {
            try await registry.register(certificate: device, now: registrationTime)
        }
        #expect(registry.certificate(ofOne.id)?.authority == one.id)
        #expect(registry.certificate(ofTwo.id)?.authority == two.id)
        func isAdmitted(_ device: X509Certificate) -> Bool {
            let verdict = X509Authenticator(trust: registry).judge(
                leaf: device.der, chain: [], now: registrationTime + 1)
            guard case .registered = verdict else { return false }
            return true
        }
        #expect(!isAdmitted(ofOne) && !isAdmitted(ofTwo) && !isAdmitted(early))
        // Without a list the second, which is hard, admits nobody; the first is none of its devices' business.
        try await registry.setRevocationMode(ofAuthority: one.id, to: .none)
        #expect(isAdmitted(ofOne) && !isAdmitted(ofTwo) && !isAdmitted(early))
        try await registry.setRevocationMode(ofAuthority: one.id, to: .hard)
        try await registry.setRevocationMode(ofAuthority: two.id, to: .none)
        // Who signed the one that came before its authority is not recorded: each of that name may have.
        #expect(!isAdmitted(ofOne) && isAdmitted(ofTwo) && !isAdmitted(early))
    }

    @Test func boundsCertificates() async throws {
        var limits = RegistryLimits.default
        limits.certificates = 1
        let registry = try await emptyRegistry(limits: limits)
        let authority = try TestAuthority()
        try await registry.register(certificate: try authority.device("one"), now: registrationTime)
        let second = try authority.device("two")
        #expect(
            await refusal { try await registry.register(certificate: second, now: registrationTime) }
                == .limitExceeded)
    }
}
