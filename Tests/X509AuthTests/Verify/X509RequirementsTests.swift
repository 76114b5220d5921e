import Testing

@testable import X509Auth

@Suite("Requirements")
struct X509RequirementsTests {
    private func reason(
        _ requirements: X509Requirements = .default, _ change: (inout Forge) -> Void
    ) throws -> X509Rejection.Reason? {
        var forge = Forge()
        change(&forge)
        let certificate = try X509Certificate(der: forge.unsigned)
        do {
            try requirements.check(certificate)
            return nil
        } catch {
            #expect(error.message.contains(certificate.id.string))
            return error.reason
        }
    }

    @Test(
        "RSA sizes at the edges",
        arguments: [(2040, false), (2048, true), (4096, true), (8192, true), (8200, false), (16_384, false)])
    func rsa(_ bits: Int, _ accepted: Bool) throws {
        #expect(try reason { $0.publicKey = Forge.rsaKey(bits: bits) } == (accepted ? nil : .weakKey))
    }

    @Test(
        "unusable RSA exponents",
        arguments: [
            ([1], false), ([2], false), ([3], true), ([1, 0, 1], true),
            ([UInt8](repeating: 1, count: 9), false),
        ]
            as [([UInt8], Bool)])
    func exponent(_ exponent: [UInt8], _ accepted: Bool) throws {
        #expect(
            try reason { $0.publicKey = Forge.rsaKey(bits: 2048, exponent: exponent) }
                == (accepted ? nil : .weakKey))
    }

    @Test("curves, Edwards curves, unknown keys")
    func curves() throws {
        #expect(try reason { $0.publicKey = Forge.somePublicKey } == nil)
        #expect(try reason { $0.publicKey = Forge.weakCurveKey } == .weakKey)
        #expect(try reason { $0.publicKey = Forge.edwardsKey } == .weakKey)
        var requirements = X509Requirements()
        requirements.allowsEdwardsCurves = true
        #expect(try reason(requirements) { $0.publicKey = Forge.edwardsKey } == nil)
        #expect(
            try reason { $0.publicKey = DER.sequence(DER.sequence(DER.oid("1.2.3.4")), DER.bits([0])) }
                == .weakKey)
        // A point off the curve is no key.
        let off = Forge.ellipticCurveKey("1.2.840.10045.3.1.7", "04" + String(repeating: "01", count: 64))
        #expect(try reason { $0.publicKey = off } == .weakKey)
    }

    @Test("SHA-1 and unknown signatures are refused")
    func signatures() throws {
        #expect(try reason { $0.algorithm = Forge.ecdsaSHA1 } == .weakKey)
        #expect(try reason { $0.algorithm = DER.sequence(DER.oid("1.2.3.4")) } == .weakKey)
        // md5WithRSAEncryption
        #expect(
            try reason { $0.algorithm = DER.sequence(DER.oid("1.2.840.113549.1.1.4"), DER.null) } == .weakKey)
    }

    @Test("usages: absent is any; present must include what a TLS client does")
    func usages() throws {
        let cases: [([[UInt8]], Bool)] = [
            ([], true),
            ([Forge.extendedKeyUsage(Forge.clientAuth)], true),
            ([Forge.extendedKeyUsage(Forge.serverAuth, Forge.clientAuth)], true),
            ([Forge.extendedKeyUsage(Forge.serverAuth)], false),
            ([Forge.extendedKeyUsage(Forge.anyUsage)], false),
            ([Forge.digitalSignature], true),
            ([Forge.keyEncipherment], false),
            ([Forge.digitalSignature, Forge.extendedKeyUsage(Forge.clientAuth)], true),
        ]
        var lenient = X509Requirements()
        lenient.usage = .notChecked
        for (extensions, accepted) in cases {
            #expect(try reason { $0.extensions = extensions } == (accepted ? nil : .wrongUsage))
            #expect(try reason(lenient) { $0.extensions = extensions } == nil)
        }
    }

    @Test("size")
    func size() throws {
        let name = Forge.alternativeNames(DER.tlv(0x86, [UInt8](repeating: 0x61, count: 17_000)))
        #expect(try reason { $0.extensions = [name] } == .tooLarge)
    }
}
