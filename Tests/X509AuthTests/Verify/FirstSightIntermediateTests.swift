import Testing

@testable import X509Auth

@Suite("Authenticator: intermediates")
struct IntermediateTests {
    private let store = InMemoryTrustStore()
    private let root: ForgedAuthority

    init() throws {
        self.root = try ForgedAuthority("Root")
        try store.register(authority: root.certificate, allowsAutoRegistration: true)
    }

    private func judge(
        _ leaf: [UInt8], _ chain: [[UInt8]], now: Int64 = Forge.now, requirements: X509Requirements = .default
    ) -> X509Verdict {
        X509Authenticator(trust: store, requirements: requirements).judge(leaf: leaf, chain: chain, now: now)
    }

    @Test("a path through what the client sent, in any order")
    func path() throws {
        let middle = try ForgedAuthority("Middle", signedBy: root)
        let low = try ForgedAuthority("Low", signedBy: middle)
        let device = try low.device()
        let expected = X509Verdict.firstSight(CertificateID(der: device), authority: root.certificate.id)
        #expect(judge(device, [low.certificate.der, middle.certificate.der]) == expected)
        #expect(
            judge(device, [root.certificate.der, middle.certificate.der, low.certificate.der]) == expected)
        #expect(judge(device, [low.certificate.der]).rejection?.reason == .unregistered)
        #expect(judge(device, []).rejection?.reason == .unregistered)
    }

    @Test("an intermediate may itself be the registered authority, its root unknown")
    func partial() throws {
        let unknownRoot = try ForgedAuthority("Unknown Root")
        let registered = try ForgedAuthority("Registered", signedBy: unknownRoot)
        try store.register(authority: registered.certificate, allowsAutoRegistration: true)
        let device = try registered.device()
        #expect(
            judge(device, []) == .firstSight(CertificateID(der: device), authority: registered.certificate.id)
        )
    }

    @Test("without intermediates allowed, only the direct issuer vouches")
    func directOnly() throws {
        var requirements = X509Requirements()
        requirements.maximumIntermediates = 0
        let middle = try ForgedAuthority("Middle", signedBy: root)
        #expect(
            try judge(middle.device(), [middle.certificate.der], requirements: requirements).rejection?.reason
                == .unregistered)
        #expect(try judge(root.device(), [], requirements: requirements).rejection == nil)
    }

    @Test("the path is no longer than allowed, and no more certificates are read")
    func bounds() throws {
        var parent = root
        var chain: [[UInt8]] = []
        for depth in 1...4 {
            parent = try ForgedAuthority("Level \(depth)", signedBy: parent)
            chain.append(parent.certificate.der)
            let reason = try judge(parent.device(), chain).rejection?.reason
            #expect(reason == (depth <= 3 ? nil : .unregistered))
        }
        let unknown = try ForgedAuthority("Nobody").device()
        let many = [[UInt8]](repeating: root.certificate.der, count: 10)
        #expect(judge(unknown, many).rejection?.reason == .tooLarge)
        #expect(judge(unknown, Array(many.prefix(9))).rejection?.reason == .unregistered)
        #expect(
            judge(unknown, [[UInt8](repeating: 0, count: 16_385)]).rejection?.reason == .tooLarge)
    }

    @Test("who may not issue, does not")
    func noAuthority() throws {
        for extensions in [
            [], [Forge.basicConstraints(authority: false)],
            [Forge.basicConstraints(authority: true), Forge.digitalSignature],
            [
                Forge.basicConstraints(authority: true), Forge.keyCertSign,
                Forge.extendedKeyUsage(Forge.serverAuth),
            ],
        ] as [[[UInt8]]] {
            let middle = try ForgedAuthority("Middle", extensions: extensions, signedBy: root)
            #expect(try judge(middle.device(), [middle.certificate.der]).rejection?.reason == .wrongUsage)
        }
    }

    @Test("a weakly signed intermediate, and one with a weak key")
    func weak() throws {
        let middle = try ForgedAuthority("Middle", signedBy: root) { $0.algorithm = Forge.ecdsaSHA1 }
        #expect(try judge(middle.device(), [middle.certificate.der]).rejection?.reason == .weakKey)
        let small = try ForgedAuthority("Small", signedBy: root) { $0.publicKey = Forge.weakCurveKey }
        #expect(try judge(small.device(), [small.certificate.der]).rejection?.reason == .weakKey)
    }

    @Test("the registered authority's own signature decides nothing")
    func anchorSignature() throws {
        let old = try ForgedAuthority("Old") { $0.algorithm = Forge.ecdsaSHA1 }
        try store.register(authority: old.certificate, allowsAutoRegistration: true)
        #expect(try judge(old.device(), []).rejection == nil)
    }

    @Test("path length is kept")
    func pathLength() throws {
        let closed = try ForgedAuthority(
            "Closed", extensions: [Forge.basicConstraints(authority: true, pathLength: 0), Forge.keyCertSign])
        try store.register(authority: closed.certificate, allowsAutoRegistration: true)
        let middle = try ForgedAuthority("Middle", signedBy: closed)
        #expect(try judge(closed.device(), []).rejection == nil)
        #expect(
            try judge(middle.device(), [middle.certificate.der]).rejection?.reason == .untrustedChain)
    }

    @Test("an intermediate outside its dates breaks the path")
    func dates() throws {
        let middle = try ForgedAuthority("Middle", signedBy: root) {
            $0.notAfter = DER.tlv(0x17, Array("300101000000Z".utf8))
        }
        let device = try middle.device()
        #expect(judge(device, [middle.certificate.der], now: Forge.now).rejection == nil)
        #expect(
            judge(device, [middle.certificate.der], now: Forge.now + 1).rejection?.reason
                == .authorityExpired)
    }

    @Test("an intermediate signed by somebody else of the root's name")
    func forgedIntermediate() throws {
        let thief = try ForgedAuthority("Root")
        let middle = try ForgedAuthority("Middle", signedBy: thief)
        #expect(
            try judge(middle.device(), [middle.certificate.der]).rejection?.reason == .untrustedChain)
    }

    @Test("of two intermediates of one name, the key identifier picks one")
    func keyIdentifier() throws {
        func middle(_ identifier: [UInt8]) throws -> ForgedAuthority {
            try ForgedAuthority(
                "Middle",
                extensions: [
                    Forge.basicConstraints(authority: true), Forge.keyCertSign,
                    Forge.subjectKeyIdentifier(identifier),
                ], signedBy: root)
        }
        let one = try middle([1])
        let two = try middle([2])
        let device = try two.device { $0.extensions = [Forge.authorityKeyIdentifier([2])] }
        #expect(judge(device, [one.certificate.der, two.certificate.der]).rejection == nil)
        #expect(judge(device, [one.certificate.der]).rejection?.reason == .unregistered)
    }

    @Test("a broken certificate on the way is named")
    func broken() throws {
        let middle = try ForgedAuthority("Middle", signedBy: root)
        let rejection = try #require(try judge(middle.device(), [[1, 2]]).rejection)
        #expect(rejection.reason == .malformed)
        #expect(rejection.message.contains(CertificateID(der: [1, 2]).string))
    }

    @Test("certificates that name each other end")
    func cycle() throws {
        let one = try ForgedAuthority("One")
        let two = try ForgedAuthority("Two", signedBy: one)
        let back = try ForgedAuthority("One", signedBy: two)
        #expect(
            try judge(one.device(), [back.certificate.der, two.certificate.der]).rejection?.reason
                == .unregistered)
    }
}
