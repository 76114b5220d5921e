extension CertificateAuthority {
    /// Makes the authority that takes over from this one: a new key, under the same name unless another is
    /// given.
    ///
    /// Under the same name its cross-certificate is self-issued, which path lengths do not count: devices that
    /// trust this authority with its path length 0 can then verify what the successor issues
    /// (RFC 5280 4.2.1.9, 6.1.4).
    ///
    /// - Returns: The successor, and its private key as unencrypted PKCS #8 PEM for safekeeping.
    public func makeSuccessor(
        named subject: DistinguishedName? = nil, notBefore: Int64, notAfter: Int64, key: KeyKind = .p256
    ) throws(X509Error) -> (CertificateAuthority, privateKeyPEM: String) {
        let subjectDER = if let subject { try subject.encoded() } else { certificate.subjectDER }
        return try Self.create(subjectDER: subjectDER, notBefore: notBefore, notAfter: notAfter, key: key)
    }

    /// Certifies a successor's key, so that whoever trusts only this authority can verify what the successor
    /// issues: by a chain of the certificate, this cross-certificate, and this authority.
    ///
    /// - Throws: ``X509Error/Code-swift.struct/invalidArgument`` where no client would accept such a chain:
    ///   this authority's path length leaves no room for one of another name, or either is valid for less
    ///   time than was asked for.
    public func crossCertify(
        _ successor: X509Certificate, notBefore: Int64, notAfter: Int64
    ) throws(X509Error) -> X509Certificate {
        guard successor.allowsIssuingClients else {
            throw X509Error(
                code: .notAnAuthority,
                message: "certificate \(X509Requirements.name(successor)) may not issue certificates")
        }
        let isSelfIssued = successor.subjectDER == certificate.subjectDER
        guard isSelfIssued || certificate.pathLengthConstraint != 0 else {
            throw X509Error(
                code: .invalidArgument,
                message:
                    "authority \(X509Requirements.name(certificate)) has path length 0, so no client accepts an authority of another name below it; give the successor the same name"
            )
        }
        guard notAfter <= min(certificate.notAfter, successor.notAfter) else {
            throw X509Error(
                code: .invalidArgument,
                message:
                    "a cross-certificate cannot outlast the authorities it joins: at most to \(UTCTime.string(min(certificate.notAfter, successor.notAfter)))"
            )
        }
        let draft = try CertificateDraft(
            subjectDER: successor.subjectDER, publicKey: successor.publicKey,
            publicKeyDER: successor.publicKeyDER, notBefore: notBefore, notAfter: notAfter,
            profile: .authority(pathLength: 0), subjectKeyIdentifier: successor.subjectKeyIdentifier)
        return try X509Certificate(
            der: Self.sign(
                draft, issuerDER: certificate.subjectDER,
                authorityKeyIdentifier: certificate.subjectKeyIdentifier, algorithm: signature.algorithm,
                key: key))
    }
}
