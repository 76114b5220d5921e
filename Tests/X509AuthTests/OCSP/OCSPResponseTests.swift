import Testing

@testable import X509Auth

@Suite("OCSP response")
struct OCSPResponseTests {
    private let issuer: ForgedEntity
    private let authority: X509Certificate
    private let request: OCSPRequest

    init() throws {
        issuer = try ForgedEntity("Authority")
        authority = try issuer.certificate()
        request = try OCSPRequest(certificate: issuer.leaf(), issuer: authority, nonce: [1, 2, 3])
    }

    private func verify(
        by key: ForgeKey? = nil, now: Int64 = Forge.now, tolerance: OCSPTolerance = OCSPTolerance(),
        _ change: (inout ForgedResponse) -> Void = { _ in }
    ) throws -> Result<OCSPAnswer, X509Error> {
        var response = ForgedResponse(request, responder: issuer.name)
        change(&response)
        let der = try response.signed(by: key ?? issuer.key)
        do throws(X509Error) {
            return .success(
                try OCSPResponse(der: der).verify(request, issuer: authority, now: now, tolerance: tolerance))
        } catch {
            return .failure(error)
        }
    }

    private func code(_ result: Result<OCSPAnswer, X509Error>) -> X509Error.Code? {
        if case .failure(let error) = result { error.code } else { nil }
    }

    @Test("good, revoked and unknown, signed by the issuer, named by name or by key")
    func statuses() throws {
        let good = try verify().get()
        #expect(good.status == .good)
        #expect(good.thisUpdate == Forge.now)
        #expect(good.validUntil == Forge.now + 3_600)
        let revoked = try verify { $0.certificateStatus = ForgedResponse.revoked(reason: 1) }.get()
        #expect(
            revoked.status == .revoked(RevocationEntry(revocationDate: 1_843_430_400, reason: .keyCompromise))
        )
        #expect(try verify { $0.certificateStatus = DER.tlv(0x82, []) }.get().status == .unknown)
        let key = MessageDigest.sha1(try SubjectPublicKeyInfo.keyOctets(authority.publicKeyDER))
        #expect(try verify { $0.responder = DER.explicit(2, DER.octets(key)) }.get().status == .good)
    }

    @Test("a responder is believed if the issuer itself made it one")
    func delegated() throws {
        let responder = try ForgedEntity("Responder")
        func certificate(
            by signer: ForgedEntity, usage: String = "1.3.6.1.5.5.7.3.9",
            change: (inout Forge) -> Void = { _ in }
        ) throws -> [UInt8] {
            try signer.leaf(adding: [Forge.extendedKeyUsage(usage)]) {
                $0.subject = responder.name
                $0.publicKey = responder.key.publicKey
                change(&$0)
            }.der
        }
        func judge(_ der: [UInt8]) throws -> X509Error.Code? {
            code(
                try verify(by: responder.key) {
                    $0.responder = DER.explicit(1, responder.name)
                    $0.certificates = [der]
                })
        }
        #expect(try judge(certificate(by: issuer)) == nil)
        #expect(try judge(certificate(by: issuer, usage: Forge.clientAuth)) == .untrustedList)
        #expect(
            try judge(
                certificate(by: issuer) { $0.notAfter = DER.tlv(0x17, Array("291231235959Z".utf8)) })
                == .untrustedList)
        #expect(try judge(certificate(by: try ForgedEntity("Authority"))) == .untrustedList)
        #expect(try judge(certificate(by: try ForgedEntity("Other"))) == .untrustedList)
    }

    @Test("another's signature, a weak one, another certificate, another nonce")
    func refused() throws {
        #expect(code(try verify(by: ForgeKey())) == .untrustedList)
        #expect(code(try verify { $0.algorithm = Forge.ecdsaSHA1 }) == .untrustedList)
        #expect(
            code(try verify { $0.responder = DER.explicit(1, DER.commonName("Other")) }) == .untrustedList)
        let other = try OCSPRequest(
            certificate: issuer.leaf { $0.serial = DER.tlv(0x02, [0x12]) }, issuer: authority)
        #expect(code(try verify { $0.certificateID = other.certificateID.der }) == .untrustedList)
        #expect(
            code(try verify { $0.extensions = [ForgedResponse.nonce([1, 2, 4])] })
                == .untrustedList)
        #expect(code(try verify { $0.extensions = [ForgedResponse.nonce([1, 2, 3])] }) == nil)
        var strict = OCSPTolerance()
        strict.requiresNonce = true
        #expect(code(try verify(tolerance: strict)) == .untrustedList)
    }

    @Test("an answer named by SHA-256 is of the same certificate")
    func otherDigest() throws {
        let id = try #require(
            try OCSPCertificateID(
                algorithm: OCSPCertificateID.sha256, issuer: authority, serial: request.certificateID.serial))
        #expect(try verify { $0.certificateID = id.der }.get().status == .good)
    }

    @Test("dates, with the clocks' allowance")
    func dates() throws {
        #expect(code(try verify(now: Forge.now - 300)) == nil)
        #expect(code(try verify(now: Forge.now - 301)) == .staleList)
        #expect(code(try verify(now: Forge.now + 3_900)) == nil)
        #expect(code(try verify(now: Forge.now + 3_901)) == .staleList)
        // Without nextUpdate an answer ages by our rule.
        #expect(code(try verify(now: Forge.now + 3_900) { $0.nextUpdate = [] }) == nil)
        #expect(code(try verify(now: Forge.now + 3_901) { $0.nextUpdate = [] }) == .staleList)
    }

    @Test("errors of the responder and broken responses", arguments: [1, 2, 3, 5, 6, 9] as [UInt8])
    func errors(_ status: UInt8) throws {
        #expect(code(try verify { $0.status = status }) == .refused)
        #expect(code(try verify { $0.certificateStatus = DER.tlv(0x83, []) }) == .notDER)
        #expect(code(try verify { $0.certificateStatus = ForgedResponse.revoked(reason: 7) }) == .notDER)
        #expect(
            code(try verify { $0.extensions = [DER.extension("1.2.3", critical: true, [5, 0])] }) == .notDER)
        #expect(
            code(
                try verify {
                    $0.singleExtensions = DER.explicit(
                        1, DER.sequence(DER.extension("1.2.3", critical: true, [5, 0])))
                }) == .notDER)
        for bytes in [[], [0x30, 0], [UInt8](repeating: 0x30, count: 70_000)] as [[UInt8]] {
            #expect(throws: X509Error.self) { try OCSPResponse(der: bytes) }
        }
    }

    @Test("one changed bit is never believed to say something else")
    func changedBits() throws {
        let der = try ForgedResponse(request, responder: issuer.name).signed(by: issuer.key)
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<300 {
            var changed = der
            let index = Int.random(in: changed.indices, using: &generator)
            changed[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            let answer = try? OCSPResponse(der: changed).verify(request, issuer: authority, now: Forge.now)
            #expect(answer == nil, "byte \(index)")
        }
    }
}
