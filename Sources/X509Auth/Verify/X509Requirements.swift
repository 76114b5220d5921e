/// What a certificate must be, whoever vouches for it. One set of rules for registered devices and for
/// those seen first.
public struct X509Requirements: Hashable, Sendable {
    /// How a registered certificate's usage extensions are treated.
    public enum Usage: Hashable, Sendable {
        /// Key usage, if present, must include digitalSignature (or keyAgreement); extended key usage,
        /// if present, must include clientAuth.
        case clientAuthentication
        /// Not looked at, for fleets whose certificates were made for another purpose. On first sight the
        /// usages are required all the same.
        case notChecked
    }

    /// RSA modulus sizes accepted, in bits. AWS IoT accepts no less than 2,048; the upper end bounds the
    /// time a signature takes to verify.
    public var rsaBits: ClosedRange<Int> = 2048...8192
    /// Curves accepted, by OpenSSL's names.
    public var curves: Set<String> = ["prime256v1", "secp384r1", "secp521r1"]
    /// Whether Ed25519 and Ed448 keys are accepted. AWS IoT does not.
    public var allowsEdwardsCurves = false
    /// The least security bits of a signature: 112 refuses MD5 and SHA-1.
    public var minimumSignatureBits = 112
    /// Usage rules for registered certificates.
    public var usage: Usage = .clientAuthentication
    /// The largest single certificate, in bytes of DER.
    public var maximumCertificateSize = 16_384
    /// The most certificates a client may send besides its own. Further ones refuse the connection.
    public var maximumChainCount = 9
    /// The most authorities between a device's certificate and the registered authority that vouches for
    /// it. With 0, as AWS IoT has it, the registered authority must have signed the device itself.
    public var maximumIntermediates = 3

    /// Whether a first sight's path must keep to RFC 5280's profile to the letter: key identifiers present,
    /// basicConstraints critical, and more (OpenSSL's X509_STRICT). Off, because authorities made with the
    /// openssl command often lack key identifiers.
    public var enforcesStrictProfile = false

    /// RSA from 2,048 to 8,192 bits, P-256, P-384, P-521; SHA-256 or better; clientAuth.
    public static let `default` = X509Requirements()

    /// The defaults.
    public init() {}

    /// OpenSSL's security level for paths: 112 bits.
    static let securityLevel: Int32 = 2
    /// The least security bits of signatures on revocation lists and OCSP responses.
    static let minimumBits: Int32 = 112

    /// Checks what the bytes of a device certificate decide once and for all: size, key, signature
    /// algorithm and usage. Dates, status and trust are judged at each connection.
    ///
    /// A registry calls this before it stores a certificate.
    public func check(_ certificate: X509Certificate) throws(X509Rejection) {
        try checkStrength(certificate, what: "certificate \(Self.name(certificate))")
        guard let bits = certificate.signatureSecurityBits, bits >= minimumSignatureBits else {
            throw X509Rejection(
                .weakKey,
                "certificate \(Self.name(certificate)) is signed with \(certificate.signatureAlgorithm), which is too weak; have it signed with SHA-256 or better"
            )
        }
        if usage == .clientAuthentication, !certificate.allowsClientAuthentication {
            throw X509Rejection(
                .wrongUsage,
                "certificate \(Self.name(certificate)) is not for TLS clients; issue it with key usage digitalSignature and extended key usage clientAuth, or without them"
            )
        }
        try checkExtensions(
            certificate, at: .leaf, purpose: usage == .clientAuthentication ? .tlsClient : .any)
    }

    /// Checks that a certificate may be registered as an authority: size, key, version 3,
    /// basicConstraints, keyCertSign where key usage is present, clientAuth where extended key usage is.
    /// Its own signature is not judged: it is trusted because it is registered.
    public func checkAuthority(_ certificate: X509Certificate) throws(X509Rejection) {
        try checkStrength(certificate, what: "authority \(Self.name(certificate))")
        guard certificate.allowsIssuingClients else {
            throw X509Rejection(
                .wrongUsage,
                "certificate \(Self.name(certificate)) may not issue device certificates; an authority needs basicConstraints CA:TRUE, key usage keyCertSign, and clientAuth if it restricts extended usages"
            )
        }
        try checkExtensions(certificate, at: .anchor, purpose: .tlsClient)
    }

    /// What the certificate's extensions rule out for good: critical ones that are not understood, malformed
    /// ones, name constraints in a device's certificate.
    private func checkExtensions(
        _ certificate: X509Certificate, at place: CertificateRules.Place, purpose: CertificatePurpose
    ) throws(X509Rejection) {
        let item: PathCertificate
        do {
            item = try PathCertificate(certificate)
        } catch {
            throw X509Rejection(.malformed, "\(error.message); have it issued anew")
        }
        let rules = CertificateRules(requirements: self, purpose: purpose, isStrict: false, now: 0)
        if let failure = rules.extensionProblem(item, at: place) {
            throw X509Rejection(failure, advice: "have it issued anew")
        }
    }

    /// Checks a key alone: for signing requests.
    public func check(_ key: PublicKey) throws(X509Rejection) {
        if let problem = problem(with: key) {
            throw X509Rejection(.weakKey, problem)
        }
    }

    private func checkStrength(_ certificate: X509Certificate, what: String) throws(X509Rejection) {
        guard certificate.der.count <= maximumCertificateSize else {
            throw X509Rejection(
                .tooLarge,
                "\(what) has \(certificate.der.count) bytes; at most \(maximumCertificateSize) are accepted")
        }
        if let problem = problem(with: certificate.publicKey) {
            throw X509Rejection(.weakKey, "\(what): \(problem)")
        }
    }

    func problem(with key: PublicKey) -> String? {
        switch key.algorithm {
        case .rsa, .rsaPSS:
            guard rsaBits.contains(key.bits) else {
                return
                    "the key is \(key); RSA keys of \(rsaBits.lowerBound) to \(rsaBits.upperBound) bits are accepted"
            }
            // Exponent 1 makes every signature valid; an even one none.
            guard let exponent = key.rsaExponent, exponent >= 3, exponent % 2 == 1 else {
                return "the RSA key's public exponent is unusable; make a new key, with exponent 65537"
            }
            return nil
        case .ellipticCurve(let curve):
            guard curves.contains(curve) else {
                return "the key is \(key), a curve that is not accepted; make a new key, on P-256"
            }
            return nil
        case .ed25519, .ed448:
            guard allowsEdwardsCurves else {
                return "the key is \(key), which is not accepted; make a new key, on P-256"
            }
            return nil
        case .dsa, .other:
            return "the key is \(key), which is not accepted; make a new key, on P-256"
        }
    }

    /// Id and common name, fit for a log line.
    static func name(_ certificate: X509Certificate) -> String {
        guard let commonName = certificate.subject.commonName else { return certificate.id.string }
        return "\(certificate.id) (CN=\(PrintableText.escape(commonName, limit: 64)))"
    }
}
