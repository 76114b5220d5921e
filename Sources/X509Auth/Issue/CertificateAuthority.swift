/// A certificate authority with its private key: issues certificates for devices and servers.
///
/// Times are arguments throughout. Serial numbers are 158 random bits. What an issued certificate may be
/// used for is decided here, never by the request.
public final class CertificateAuthority: Sendable {
    /// 2049-12-31T23:59:59Z: the expiry of the device certificates AWS IoT issues.
    public static let deviceNotAfter: Int64 = 2_524_607_999

    /// The largest signing request read, in characters of PEM.
    public static let maximumRequestSize = 16_384

    /// The authority's own certificate.
    public let certificate: X509Certificate
    private let key: KeyHandle

    private init(certificate: X509Certificate, key: KeyHandle) {
        self.certificate = certificate
        self.key = key
    }

    /// An authority from its certificate and private key, both PEM.
    ///
    /// - Parameter passphrase: For an encrypted key. Nothing ever asks a terminal.
    /// - Throws: ``X509Error`` if either cannot be read, they do not belong together, or the certificate
    ///   may not issue.
    public convenience init(
        certificatePEM: String, privateKeyPEM: String, passphrase: String? = nil
    ) throws(X509Error) {
        let certificate = try X509Certificate(pem: certificatePEM)
        let key = try KeyHandle(pem: privateKeyPEM, passphrase: passphrase)
        guard key.matches(try certificate.contents.handle()) else {
            throw X509Error(
                code: .keyMismatch,
                message:
                    "the private key does not belong to certificate \(X509Requirements.name(certificate))")
        }
        do {
            try X509Requirements.default.checkAuthority(certificate)
        } catch {
            throw X509Error(code: .notAnAuthority, message: error.message)
        }
        self.init(certificate: certificate, key: key)
    }

    /// Makes a new self-signed authority: basicConstraints CA with path length 0, keyCertSign, cRLSign.
    ///
    /// - Returns: The authority, and its private key as unencrypted PKCS #8 PEM for safekeeping.
    public static func create(
        commonName: String, organization: String? = nil, notBefore: Int64, notAfter: Int64,
        key kind: KeyKind = .p256
    ) throws(X509Error) -> (CertificateAuthority, privateKeyPEM: String) {
        let key = try KeyHandle(generate: kind)
        let builder = try CertificateBuilder(notBefore: notBefore, notAfter: notAfter)
        try builder.setSubject(DistinguishedName(commonName: commonName, organization: organization))
        try builder.setKey(key)
        let certificate = try X509Certificate(der: builder.signAuthority(with: key))
        return (CertificateAuthority(certificate: certificate, key: key), try key.pem())
    }

    /// Issues a device certificate with a new key: digitalSignature, clientAuth.
    ///
    /// - Parameters:
    ///   - subject: Text attributes only; lengths as RFC 5280 bounds them (64 characters of common name).
    ///   - notBefore: First valid second, Unix time.
    ///   - notAfter: Last valid second, Unix time.
    ///   - key: The kind of key to make.
    public func issueDevice(
        subject: DistinguishedName, notBefore: Int64, notAfter: Int64 = deviceNotAfter,
        key kind: KeyKind = .p256
    ) throws(X509Error) -> IssuedCredential {
        let key = try KeyHandle(generate: kind)
        let builder = try CertificateBuilder(notBefore: notBefore, notAfter: notAfter)
        try builder.setSubject(subject)
        try builder.setKey(key)
        return IssuedCredential(
            certificate: try sign(builder, .device), privateKeyPEM: try key.pem())
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
        let key = try KeyHandle(generate: kind)
        let builder = try CertificateBuilder(notBefore: notBefore, notAfter: notAfter)
        try builder.setSubject(DistinguishedName(commonName: commonName))
        try builder.setKey(key)
        for name in dnsNames { try builder.addDNSName(name) }
        for address in ipAddresses { try builder.addIPAddress(address) }
        return IssuedCredential(
            certificate: try sign(builder, .server), privateKeyPEM: try key.pem())
    }

    /// Issues a device certificate for a PKCS #10 signing request, whose key never left the device.
    ///
    /// The request must be signed by its own key. Its subject is taken unless another is given; its
    /// extensions are ignored.
    ///
    /// - Throws: ``X509Error/Code-swift.struct/noProofOfPossession``,
    ///   ``X509Error/Code-swift.struct/unacceptableKey`` and the errors of reading.
    public func sign(
        csrPEM: String, subject: DistinguishedName? = nil, notBefore: Int64,
        notAfter: Int64 = deviceNotAfter, requirements: X509Requirements = .default
    ) throws(X509Error) -> X509Certificate {
        let request = try RequestHandle(pem: csrPEM)
        guard request.isSignedByItsOwnKey else {
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
        let builder = try CertificateBuilder(notBefore: notBefore, notAfter: notAfter)
        if let subject {
            try builder.setSubject(subject)
        } else {
            try builder.setSubject(try request.subject())
        }
        try builder.setKey(of: request)
        return try sign(builder, .device)
    }

    /// The authority's private key, PKCS #8 PEM encrypted with AES-256, for safekeeping.
    ///
    /// - Parameter passphrase: 8 to 1,024 bytes of UTF-8.
    public func encryptedPrivateKeyPEM(passphrase: String) throws(X509Error) -> String {
        try key.encryptedPEM(passphrase: passphrase)
    }

    private func sign(
        _ builder: CertificateBuilder, _ profile: CertificateBuilder.Profile
    ) throws(X509Error) -> X509Certificate {
        try X509Certificate(
            der: builder.sign(profile, authority: try certificate.contents.handle(), key: key))
    }
}

extension CertificateAuthority: CustomStringConvertible {
    /// The certificate; never the key.
    public var description: String {
        "CertificateAuthority(\(certificate))"
    }
}
