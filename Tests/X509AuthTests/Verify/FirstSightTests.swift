import Testing

@testable import X509Auth

@Suite("Authenticator: first sight")
struct FirstSightTests {
    private let store = InMemoryTrustStore()
    private let authority: ForgedAuthority

    init() throws {
        self.authority = try ForgedAuthority()
        try store.register(authority: authority.certificate, allowsAutoRegistration: true)
    }

    private func judge(
        _ leaf: [UInt8], _ chain: [[UInt8]] = [], now: Int64 = Forge.now,
        requirements: X509Requirements = .default
    ) -> X509Verdict {
        X509Authenticator(trust: store, requirements: requirements).judge(leaf: leaf, chain: chain, now: now)
    }

    @Test("a device of an active authority is let in, with or without the authority sent along")
    func admitted() throws {
        let device = try authority.device()
        let expected = X509Verdict.firstSight(
            CertificateID(der: device), authority: authority.certificate.id)
        #expect(judge(device) == expected)
        #expect(judge(device, [authority.certificate.der]) == expected)
        #expect(judge(device, [[0xff]]) == expected)
    }

    @Test("an authority's name without its signature is worth nothing")
    func forged() throws {
        let thief = try ForgedAuthority()
        let rejection = try #require(try judge(thief.device()).rejection)
        #expect(rejection.reason == .untrustedChain)
        #expect(rejection.alert == 48)
        // The same name, and the thief's authority sent along.
        #expect(try judge(thief.device(), [thief.certificate.der]).rejection?.reason == .untrustedChain)
        var unsigned = Forge()
        unsigned.issuer = authority.name
        #expect(judge(unsigned.unsigned).rejection?.reason == .untrustedChain)
    }

    @Test("one changed bit anywhere in the signed part or the signature is refused")
    func changedBits() throws {
        let device = try authority.device()
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<400 {
            var changed = device
            let index = Int.random(in: changed.indices, using: &generator)
            changed[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            #expect(judge(changed).rejection != nil, "byte \(index)")
        }
    }

    @Test("authorities that are inactive, closed or unknown")
    func closed() throws {
        let device = try authority.device()
        try store.register(authority: authority.certificate, status: .inactive, allowsAutoRegistration: true)
        #expect(judge(device).rejection?.reason == .authorityInactive)
        try store.register(authority: authority.certificate, allowsAutoRegistration: false)
        #expect(judge(device).rejection?.reason == .autoRegistrationDisabled)
        store.removeAuthority(authority.certificate)
        let rejection = try #require(judge(device).rejection)
        #expect(rejection.reason == .unregistered)
        #expect(rejection.alert == 46)
        #expect(rejection.message.contains("CN=device"))
        #expect(rejection.message.contains("CN=Authority"))
    }

    @Test(
        "dates of the device",
        arguments: [
            (Forge.notBefore - 1, .authorityExpired), (Forge.notBefore, .notYetValid),
            (Forge.notBefore + 1, nil), (Forge.notAfter - 1, nil), (Forge.notAfter, .expired),
        ] as [(Int64, X509Rejection.Reason?)])
    func dates(_ now: Int64, _ reason: X509Rejection.Reason?) throws {
        let device = try authority.device {
            $0.notBefore = DER.tlv(0x17, Array("250101000001Z".utf8))
            $0.notAfter = DER.tlv(0x17, Array("341231235959Z".utf8))
        }
        // Outside the device's dates the device is blamed first.
        let expected = now == Forge.notBefore - 1 ? .notYetValid : reason
        #expect(judge(device, now: now).rejection?.reason == expected)
    }

    @Test("dates of the authority")
    func authorityDates() throws {
        let device = try authority.device {
            $0.notBefore = DER.tlv(0x17, Array("200101000000Z".utf8))
            $0.notAfter = DER.tlv(0x17, Array("400101000000Z".utf8))
        }
        #expect(judge(device, now: Forge.notAfter).rejection == nil)
        let rejection = try #require(judge(device, now: Forge.notAfter + 1).rejection)
        #expect(rejection.reason == .authorityExpired)
        #expect(rejection.alert == 45)
        #expect(judge(device, now: Forge.notBefore - 1).rejection?.reason == .authorityExpired)
    }

    @Test("usages are required, whatever the switch for registered certificates says")
    func usages() throws {
        var lenient = X509Requirements()
        lenient.usage = .notChecked
        for extensions in [
            [Forge.extendedKeyUsage(Forge.serverAuth)], [Forge.extendedKeyUsage(Forge.anyUsage)],
            [Forge.keyEncipherment], [Forge.basicConstraints(authority: true), Forge.keyCertSign],
            [Forge.basicConstraints(authority: true)],
        ] {
            let device = try authority.device { $0.extensions = extensions }
            for requirements in [X509Requirements.default, lenient] {
                let rejection = try #require(judge(device, requirements: requirements).rejection)
                #expect(rejection.reason == .wrongUsage)
                #expect(rejection.alert == 43)
            }
        }
    }

    @Test("weak keys and signatures")
    func weak() throws {
        for change: (inout Forge) -> Void in [
            { $0.publicKey = Forge.rsaKey(bits: 1024) }, { $0.publicKey = Forge.weakCurveKey },
            { $0.publicKey = Forge.rsaKey(bits: 16_384) }, { $0.algorithm = Forge.ecdsaSHA1 },
        ] {
            let rejection = try #require(try judge(authority.device(change)).rejection)
            #expect(rejection.reason == .weakKey)
            #expect(rejection.alert == 42)
        }
    }

    @Test("an unknown critical extension, and a name the authority may not give")
    func constraints() throws {
        let unknown = try authority.device {
            $0.extensions = [DER.extension("1.2.3.4", critical: true, [5, 0])]
        }
        #expect(judge(unknown).rejection?.reason == .malformed)

        let permitted = DER.extension(
            "2.5.29.30", critical: true,
            DER.sequence(DER.explicit(0, DER.sequence(DER.tlv(0x82, Array("good.example".utf8))))))
        let constrained = try ForgedAuthority(
            "Constrained",
            extensions: [Forge.basicConstraints(authority: true), Forge.keyCertSign, permitted])
        try store.register(authority: constrained.certificate, allowsAutoRegistration: true)
        func device(_ host: String) throws -> [UInt8] {
            try constrained.device {
                $0.extensions = [Forge.alternativeNames(DER.tlv(0x82, Array(host.utf8)))]
            }
        }
        #expect(try judge(device("a.good.example")).rejection == nil)
        #expect(try judge(device("a.bad.example")).rejection?.reason == .untrustedChain)
    }

    @Test("malformed certificates name themselves")
    func malformed() throws {
        let rejection = try #require(judge([1, 2, 3]).rejection)
        #expect(rejection.reason == .malformed)
        #expect(rejection.alert == 42)
        #expect(rejection.message.contains(CertificateID(der: [1, 2, 3]).string))
        let nul = try authority.device { $0.subject = DER.commonName("good\0.evil") }
        #expect(judge(nul).rejection?.reason == .malformed)
        #expect(judge([UInt8](repeating: 0, count: 16_385)).rejection?.reason == .tooLarge)
    }

    @Test("what a certificate says about itself cannot break a log line")
    func logLine() throws {
        let device = try ForgedAuthority("Un\u{1b}[2Jknown").device {
            $0.subject = DER.commonName("a\nb\u{202e}c")
        }
        let message = try #require(judge(device).rejection).message
        #expect(!message.unicodeScalars.contains { PrintableText.isInvisible($0) })
    }

    @Test("one authority judges from many threads at once")
    func threads() async throws {
        let authenticator = X509Authenticator(trust: store)
        let genuine = try authority.device()
        let forged = try ForgedAuthority().device()
        let expected = X509Verdict.firstSight(
            CertificateID(der: genuine), authority: authority.certificate.id)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<50 {
                        #expect(authenticator.judge(leaf: genuine, chain: [], now: Forge.now) == expected)
                        #expect(
                            authenticator.judge(leaf: forged, chain: [], now: Forge.now).rejection?.reason
                                == .untrustedChain)
                    }
                }
            }
        }
    }

    @Test("a trust source that vouches for an unfit authority is not believed")
    func unfitAuthority() throws {
        struct Careless: TrustSource {
            let certificate: X509Certificate
            func registeredCertificate(_ id: CertificateID) -> RegisteredCertificate? { nil }
            func registeredAuthorities(
                issuerDER: [UInt8], keyIdentifier: [UInt8]?
            ) -> [RegisteredAuthority] {
                [RegisteredAuthority(certificate: certificate, status: .active, allowsAutoRegistration: true)]
            }
            func isKnown(issuerDER: [UInt8], serialNumber: [UInt8]) -> Bool { false }
        }
        func reason(_ vouched: ForgedAuthority, _ device: [UInt8]) -> X509Rejection.Reason? {
            X509Authenticator(trust: Careless(certificate: vouched.certificate))
                .judge(leaf: device, chain: [], now: Forge.now).rejection?.reason
        }
        let leaf = try ForgedAuthority(extensions: [Forge.basicConstraints(authority: false)])
        #expect(try reason(leaf, leaf.device()) == .wrongUsage)
        let versionOne = try ForgedAuthority(extensions: []) { $0.version = [] }
        #expect(try reason(versionOne, versionOne.device()) == .wrongUsage)
        // Nor is one that did not sign the device, whatever name it was found under.
        let other = try ForgedAuthority("Another name")
        #expect(try reason(other, authority.device()) == .untrustedChain)
        #expect(try reason(other, other.device()) == nil)
    }

    @Test("several authorities of one name: the one that signed is found")
    func sameName() throws {
        let second = try ForgedAuthority()
        try store.register(authority: second.certificate, allowsAutoRegistration: true)
        let device = try second.device()
        #expect(
            judge(device) == .firstSight(CertificateID(der: device), authority: second.certificate.id))
    }

    @Test("the strict profile, if asked for, wants key identifiers")
    func strictProfile() throws {
        var strict = X509Requirements()
        strict.enforcesStrictProfile = true
        let device = try authority.device()
        #expect(judge(device).rejection == nil)
        #expect(judge(device, requirements: strict).rejection?.reason == .untrustedChain)

        let (made, _) = try CertificateAuthority.create(
            commonName: "Made", notBefore: Forge.notBefore, notAfter: Forge.notAfter)
        try store.register(authority: made.certificate, allowsAutoRegistration: true)
        let issued = try made.issueDevice(commonName: "d", notBefore: Forge.notBefore).certificate
        #expect(
            judge(issued.der, requirements: strict) == .firstSight(issued.id, authority: made.certificate.id))
    }

    @Test("the key identifier decides between authorities of one name")
    func keyIdentifier() throws {
        let device = try authority.device { $0.extensions = [Forge.authorityKeyIdentifier([1])] }
        #expect(judge(device).rejection == nil)
        let other = try ForgedAuthority(extensions: [
            Forge.basicConstraints(authority: true), Forge.keyCertSign, Forge.subjectKeyIdentifier([2]),
        ])
        let store = InMemoryTrustStore()
        try store.register(authority: other.certificate, allowsAutoRegistration: true)
        let foreign = try other.device { $0.extensions = [Forge.authorityKeyIdentifier([1])] }
        #expect(
            X509Authenticator(trust: store).judge(leaf: foreign, chain: [], now: Forge.now).rejection?.reason
                == .unregistered)
    }
}
