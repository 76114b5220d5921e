import Testing

@testable import X509Auth

@Suite("Authenticator: registered certificates")
struct RegisteredCertificateTests {
    private let store = InMemoryTrustStore()
    private var authenticator: X509Authenticator { X509Authenticator(trust: store) }

    private func registered(_ status: CertificateStatus) throws -> X509Certificate {
        let certificate = try X509Certificate(der: Forge().unsigned)
        try store.register(certificate, status: status)
        return certificate
    }

    @Test("an ACTIVE one is recognised by its bytes alone, without any authority")
    func active() throws {
        let certificate = try registered(.active)
        #expect(
            authenticator.judge(leaf: certificate.der, chain: [], now: Forge.now)
                == .registered(certificate.id))
        // What else the client sends does not matter, not even rubbish.
        #expect(
            authenticator.judge(leaf: certificate.der, chain: [[1, 2, 3]], now: Forge.now)
                == .registered(certificate.id))
    }

    @Test(
        "every other status is refused, with its alert",
        arguments: [
            (.inactive, 46), (.revoked, 44), (.pendingTransfer, 46), (.pendingActivation, 46),
            (.registerInactive, 46),
        ] as [(CertificateStatus, UInt8)])
    func status(_ status: CertificateStatus, _ alert: UInt8) throws {
        let certificate = try registered(status)
        let rejection = try #require(
            authenticator.judge(leaf: certificate.der, chain: [], now: Forge.now).rejection)
        #expect(rejection.reason == .inactive(status))
        #expect(rejection.alert == alert)
        #expect(rejection.message.contains(certificate.id.string))
        #expect(rejection.message.contains(status.rawValue))
    }

    @Test(
        "dates by our clock; both ends are still valid",
        arguments: [
            (Forge.notBefore - 1, .notYetValid), (Forge.notBefore, nil), (Forge.notAfter, nil),
            (Forge.notAfter + 1, .expired),
        ] as [(Int64, X509Rejection.Reason?)])
    func dates(_ now: Int64, _ reason: X509Rejection.Reason?) throws {
        let certificate = try registered(.active)
        let verdict = authenticator.judge(leaf: certificate.der, chain: [], now: now)
        #expect(verdict.rejection?.reason == reason)
        if reason == .expired { #expect(verdict.rejection?.alert == 45) }
        if reason == .notYetValid { #expect(verdict.rejection?.alert == 42) }
    }

    @Test("a change of status shows in the next verdict")
    func change() throws {
        let certificate = try registered(.active)
        let authenticator = authenticator
        try store.setStatus(.inactive, of: certificate.id)
        #expect(
            authenticator.judge(leaf: certificate.der, chain: [], now: Forge.now).rejection?.reason
                == .inactive(.inactive))
        try store.setStatus(.active, of: certificate.id)
        #expect(
            authenticator.judge(leaf: certificate.der, chain: [], now: Forge.now)
                == .registered(certificate.id))
    }

    @Test("the same name or key in another certificate is another certificate")
    func renewed() throws {
        _ = try registered(.active)
        var forge = Forge()
        forge.serial = DER.tlv(0x02, [0x12])
        #expect(
            authenticator.judge(leaf: forge.unsigned, chain: [], now: Forge.now).rejection?.reason
                == .unregistered)
    }

    @Test("no certificate, no device")
    func missing() {
        #expect(authenticator.judge(leaf: [], chain: [], now: 0).rejection?.reason == .missing)
    }
}
