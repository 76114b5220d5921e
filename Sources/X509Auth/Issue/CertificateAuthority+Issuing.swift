extension CertificateAuthority {
    /// Issues a device certificate with a new key: digitalSignature, clientAuth.
    ///
    /// - Parameters:
    ///   - subject: Text attributes only; lengths as RFC 5280 bounds them (64 characters of common name).
    ///   - alternativeNames: DNS names, addresses, email addresses and URIs to certify; at most 256.
    ///   - notBefore: First valid second, Unix time.
    ///   - notAfter: Last valid second, Unix time.
    ///   - key: The kind of key to make.
    public func issueDevice(
        subject: DistinguishedName, alternativeNames: [GeneralName] = [], notBefore: Int64,
        notAfter: Int64 = deviceNotAfter, key kind: KeyKind = .p256
    ) throws(X509Error) -> IssuedCredential {
        try issue(
            subject, notBefore: notBefore, notAfter: notAfter, key: kind, .device, alternativeNames)
    }

    /// Issues a device certificate that carries nothing but a common name.
    public func issueDevice(
        commonName: String, notBefore: Int64, notAfter: Int64 = deviceNotAfter, key: KeyKind = .p256
    ) throws(X509Error) -> IssuedCredential {
        try issueDevice(
            subject: DistinguishedName(commonName: commonName), notBefore: notBefore, notAfter: notAfter,
            key: key)
    }

    /// Issues a TLS server certificate with a new key: digitalSignature (and keyEncipherment for RSA),
    /// serverAuth, and the names clients verify.
    ///
    /// - Parameters:
    ///   - commonName: For people; clients look at the alternative names only.
    ///   - dnsNames: ASCII host names; a leading `*.` is allowed.
    ///   - ipAddresses: IPv4 or IPv6 in text form.
    ///   - notBefore: First valid second, Unix time.
    ///   - notAfter: Last valid second, Unix time.
    ///   - key: The kind of key to make.
    public func issueServer(
        commonName: String, dnsNames: [String], ipAddresses: [String] = [], notBefore: Int64,
        notAfter: Int64, key kind: KeyKind = .p256
    ) throws(X509Error) -> IssuedCredential {
        guard !dnsNames.isEmpty || !ipAddresses.isEmpty else {
            throw X509Error(
                code: .invalidArgument,
                message: "a server certificate needs a DNS name or IP address, or no client can verify it")
        }
        var names = dnsNames.map(GeneralName.dns)
        for address in ipAddresses {
            guard let octets = IPAddressText.octets(address) else {
                throw X509Error(
                    code: .invalidArgument,
                    message: "\"\(PrintableText.escape(address))\" is no IPv4 or IPv6 address")
            }
            names.append(.ipAddress(octets))
        }
        return try issue(
            DistinguishedName(commonName: commonName), notBefore: notBefore, notAfter: notAfter, key: kind,
            .server, names)
    }

    /// Issues a device certificate for a signing request, whose key never left the device.
    ///
    /// The request must be signed by its own key. Its subject is taken unless another is given. Its
    /// extensions are ignored, alternative names included: the caller says which are granted, after looking
    /// at ``SigningRequest/alternativeNames``.
    ///
    /// - Parameters:
    ///   - request: What the device made.
    ///   - subject: The name to certify instead of the request's.
    ///   - alternativeNames: DNS names, addresses, email addresses and URIs to certify; at most 256.
    ///   - notBefore: First valid second, Unix time.
    ///   - notAfter: Last valid second, Unix time.
    ///   - requirements: Which keys are accepted.
    /// - Throws: ``X509Error/Code-swift.struct/noProofOfPossession``,
    ///   ``X509Error/Code-swift.struct/unacceptableKey`` and the errors of names and dates.
    public func sign(
        _ request: SigningRequest, subject: DistinguishedName? = nil,
        alternativeNames: [GeneralName] = [], notBefore: Int64, notAfter: Int64 = deviceNotAfter,
        requirements: X509Requirements = .default
    ) throws(X509Error) -> X509Certificate {
        guard request.provesPossession else {
            throw X509Error(
                code: .noProofOfPossession,
                message: "the signing request is not signed by the key it carries; make it anew on the device"
            )
        }
        do {
            try requirements.check(request.publicKey)
        } catch {
            throw X509Error(code: .unacceptableKey, message: "signing request: \(error.message)")
        }
        guard request.publicKeyDER != certificate.publicKeyDER else {
            throw X509Error(
                code: .unacceptableKey,
                message: "the signing request carries the authority's own key; make a key for the device")
        }
        return try sign(
            CertificateDraft(
                subjectDER: (subject ?? request.subject).encoded(), publicKey: request.publicKey,
                publicKeyDER: request.publicKeyDER, notBefore: notBefore, notAfter: notAfter,
                profile: .device, alternativeNames: alternativeNames))
    }

    /// Issues a device certificate for a PKCS #10 signing request in PEM; see
    /// ``sign(_:subject:alternativeNames:notBefore:notAfter:requirements:)``.
    public func sign(
        csrPEM: String, subject: DistinguishedName? = nil, notBefore: Int64,
        notAfter: Int64 = deviceNotAfter, requirements: X509Requirements = .default
    ) throws(X509Error) -> X509Certificate {
        try sign(
            SigningRequest(pem: csrPEM), subject: subject, notBefore: notBefore, notAfter: notAfter,
            requirements: requirements)
    }

    private func issue(
        _ subject: DistinguishedName, notBefore: Int64, notAfter: Int64, key kind: KeyKind,
        _ profile: CertificateProfile, _ alternativeNames: [GeneralName] = []
    ) throws(X509Error) -> IssuedCredential {
        let key = try KeyHandle(generate: kind)
        let draft = try CertificateDraft(
            subjectDER: subject.encoded(), publicKey: kind.publicKey, publicKeyDER: key.publicKeyDER(),
            notBefore: notBefore, notAfter: notAfter, profile: profile, alternativeNames: alternativeNames)
        return IssuedCredential(certificate: try sign(draft), privateKeyPEM: try key.pem())
    }

    private func sign(_ draft: CertificateDraft) throws(X509Error) -> X509Certificate {
        guard !draft.subject.matches(certificate.subject) else {
            throw X509Error(
                code: .invalidArgument,
                message:
                    "the subject \(draft.subject) is the authority's own name, which would make the certificate look self-issued; choose another"
            )
        }
        let der = try Self.sign(
            draft, issuerDER: certificate.subjectDER,
            authorityKeyIdentifier: certificate.subjectKeyIdentifier, algorithm: signature.algorithm,
            key: key)
        guard der.count <= X509Certificate.maximumSize else {
            throw X509Error(
                code: .tooLarge,
                message: "the certificate would have \(der.count) bytes; give it fewer or shorter names")
        }
        return X509Certificate(der: der, draft: draft, issuer: certificate, signature: signature)
    }
}
