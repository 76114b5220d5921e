import DeviceGateway
import Testing
import X509Auth

@Suite struct TrustRollbackTests {
    private let store = InMemoryRegistryStore()
    private let authority: TestAuthority
    private let devices: [X509Certificate]

    init() throws {
        authority = try TestAuthority()
        devices = try (0..<4).map { [authority] in try authority.device("d\($0)") }
    }

    private func registry(limits: RegistryLimits = .default) async throws -> DeviceRegistry {
        let registry = try await DeviceRegistry.open(store: store, limits: limits)
        try await registry.registerAuthority(
            certificate: authority.certificate, autoRegistration: .pendingActivation, now: registrationTime)
        for device in devices.dropLast() {
            try await registry.register(certificate: device, now: registrationTime)
        }
        return registry
    }

    @Test func statusesAuthoritiesAndListsComeBack() async throws {
        let registry = try await registry()
        try await registry.loadRevocationList(try authority.list(1))
        let version = registry.trustVersion
        let before = (registry.allCertificates, registry.allAuthorities)

        try await registry.setStatus(of: devices[0].id, to: .inactive)
        try await registry.setRevocationMode(ofAuthority: authority.id, to: .hard)
        try await registry.loadRevocationList(try authority.list(2, revoking: devices))
        try await registry.setAutoRegistration(ofAuthority: authority.id, to: nil)
        try await registry.setAuthority(authority.id, isActive: false)
        let outcome = try await registry.rollBackTrust(to: version)

        #expect(outcome.stillRevoked.isEmpty && outcome.deactivated.isEmpty)
        #expect(outcome.version == registry.trustVersion)
        #expect(registry.allCertificates == before.0 && registry.allAuthorities == before.1)
        #expect(registry.revocationLists(of: authority.id).map(\.number?.decimal) == ["1"])
        let reopened = try await DeviceRegistry.open(store: store)
        #expect(reopened.allCertificates == before.0 && reopened.allAuthorities == before.1)
        #expect(reopened.revocationLists(of: authority.id).map(\.number?.decimal) == ["1"])
    }

    @Test func aRemovedAuthorityComesBackWithItsLists() async throws {
        let registry = try await registry()
        try await registry.loadRevocationList(try authority.list(1))
        let version = registry.trustVersion
        try await registry.setAuthority(authority.id, isActive: false)
        try await registry.removeAuthority(authority.id)
        _ = try await registry.rollBackTrust(to: version)
        #expect(registry.authority(authority.id)?.isActive == true)
        let reopened = try await DeviceRegistry.open(store: store)
        #expect(reopened.revocationLists(of: authority.id).count == 1)
    }

    @Test func revokedStaysRevokedAndNewcomersBecomeInactive() async throws {
        let registry = try await registry()
        try await registry.setStatus(of: devices[1].id, to: .inactive)
        let version = registry.trustVersion
        try await registry.setStatus(of: devices[1].id, to: .active)
        try await registry.setStatus(of: devices[0].id, to: .revoked)
        try await registry.register(certificate: devices[3], now: registrationTime)
        let outcome = try await registry.rollBackTrust(to: version)
        #expect(outcome.stillRevoked == [devices[0].id])
        #expect(outcome.deactivated == [devices[3].id])
        #expect(
            devices.map { registry.certificate($0.id)?.status } == [.revoked, .inactive, .active, .inactive])
        // Going back is a change, too, and can be gone back on.
        _ = try await registry.rollBackTrust(to: outcome.version - 1)
        #expect(
            devices.map { registry.certificate($0.id)?.status } == [.revoked, .active, .active, .active])
    }

    @Test func whatWasForgottenDoesNotComeBackAsUnknown() async throws {
        let registry = try await registry()
        let version = registry.trustVersion
        try await registry.setStatus(of: devices[0].id, to: .revoked)
        try await registry.setAuthority(authority.id, isActive: false)
        try await registry.removeAuthority(authority.id)
        try await registry.removeCertificate(devices[0].id)
        _ = try await registry.rollBackTrust(to: version)
        #expect(registry.authority(authority.id)?.isActive == true)
        let verdict = X509Authenticator(trust: registry).judge(
            leaf: devices[0].der, chain: [], now: registrationTime + 1)
        guard case .rejected = verdict else { Issue.record("\(verdict)"); return }
    }

    @Test func manyRegistrationsAreTakenBackLatestFirst() async throws {
        let registry = try await registry()
        let version = registry.trustVersion
        try await registry.setStatus(of: devices[0].id, to: .inactive)
        let newcomers = try (0..<300).map { try authority.device("n\($0)") }
        for newcomer in newcomers {
            try await registry.register(certificate: newcomer, now: registrationTime)
        }
        let outcome = try await registry.rollBackTrust(to: version)
        #expect(outcome.deactivated == newcomers.map(\.id).sorted())
        #expect(registry.certificate(devices[0].id)?.status == .active)
    }

    @Test func registrationsAloneMakeNoVersion() async throws {
        let registry = try await registry()
        let version = registry.trustVersion
        try await registry.register(certificate: devices[3], now: registrationTime)
        #expect(registry.trustVersion == version)
    }

    @Test func keepsABoundedNumberOfVersions() async throws {
        var limits = RegistryLimits.default
        limits.trustVersions = 3
        let registry = try await registry(limits: limits)
        for number in 0..<8 {
            try await registry.setStatus(of: devices[0].id, to: number % 2 == 0 ? .inactive : .active)
        }
        #expect(registry.earlierTrustVersions.count == 3)
        #expect(await refusal { _ = try await registry.rollBackTrust(to: 1) } == .unknownVersion)
        #expect(await refusal { _ = try await registry.rollBackTrust(to: 999) } == .unknownVersion)
    }

    @Test func boundsTheChangesItHolds() async throws {
        var limits = RegistryLimits.default
        limits.trustHistoryEntries = 2
        let registry = try await registry(limits: limits)
        for status in [CertificateStatus.inactive, .active, .inactive, .active] {
            try await registry.setStatus(of: devices[0].id, to: status)
        }
        #expect(registry.earlierTrustVersions.count <= 2)
    }
}
