/// A certificate authority with its private key: issues certificates for devices and servers.
///
/// Times are arguments throughout. Serial numbers are 158 random bits. What an issued certificate may be
/// used for is decided here, never by the request.
public final class CertificateAuthority: Sendable {
    /// 2049-12-31T23:59:59Z: the expiry of the device certificates AWS IoT issues.
    public static let deviceNotAfter: Int64 = 2_524_607_999

    /// The authority's own certificate.
    public let certificate: X509Certificate
    let key: KeyHandle
    let signature: SignatureFacts

    init(certificate: X509Certificate, key: KeyHandle) throws(X509Error) {
        self.certificate = certificate
        self.key = key
        self.signature = try Self.trySigning(key, issuer: certificate)
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
        try self.init(certificate: certificate, key: key)
    }

    /// Makes a new self-signed authority: basicConstraints CA with path length 0, keyCertSign, cRLSign.
    ///
    /// - Returns: The authority, and its private key as unencrypted PKCS #8 PEM for safekeeping.
    public static func create(
        commonName: String, organization: String? = nil, notBefore: Int64, notAfter: Int64,
        key kind: KeyKind = .p256
    ) throws(X509Error) -> (CertificateAuthority, privateKeyPEM: String) {
        try create(
            subjectDER: DistinguishedName(commonName: commonName, organization: organization).encoded(),
            notBefore: notBefore, notAfter: notAfter, key: kind)
    }

    static func create(
        subjectDER: [UInt8], notBefore: Int64, notAfter: Int64, key kind: KeyKind
    ) throws(X509Error) -> (CertificateAuthority, privateKeyPEM: String) {
        let key = try KeyHandle(generate: kind)
        let draft = try CertificateDraft(
            subjectDER: subjectDER, publicKey: kind.publicKey, publicKeyDER: key.publicKeyDER(),
            notBefore: notBefore, notAfter: notAfter, profile: .authority(pathLength: 0))
        let der = try sign(
            draft, issuerDER: subjectDER, authorityKeyIdentifier: draft.subjectKeyIdentifier,
            algorithm: key.signatureAlgorithm(), key: key)
        let authority = try CertificateAuthority(certificate: X509Certificate(der: der), key: key)
        return (authority, try key.pem())
    }

    /// The authority's private key, PKCS #8 PEM encrypted with AES-256 under a key that PBKDF2 derives with
    /// 600,000 rounds of HMAC-SHA-256, for safekeeping.
    ///
    /// - Parameter passphrase: 8 to 1,024 bytes of UTF-8.
    public func encryptedPrivateKeyPEM(passphrase: String) throws(X509Error) -> String {
        try key.encryptedPEM(passphrase: passphrase)
    }

    /// DER of the signed certificate.
    static func sign(
        _ draft: CertificateDraft, issuerDER: [UInt8], authorityKeyIdentifier: [UInt8]?,
        algorithm: [UInt8], key: KeyHandle
    ) throws(X509Error) -> [UInt8] {
        let content = draft.toBeSigned(
            issuerDER: issuerDER, authorityKeyIdentifier: authorityKeyIdentifier, algorithm: algorithm)
        return DERWriter.sequence(content, algorithm, DERWriter.bitString(try key.sign(content)))
    }

    /// Issues a certificate to nobody and reads it, to learn how this key's signatures read, and that it can
    /// sign at all.
    private static func trySigning(
        _ key: KeyHandle, issuer: X509Certificate
    ) throws(X509Error) -> SignatureFacts {
        let algorithm = try key.signatureAlgorithm()
        let draft = try CertificateDraft(
            subjectDER: DistinguishedName([]).encoded(), publicKey: issuer.publicKey,
            publicKeyDER: issuer.publicKeyDER, notBefore: 0, notAfter: 0, profile: .device)
        let sample = try X509Certificate(
            der: sign(
                draft, issuerDER: issuer.subjectDER, authorityKeyIdentifier: issuer.subjectKeyIdentifier,
                algorithm: algorithm, key: key))
        return SignatureFacts(
            algorithm: algorithm, name: sample.signatureAlgorithm, bits: sample.signatureSecurityBits)
    }
}

extension CertificateAuthority: CustomStringConvertible, CustomReflectable {
    /// The certificate; never the key.
    public var description: String {
        "CertificateAuthority(\(certificate))"
    }

    /// The certificate; never the key.
    public var customMirror: Mirror {
        Mirror(self, children: ["certificate": certificate])
    }
}

extension KeyKind {
    /// What a key of this kind is.
    var publicKey: PublicKey {
        switch self {
        case .p256: PublicKey(algorithm: .ellipticCurve("prime256v1"), bits: 256, rsaExponent: nil)
        case .p384: PublicKey(algorithm: .ellipticCurve("secp384r1"), bits: 384, rsaExponent: nil)
        case .rsa2048: PublicKey(algorithm: .rsa, bits: 2048, rsaExponent: 65_537)
        case .rsa3072: PublicKey(algorithm: .rsa, bits: 3072, rsaExponent: 65_537)
        case .rsa4096: PublicKey(algorithm: .rsa, bits: 4096, rsaExponent: 65_537)
        }
    }
}
