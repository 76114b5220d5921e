import DeviceGateway
import Testing
import X509Auth

@Suite struct RevocationRulesTests {
    private let store = InMemoryRegistryStore()
    private let registry: DeviceRegistry
    private let authority: TestAuthority
    private let certificate: X509Certificate
    private let other: X509Certificate

    init() async throws {
        registry = try await DeviceRegistry.open(store: store)
        authority = try TestAuthority()
        certificate = try authority.device("lamp")
        other = try authority.device("other")
        try await registry.registerAuthority(
            certificate: authority.certificate, autoRegistration: nil, now: registrationTime)
        for device in [certificate, other] {
            try await registry.register(certificate: device, now: registrationTime)
        }
    }

    private func reason(
        _ device: X509Certificate, in registry: DeviceRegistry? = nil, after seconds: Int64 = 1
    ) -> X509Rejection.Reason? {
        let verdict = X509Authenticator(trust: registry ?? self.registry).judge(
            leaf: device.der, chain: [], now: registrationTime + seconds)
        if case .rejected(let rejection) = verdict { return rejection.reason }
        return nil
    }

    @Test func aListCountsAsItsModeSays() async throws {
        try await registry.loadRevocationList(
            try authority.list(1, revoking: [certificate], until: registrationTime + 100))
        #expect(reason(certificate) == nil)
        for mode in [RevocationMode.soft, .hard] {
            try await registry.setRevocationMode(ofAuthority: authority.id, to: mode)
            #expect(reason(certificate) == .revokedByCRL)
            #expect(reason(other) == nil)
            #expect(reason(other, after: 100) == nil)
            #expect(reason(other, after: 101) == (mode == .hard ? .crlExpired : nil))
        }
        // And after a restart.
        let reopened = try await DeviceRegistry.open(store: store)
        #expect(reason(certificate, in: reopened) == .revokedByCRL)
        #expect(reopened.revocationLists(of: authority.id).map(\.number?.decimal) == ["1"])
    }

    /// Successive authorities may bear one name, and a certificate be registered without saying whose it is.
    @Test func anyNamesakesListCountsWhereTheAuthorityIsUnknown() async throws {
        let namesake = try TestAuthority()
        try await registry.registerAuthority(
            certificate: namesake.certificate, autoRegistration: nil, revocationMode: .soft,
            now: registrationTime)
        try await registry.setRevocationMode(ofAuthority: authority.id, to: .soft)
        let (its, named) = (try namesake.device("its"), try namesake.device("named"))
        try await registry.register(certificate: its, now: registrationTime)
        try await registry.register(certificate: named, authority: namesake.id, now: registrationTime)
        try await registry.loadRevocationList(try authority.list(1, revoking: [certificate, named]))
        try await registry.loadRevocationList(try namesake.list(1, revoking: [its]))
        #expect(reason(certificate) == .revokedByCRL && reason(its) == .revokedByCRL)
        #expect(reason(named) == nil && reason(other) == nil)
    }

    @Test func hardWithoutAListRefusesAll() async throws {
        try await registry.setRevocationMode(ofAuthority: authority.id, to: .hard)
        #expect(reason(other) == .crlMissing)
    }

    @Test func listsThatAreRemovedCountNoMore() async throws {
        try await registry.setRevocationMode(ofAuthority: authority.id, to: .hard)
        try await registry.loadRevocationList(try authority.list(2, revoking: [certificate]))
        let id = authority.id
        try await registry.write { transaction throws(RegistryError) in
            try transaction.removeRevocationLists(ofAuthority: id)
        }
        #expect(registry.revocationLists(of: id).isEmpty)
        #expect(reason(certificate) == .crlMissing)
    }

    /// An old list must not bring back who was revoked since.
    @Test func refusesAnOlderListUnlessForced() async throws {
        let (old, new) = (try authority.list(1), try authority.list(2, revoking: [certificate]))
        try await registry.setRevocationMode(ofAuthority: authority.id, to: .soft)
        try await registry.loadRevocationList(new)
        #expect(await refusal { try await registry.loadRevocationList(old) } == .staleList)
        #expect(reason(certificate) == .revokedByCRL)
        try await registry.loadRevocationList(old, forced: true)
        #expect(reason(certificate) == nil)
    }

    @Test func aDeltaAddsToItsCompleteList() async throws {
        try await registry.setRevocationMode(ofAuthority: authority.id, to: .hard)
        let delta = try authority.list(3, base: 2, revoking: [other])
        #expect(await refusal { try await registry.loadRevocationList(delta) } == .staleList)
        try await registry.loadRevocationList(try authority.list(2, revoking: [certificate]))
        try await registry.loadRevocationList(delta)
        #expect(reason(certificate) == .revokedByCRL && reason(other) == .revokedByCRL)
        #expect(registry.revocationLists(of: authority.id).map(\.isDelta) == [false, true])
    }

    @Test func refusesListsOfOthers() async throws {
        let stranger = try TestAuthority("Stranger")
        #expect(await refusal { try await registry.loadRevocationList(try stranger.list(1)) } == .notFound)
        // The same name, another key.
        let impostor = try TestAuthority()
        #expect(
            await refusal {
                try await registry.loadRevocationList(try impostor.list(1, revoking: [certificate]))
            } == .untrustedList)
        #expect(registry.revocationLists(of: authority.id).isEmpty)
    }

    /// Of authorities with one name, each list goes to the one whose key signed it.
    @Test func findsTheAuthorityByItsKey() async throws {
        let namesake = try TestAuthority()
        try await registry.registerAuthority(
            certificate: namesake.certificate, autoRegistration: nil, now: registrationTime)
        #expect(try await registry.loadRevocationList(try namesake.list(1)).id == namesake.id)
        #expect(try await registry.loadRevocationList(try authority.list(1)).id == authority.id)
    }

    @Test func listsGoWithTheirAuthority() async throws {
        try await registry.loadRevocationList(try authority.list(1))
        try await registry.setAuthority(authority.id, isActive: false)
        try await registry.removeAuthority(authority.id)
        #expect(try await store.load().allRevocationLists.isEmpty)
        try await registry.registerAuthority(
            certificate: authority.certificate, autoRegistration: nil, now: registrationTime)
        #expect(registry.revocationLists(of: authority.id).isEmpty)
    }
}
