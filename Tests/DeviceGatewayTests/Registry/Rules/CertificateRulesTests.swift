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

    @Test func keepsARevokedCertificateThatWouldComeBack() async throws {
        let registry = try await emptyRegistry()
        let authority = try TestAuthority()
        let certificate = try authority.device("lamp")
        try await registry.registerAuthority(
            certificate: authority.certificate,
            autoRegistration: .commonName(ProvisioningTemplate(policyNames: [])),
            now: registrationTime)
        try await registry.register(certificate: certificate, status: .revoked, now: registrationTime)
        #expect(
            await refusal { try await registry.removeCertificate(certificate.id) } == .inUse)
        // Turned on again, it would admit what is unknown by then.
        try await registry.setAutoRegistration(ofAuthority: authority.id, to: nil)
        #expect(
            await refusal { try await registry.removeCertificate(certificate.id) } == .inUse)
        try await registry.setAuthority(authority.id, isActive: false)
        try await registry.removeAuthority(authority.id)
        try await registry.removeCertificate(certificate.id)
        #expect(registry.certificate(certificate.id) == nil)
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
