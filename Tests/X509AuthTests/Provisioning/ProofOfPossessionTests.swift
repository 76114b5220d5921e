import Testing

@testable import X509Auth

@Suite("Proof of possession")
struct ProofOfPossessionTests {
    private let authority: ForgedAuthority
    private let code: RegistrationCode

    init() throws {
        authority = try ForgedAuthority("Customer CA")
        var generator = SeededGenerator(seed: 7)
        code = RegistrationCode(using: &generator)
    }

    private func verification(
        by signer: ForgedAuthority? = nil, _ change: (inout Forge) -> Void = { _ in }
    ) throws -> X509Certificate {
        var forge = Forge()
        forge.issuer = authority.name
        forge.subject = DER.commonName(code.commonName)
        change(&forge)
        return try X509Certificate(der: forge.signed(by: (signer ?? authority).key))
    }

    private func reason(_ verification: X509Certificate, now: Int64 = Forge.now) -> X509Rejection.Reason? {
        do {
            try ProofOfPossession.check(
                verification, authority: authority.certificate, code: code, now: now)
            return nil
        } catch {
            #expect(!error.message.contains(code.commonName))
            return error.reason
        }
    }

    @Test("a certificate signed by the authority, named by the code, proves it")
    func accepted() throws {
        #expect(reason(try verification()) == nil)
        #expect(
            reason(try verification { $0.subject = DER.commonName(code.commonName.uppercased()) }) == nil)
    }

    @Test("both ends of its dates are valid, the seconds outside are not")
    func dates() throws {
        let certificate = try verification()
        #expect(reason(certificate, now: certificate.notBefore) == nil)
        #expect(reason(certificate, now: certificate.notAfter) == nil)
        #expect(reason(certificate, now: certificate.notBefore - 1) == .notYetValid)
        #expect(reason(certificate, now: certificate.notAfter + 1) == .expired)
    }

    @Test("another's signature under the authority's name proves nothing")
    func forged() throws {
        #expect(reason(try verification(by: ForgedAuthority("Thief"))) == .noProofOfPossession)
    }

    @Test("another issuer, another code, a second common name, a weak digest, the authority itself")
    func others() throws {
        var generator = SeededGenerator(seed: 8)
        let other = RegistrationCode(using: &generator).commonName
        for change in [
            { (forge: inout Forge) in forge.issuer = DER.commonName("Another CA") },
            { $0.subject = DER.commonName(other) },
            { $0.subject = DER.commonName("device") },
            {
                $0.subject = DER.sequence(
                    Array(DER.commonName(code.commonName).dropFirst(2))
                        + Array(DER.commonName(other).dropFirst(2)))
            },
            { $0.algorithm = Forge.ecdsaSHA1 },
        ] {
            #expect(reason(try verification(change)) == .noProofOfPossession)
        }
        #expect(reason(authority.certificate) == .noProofOfPossession)
    }
}
