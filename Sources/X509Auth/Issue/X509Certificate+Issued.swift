/// How an authority signs: what each of its certificates says about its signature.
struct SignatureFacts: Sendable {
    /// AlgorithmIdentifier in DER.
    let algorithm: [UInt8]
    /// OpenSSL's name.
    let name: String
    /// Security bits of the digest.
    let bits: Int?
}

extension X509Certificate {
    /// A certificate just made here, without reading it again: OpenSSL takes longer to parse one than to make
    /// its key and sign it. What is put together here is what parsing `der` yields.
    init(
        der: [UInt8], draft: CertificateDraft, issuer: X509Certificate, signature: SignatureFacts
    ) {
        self.contents = Contents(
            der: der,
            facts: CertificateFacts(
                version: 3, notBefore: draft.notBefore, notAfter: draft.notAfter, isAuthority: false,
                pathLength: nil, keyUsage: draft.profile.keyUsage(draft.publicKey),
                allowsClient: draft.profile.allowsClient, allowsIssuingClients: false, isSelfIssued: false,
                signatureBits: signature.bits, publicKey: draft.publicKey),
            subject: draft.subject, subjectDER: draft.subjectDER, issuer: issuer.subject,
            issuerDER: issuer.subjectDER, serialNumber: draft.serialNumber,
            subjectAlternativeNames: draft.alternativeNames, publicKeyDER: draft.publicKeyDER,
            signatureAlgorithm: signature.name, extendedKeyUsages: draft.profile.extendedKeyUsages,
            subjectKeyIdentifier: draft.subjectKeyIdentifier,
            authorityKeyIdentifier: issuer.subjectKeyIdentifier)
    }
}
