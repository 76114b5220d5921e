/// Whether whoever registers an authority holds its private key (AWS IoT: `RegisterCACertificate` in
/// certificate mode DEFAULT). Mode SNI_ONLY needs no proof.
public enum ProofOfPossession {
    /// Checks a verification certificate: issued and signed by the authority, within its dates, its only
    /// common name the registration code, in digits of either case.
    ///
    /// - Parameters:
    ///   - verification: What the authority's owner issued for this one purpose.
    ///   - authority: The authority about to be registered.
    ///   - code: The registration code that was given out.
    ///   - now: Unix seconds.
    ///   - requirements: How strong the authority's signature must be.
    /// - Throws: ``X509Rejection/Reason-swift.struct/noProofOfPossession`` and a message that says what to
    ///   make anew; it never holds the code.
    public static func check(
        _ verification: X509Certificate, authority: X509Certificate, code: RegistrationCode, now: Int64,
        requirements: X509Requirements = .default
    ) throws(X509Rejection) {
        guard verification.id != authority.id else {
            throw refused("it is the authority's own certificate; issue another with the authority's key")
        }
        guard verification.issuerDER == authority.subjectDER else {
            throw refused("it was issued by \(verification.issuer), not by \(authority.subject)")
        }
        guard let bits = verification.signatureSecurityBits, bits >= requirements.minimumSignatureBits else {
            throw refused(
                "it is signed with \(verification.signatureAlgorithm); sign it with SHA-256 or better")
        }
        guard let content = try? SignedContent(verification.der) else {
            throw refused("its encoding cannot be read; issue it anew")
        }
        do throws(X509Error) {
            try content.verify(by: authority, what: "it", code: .noProofOfPossession)
        } catch {
            throw refused(error.message)
        }
        let name = X509Requirements.name(authority)
        guard now >= verification.notBefore else {
            throw .notYetValid(
                "the verification certificate for authority \(name)", from: verification.notBefore, now: now)
        }
        guard now <= verification.notAfter else {
            throw .expired(
                "the verification certificate for authority \(name)", at: verification.notAfter, now: now)
        }
        let names = verification.subject.values(.commonName)
        guard names.count == 1, let given = RegistrationCode(names[0]), given == code else {
            throw refused("its common name is not the registration code; issue it with exactly that one")
        }
    }

    private static func refused(_ problem: String) -> X509Rejection {
        X509Rejection(
            .noProofOfPossession,
            "the verification certificate proves nothing about the authority: \(problem)")
    }
}
