import DeviceGateway
import Testing
import X509Auth

@Suite struct DeviceRegistryTrustSourceTests {
    @Test func showsStatusAndDates() async throws {
        let registry = try await emptyRegistry()
        let certificate = try TestAuthority().device("lamp")
        #expect(registry.registeredCertificate(certificate.id) == nil)
        try await registry.register(certificate: certificate, status: .inactive, now: registrationTime)
        #expect(
            registry.registeredCertificate(certificate.id)
                == RegisteredCertificate(certificate, status: .inactive))
    }

    @Test func findsAuthoritiesByNameAndKey() async throws {
        let registry = try await emptyRegistry()
        let (one, two) = (try TestAuthority("Same"), try TestAuthority("Same"))
        for authority in [one, two] {
            try await registry.registerAuthority(
                certificate: authority.certificate, autoRegistration: nil, now: registrationTime)
        }
        let device = try one.device("lamp")
        func found(_ keyIdentifier: [UInt8]?) -> Set<CertificateID> {
            Set(
                registry.registeredAuthorities(issuerDER: device.issuerDER, keyIdentifier: keyIdentifier)
                    .map(\.id))
        }
        #expect(found(nil) == [one.id, two.id])
        let identifier: [UInt8] = try #require(device.authorityKeyIdentifier)
        #expect(found(identifier) == [one.id])
        #expect(found([1, 2, 3]).isEmpty)
        #expect(registry.registeredAuthorities(issuerDER: [0x30, 0], keyIdentifier: nil).isEmpty)
    }

    @Test func showsWhoAdmitsUnknownDevices() async throws {
        let registry = try await emptyRegistry()
        let authority = try TestAuthority()
        try await registry.registerAuthority(
            certificate: authority.certificate, autoRegistration: nil, now: registrationTime)
        func shown() throws -> RegisteredAuthority {
            try #require(
                registry.registeredAuthorities(
                    issuerDER: authority.certificate.subjectDER, keyIdentifier: nil
                ).first)
        }
        #expect(!(try shown().allowsAutoRegistration))
        #expect(try shown().status == .active)
        try await registry.setAutoRegistration(
            ofAuthority: authority.id, to: .commonName(ProvisioningTemplate(policyNames: [])))
        try await registry.setAuthority(authority.id, isActive: false)
        #expect(try shown().allowsAutoRegistration)
        #expect(try shown().status == .inactive)
    }

    @Test func knowsWhatWasIssuedWhateverItsBytes() async throws {
        let registry = try await emptyRegistry()
        let authority = try TestAuthority()
        let (certificate, other) = (try authority.device("lamp"), try authority.device("lamp"))
        try await registry.register(certificate: certificate, status: .revoked, now: registrationTime)
        let twin = try certificate.twin()
        #expect(registry.isKnown(issuerDER: twin.issuerDER, serialNumber: twin.serialNumber.bytes))
        #expect(!registry.isKnown(issuerDER: other.issuerDER, serialNumber: other.serialNumber.bytes))
    }

    /// The authenticator over the registry: first sight, admitted, revoked.
    @Test func carriesTheAuthenticator() async throws {
        let registry = try await emptyRegistry()
        let authority = try TestAuthority()
        let certificate = try authority.device("lamp")
        try await registry.registerAuthority(
            certificate: authority.certificate,
            autoRegistration: .commonName(ProvisioningTemplate(policyNames: [])),
            now: registrationTime)
        let authenticator = X509Authenticator(trust: registry)
        func verdict() -> X509Verdict {
            authenticator.judge(
                leaf: certificate.der, chain: [authority.certificate.der], now: registrationTime + 1)
        }
        guard case .firstSight(certificate.id, authority: authority.id) = verdict() else {
            Issue.record("not seen as new: \(verdict())")
            return
        }
        try await registry.admitFirstSight(certificate, authority: authority.id, now: registrationTime)
        guard case .registered(certificate.id) = verdict() else {
            Issue.record("not seen as registered: \(verdict())")
            return
        }
        try await registry.setStatus(of: certificate.id, to: .revoked)
        guard case .rejected = verdict() else {
            Issue.record("not rejected: \(verdict())")
            return
        }
    }
}
