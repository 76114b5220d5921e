import Testing

@testable import X509Auth

@Suite("Authenticator: revocation lists")
struct X509AuthenticatorRevocationTests {
    private let store = InMemoryTrustStore()
    private let authority: ForgedAuthority
    /// Serial number 0x11.
    private let device: [UInt8]

    init() throws {
        authority = try ForgedAuthority()
        device = try authority.device()
        try store.register(authority: authority.certificate, allowsAutoRegistration: true)
    }

    private func reason(_ leaf: [UInt8], now: Int64 = Forge.now) -> X509Rejection.Reason? {
        X509Authenticator(trust: store).judge(leaf: leaf, chain: [], now: now).rejection?.reason
    }

    private func load(naming serials: [UInt8]..., number: UInt8 = 7) throws {
        try store.load(
            try authority.list {
                $0.extensions = [ForgedList.number(number)]
                $0.entries = serials.map { ForgedList.entry($0, reason: 1) }
            }, of: authority.certificate)
    }

    @Test("modes, for a registered device and for one seen first", arguments: [true, false])
    func modes(_ isRegistered: Bool) throws {
        if isRegistered { try store.register(X509Certificate(der: device)) }
        let id = authority.certificate.id
        #expect(reason(device) == nil)
        store.setRevocationMode(.soft, of: id)
        #expect(reason(device) == nil)
        store.setRevocationMode(.hard, of: id)
        #expect(reason(device) == .crlMissing)

        try load(naming: [0x12])
        #expect(reason(device) == nil)
        #expect(reason(device, now: ForgedList.nextUpdate) == nil)
        #expect(reason(device, now: ForgedList.nextUpdate + 1) == .crlExpired)
        #expect(reason(device, now: ForgedList.thisUpdate - 1) == .crlExpired)
        store.setRevocationMode(.soft, of: id)
        #expect(reason(device, now: ForgedList.nextUpdate + 1) == nil)

        try load(naming: [0x11], number: 8)
        #expect(reason(device) == .revokedByCRL)
        // A list that has ended still names.
        #expect(reason(device, now: ForgedList.nextUpdate + 1) == .revokedByCRL)
        store.setRevocationMode(.hard, of: id)
        #expect(reason(device) == .revokedByCRL)
        store.setRevocationMode(.none, of: id)
        #expect(reason(device) == nil)
    }

    @Test("the refusal says which list, since when and why, and sends certificate_revoked")
    func message() throws {
        store.setRevocationMode(.soft, of: authority.certificate.id)
        try load(naming: [0x11])
        let rejection = try #require(
            X509Authenticator(trust: store).judge(leaf: device, chain: [], now: Forge.now).rejection)
        #expect(rejection.alert == 44)
        #expect(rejection.message.contains(authority.certificate.id.string))
        #expect(rejection.message.contains("2028-06-01T00:00:00Z (keyCompromise)"))
    }

    @Test("the same serial number of another authority is not meant")
    func otherAuthority() throws {
        let other = try ForgedAuthority("Other")
        try store.register(authority: other.certificate, allowsAutoRegistration: true)
        for id in [authority.certificate.id, other.certificate.id] { store.setRevocationMode(.soft, of: id) }
        try load(naming: [0x11])
        #expect(reason(device) == .revokedByCRL)
        let namesake = try other.device()
        #expect(reason(namesake) == nil)
        try store.register(X509Certificate(der: namesake))
        #expect(reason(namesake) == nil)
    }

    @Test("an authority in between that the registered one revoked vouches for nobody")
    func intermediate() throws {
        let sub = try ForgedAuthority("Sub", signedBy: authority) { $0.serial = DER.tlv(0x02, [0x77]) }
        let leaf = try sub.device()
        func judge() -> X509Rejection.Reason? {
            X509Authenticator(trust: store).judge(leaf: leaf, chain: [sub.certificate.der], now: Forge.now)
                .rejection?.reason
        }
        store.setRevocationMode(.hard, of: authority.certificate.id)
        try load(naming: [0x11])
        #expect(judge() == nil)
        try load(naming: [0x77], number: 8)
        #expect(judge() == .revokedByCRL)
    }

    @Test("a list that is refused leaves the one in force")
    func refusedList() throws {
        store.setRevocationMode(.hard, of: authority.certificate.id)
        try load(naming: [0x11])
        #expect(throws: X509Error.self) { try load(number: 6) }
        #expect(throws: X509Error.self) {
            try store.load(ForgedAuthority().list(), of: authority.certificate)
        }
        #expect(reason(device) == .revokedByCRL)
    }

    @Test("a device that is registered is judged by its record alone: nothing of it need be readable")
    func noParsing() throws {
        struct Pinned: TrustSource {
            let record: RegisteredCertificate
            func registeredCertificate(_ id: CertificateID) -> RegisteredCertificate? { record }
            func registeredAuthorities(issuerDER: [UInt8], keyIdentifier: [UInt8]?) -> [RegisteredAuthority] {
                []
            }
            func isKnown(issuerDER: [UInt8], serialNumber: [UInt8]) -> Bool { true }
            func revocation(of authority: CertificateID) -> AuthorityRevocation? {
                AuthorityRevocation(mode: .hard, full: list)
            }
            let list: CertificateRevocationList
        }
        let bytes: [UInt8] = [1, 2, 3]
        var record = RegisteredCertificate(
            id: CertificateID(der: bytes), status: .active, notBefore: Forge.notBefore,
            notAfter: Forge.notAfter,
            authority: authority.certificate.id, serialNumber: [0x11])
        let list = try authority.list { $0.entries = [ForgedList.entry([0x11])] }
        let named = X509Authenticator(trust: Pinned(record: record, list: list))
        #expect(named.judge(leaf: bytes, chain: [], now: Forge.now).rejection?.reason == .revokedByCRL)
        record.serialNumber = [0x12]
        let other = X509Authenticator(trust: Pinned(record: record, list: list))
        #expect(other.judge(leaf: bytes, chain: [], now: Forge.now) == .registered(record.id))
    }
}
