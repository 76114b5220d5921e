import DeviceGateway
import Testing
import X509Auth

@Suite struct AuthorityRulesTests {
    @Test func registersAndChanges() async throws {
        let registry = try await emptyRegistry()
        let authority = try TestAuthority()
        try await registry.putPolicy(name: "p", text: policyText())
        let template = ProvisioningTemplate(policyNames: ["p"], status: .pendingActivation)
        let record = try await registry.registerAuthority(
            certificate: authority.certificate, autoRegistration: .commonName(template), now: registrationTime
        )
        #expect(record.isActive)
        #expect(record.autoRegistration == .commonName(template))
        #expect(registry.authority(authority.id) == record)
        #expect(registry.allAuthorities == [record])

        #expect(!(try await registry.setAuthority(authority.id, isActive: false).isActive))
        #expect(
            try await registry.setAutoRegistration(ofAuthority: authority.id, to: nil).autoRegistration == nil
        )
        let again = try await registry.registerAuthority(
            certificate: authority.certificate, autoRegistration: .commonName(template),
            now: registrationTime + 5)
        #expect(again == record)
    }

    @Test func refusesADeviceCertificate() async throws {
        let registry = try await emptyRegistry()
        let device = try TestAuthority().device("lamp")
        #expect(
            await refusal {
                try await registry.registerAuthority(
                    certificate: device, autoRegistration: nil, now: registrationTime)
            } == .invalidCertificate)
    }

    @Test func holdsTemplatesToTheirForm() async throws {
        let registry = try await emptyRegistry()
        let authority = try TestAuthority()
        try await registry.putPolicy(name: "p", text: policyText())
        let cases: [(ProvisioningTemplate, RegistryError.Code)] = [
            (ProvisioningTemplate(policyNames: ["missing"]), .notFound),
            (ProvisioningTemplate(policyNames: ["p", "p"]), .invalidTemplate),
            (ProvisioningTemplate(policyNames: ["p"], status: .revoked), .invalidTemplate),
            (ProvisioningTemplate(policyNames: ["p"], status: .pendingTransfer), .invalidTemplate),
            (ProvisioningTemplate(policyNames: ["p"], status: .registerInactive), .invalidTemplate),
        ]
        for (template, code) in cases {
            #expect(
                await refusal {
                    try await registry.registerAuthority(
                        certificate: authority.certificate, autoRegistration: .commonName(template),
                        now: registrationTime)
                } == code)
        }
        #expect(registry.allAuthorities.isEmpty)

        for number in 0..<11 { try await registry.putPolicy(name: "p\(number)", text: policyText()) }
        let tooMany = ProvisioningTemplate(policyNames: (0..<11).map { "p\($0)" })
        #expect(
            await refusal {
                try await registry.registerAuthority(
                    certificate: authority.certificate, autoRegistration: .commonName(tooMany),
                    now: registrationTime)
            } == .limitExceeded)
    }

    /// AWS IoT Core quota: at most 10 CA certificates with the same subject.
    @Test func boundsNamesakes() async throws {
        let registry = try await emptyRegistry()
        for _ in 0..<10 {
            try await registry.registerAuthority(
                certificate: try TestAuthority("Same").certificate, autoRegistration: nil,
                now: registrationTime)
        }
        let eleventh = try TestAuthority("Same").certificate
        #expect(
            await refusal {
                try await registry.registerAuthority(
                    certificate: eleventh, autoRegistration: nil, now: registrationTime)
            } == .limitExceeded)
    }

    /// AWS IoT API, DeleteCACertificate: only when inactive. Device certificates stay.
    @Test func removesOnlyWhatIsInactive() async throws {
        let registry = try await emptyRegistry()
        let authority = try TestAuthority()
        let device = try authority.device("lamp")
        try await registry.registerAuthority(
            certificate: authority.certificate, autoRegistration: nil, now: registrationTime)
        try await registry.register(certificate: device, authority: authority.id, now: registrationTime)
        #expect(
            await refusal { try await registry.removeAuthority(authority.id) }
                == .inUse)
        try await registry.setAuthority(authority.id, isActive: false)
        try await registry.removeAuthority(authority.id)
        #expect(registry.authority(authority.id) == nil)
        #expect(registry.registeredAuthorities(issuerDER: device.issuerDER, keyIdentifier: nil).isEmpty)
        #expect(registry.certificate(device.id)?.authority == authority.id)
    }
}
