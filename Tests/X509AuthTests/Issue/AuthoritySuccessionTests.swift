import Testing

@testable import X509Auth

@Suite("Succession of authorities")
struct AuthoritySuccessionTests {
    private let old: CertificateAuthority

    init() throws {
        (old, _) = try CertificateAuthority.create(
            commonName: "Gateway CA", organization: "Testers", notBefore: Forge.notBefore,
            notAfter: Forge.notAfter)
    }

    private func successor(_ authority: CertificateAuthority) throws -> CertificateAuthority {
        try authority.makeSuccessor(notBefore: Forge.notBefore, notAfter: Forge.notAfter).0
    }

    @Test("a successor has the name and another key; both are told apart in what they issued")
    func issuers() throws {
        let new = try successor(old)
        #expect(new.certificate.subjectDER == old.certificate.subjectDER)
        #expect(new.certificate.publicKeyDER != old.certificate.publicKeyDER)
        var succession = AuthoritySuccession(current: old.certificate)
        try succession.succeed(with: new.certificate, now: Forge.now)
        #expect(succession.current == new.certificate)
        #expect(succession.predecessors == [old.certificate])
        let before = try old.issueDevice(commonName: "d", notBefore: Forge.notBefore).certificate
        let after = try new.issueDevice(commonName: "d", notBefore: Forge.notBefore).certificate
        #expect(succession.issuer(ofDER: before.der) == old.certificate)
        #expect(succession.issuer(ofDER: after.der) == new.certificate)
        let foreign = try CertificateAuthority.create(
            commonName: "Gateway CA", notBefore: 0, notAfter: Forge.notAfter
        ).0.issueDevice(commonName: "d", notBefore: 0).certificate
        #expect(succession.issuer(ofDER: foreign.der) == nil)
        #expect(succession.issuer(ofDER: [1, 2, 3]) == nil)
    }

    /// The whole course over ten years, in no time: rotate, re-issue device by device, forget.
    @Test("an old authority is kept until its last device has a new certificate")
    func overlap() throws {
        var succession = AuthoritySuccession(current: old.certificate)
        var fleet = try (0..<4).map {
            try old.issueDevice(commonName: "d\($0)", notBefore: Forge.notBefore).certificate
        }
        let rotation = Forge.now + 5 * 365 * 86_400 - 1
        let new = try old.makeSuccessor(notBefore: rotation - 86_400, notAfter: rotation + 10 * 365 * 86_400)
            .0
        #expect(throws: X509Error.self) { try succession.succeed(with: new.certificate, now: Forge.now) }
        try succession.succeed(with: new.certificate, now: rotation)
        func remaining() -> Int { fleet.filter { succession.issuer(ofDER: $0.der) == old.certificate }.count }
        for index in fleet.indices {
            #expect(remaining() == fleet.count - index)
            #expect(throws: X509Error.self) {
                try succession.forget(old.certificate.id, devices: remaining())
            }
            fleet[index] = try new.issueDevice(commonName: "d\(index)", notBefore: rotation).certificate
        }
        try succession.forget(old.certificate.id, devices: remaining())
        #expect(succession.all == [new.certificate])
        #expect(throws: X509Error.self) { try succession.forget(new.certificate.id, devices: 0) }
        #expect(throws: X509Error.self) { try succession.forget(old.certificate.id, devices: 0) }
    }

    @Test("the same key, an end entity, and a ninth predecessor are refused")
    func refusals() throws {
        var succession = AuthoritySuccession(current: old.certificate)
        #expect(throws: X509Error.self) { try succession.succeed(with: old.certificate, now: Forge.now) }
        let device = try old.issueDevice(commonName: "d", notBefore: 0).certificate
        #expect(throws: X509Error.self) { try succession.succeed(with: device, now: Forge.now) }
        for _ in 0..<AuthoritySuccession.maximumPredecessors {
            try succession.succeed(with: successor(old).certificate, now: Forge.now)
        }
        #expect(throws: X509Error.self) {
            try succession.succeed(with: successor(old).certificate, now: Forge.now)
        }
    }

    // MARK: Cross-certificates

    private func verify(_ leaf: X509Certificate, by chain: [X509Certificate], to anchor: X509Certificate)
        throws -> Bool
    {
        let store = InMemoryTrustStore()
        try store.register(authority: anchor, allowsAutoRegistration: true)
        let verdict = X509Authenticator(trust: store).judge(
            leaf: leaf.der, chain: chain.map(\.der), now: Forge.now)
        return verdict == .firstSight(leaf.id, authority: anchor.id)
    }

    @Test("who trusts the old authority alone verifies the successor's certificates by the cross-certificate")
    func crossCertificate() throws {
        let new = try successor(old)
        let cross = try old.crossCertify(
            new.certificate, notBefore: Forge.notBefore, notAfter: Forge.notAfter)
        #expect(cross.isSelfIssued)
        #expect(cross.publicKeyDER == new.certificate.publicKeyDER)
        #expect(cross.subjectKeyIdentifier == new.certificate.subjectKeyIdentifier)
        #expect(cross.authorityKeyIdentifier == old.certificate.subjectKeyIdentifier)
        let leaf = try new.issueDevice(commonName: "d", notBefore: Forge.notBefore).certificate
        #expect(try verify(leaf, by: [cross], to: old.certificate))
        #expect(try !verify(leaf, by: [], to: old.certificate))
        #expect(try verify(leaf, by: [], to: new.certificate))
    }

    @Test("two rotations: the chain of both cross-certificates leads to the first authority")
    func twoRotations() throws {
        let second = try successor(old)
        let third = try successor(second)
        let chain = [
            try second.crossCertify(third.certificate, notBefore: Forge.notBefore, notAfter: Forge.notAfter),
            try old.crossCertify(second.certificate, notBefore: Forge.notBefore, notAfter: Forge.notAfter),
        ]
        let leaf = try third.issueDevice(commonName: "d", notBefore: Forge.notBefore).certificate
        #expect(try verify(leaf, by: chain, to: old.certificate))
        #expect(try verify(leaf, by: chain, to: second.certificate))
        #expect(try verify(leaf, by: chain, to: third.certificate))
    }

    @Test("a cross-certificate that no client would accept is not made")
    func refusedCrossCertificates() throws {
        let renamed = try old.makeSuccessor(
            named: DistinguishedName(commonName: "Another"), notBefore: Forge.notBefore,
            notAfter: Forge.notAfter
        ).0
        let late = try old.makeSuccessor(notBefore: Forge.notBefore, notAfter: Forge.notAfter + 9).0
        let device = try old.issueDevice(commonName: "d", notBefore: 0).certificate
        for (certificate, notAfter) in [
            (renamed.certificate, Forge.notAfter), (late.certificate, Forge.notAfter + 1),
            (device, Forge.notAfter),
        ] {
            #expect(throws: X509Error.self) {
                try old.crossCertify(certificate, notBefore: Forge.notBefore, notAfter: notAfter)
            }
        }
    }
}
