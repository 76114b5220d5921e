/// An X.509 certificate, parsed once.
///
/// Only strict DER is accepted: bytes that follow, an outer encoding that differs when written again, a
/// name that holds a NUL or is no valid text, and malformed or repeated extensions are all refused, so
/// that a certificate has one reading and one ``id``. Parsing says nothing about trust.
///
/// A copy is a reference. Certificates of authorities keep OpenSSL's parsed form (some 5 KB), because
/// they are verified with again and again; others are kept as bytes and fields.
public struct X509Certificate: Sendable {
    /// The largest certificate accepted, in bytes of DER.
    public static let maximumSize = 65_536

    let contents: Contents

    /// Parses one certificate in DER.
    public init(der: [UInt8]) throws(X509Error) {
        try self.init(der: der, handle: try CertificateHandle(der: der))
    }

    /// `handle` is OpenSSL's form of `der`.
    init(der: [UInt8], handle: CertificateHandle) throws(X509Error) {
        self.contents = try Contents(der: der, handle: handle)
    }

    /// Parses the first certificate of a PEM text.
    public init(pem: String) throws(X509Error) {
        let bodies = try PEM.decode(pem, label: PEM.certificate, limit: PEM.maximumBlocks)
        guard let first = bodies.first else {
            throw X509Error(
                code: .notPEM, message: "the text holds no -----BEGIN CERTIFICATE----- block")
        }
        try self.init(der: first)
    }

    /// Parses all certificates of a PEM text, in order; empty if it holds none. At most 1,024.
    public static func certificates(pem: String) throws(X509Error) -> [X509Certificate] {
        var certificates: [X509Certificate] = []
        for body in try PEM.decode(pem, label: PEM.certificate, limit: PEM.maximumBlocks) {
            certificates.append(try X509Certificate(der: body))
        }
        return certificates
    }

    /// The encoding as received.
    public var der: [UInt8] { contents.der }
    /// SHA-256 of ``der``.
    public var id: CertificateID { contents.id }
    /// 1, 2 or 3.
    public var version: Int { contents.facts.version }
    /// Whom the certificate is about.
    public var subject: DistinguishedName { contents.subject }
    /// Who signed it.
    public var issuer: DistinguishedName { contents.issuer }
    /// The subject as encoded, to be compared octet by octet.
    public var subjectDER: [UInt8] { contents.subjectDER }
    /// The issuer as encoded; equal to the authority's ``subjectDER``.
    public var issuerDER: [UInt8] { contents.issuerDER }
    /// The issuer's number for this certificate.
    public var serialNumber: SerialNumber { contents.serialNumber }
    /// First valid second, Unix time.
    public var notBefore: Int64 { contents.facts.notBefore }
    /// Last valid second, Unix time; this second is still valid (RFC 5280 4.1.2.5).
    public var notAfter: Int64 { contents.facts.notAfter }
    /// Alternative names of the subject, in order.
    public var subjectAlternativeNames: [GeneralName] { contents.subjectAlternativeNames }
    /// Alternative names of the issuer, in order.
    public var issuerAlternativeNames: [GeneralName] { contents.issuerAlternativeNames }
    /// Whether basicConstraints says so.
    public var isCertificateAuthority: Bool { contents.facts.isAuthority }
    /// How many authorities may follow below this one; nil: no limit, or no authority.
    public var pathLengthConstraint: Int? { contents.facts.pathLength }
    /// Subject and issuer have the same name.
    public var isSelfIssued: Bool { contents.facts.isSelfIssued }
    /// Whether `time`, in Unix seconds, is within the validity, both ends included.
    public func isValid(at time: Int64) -> Bool { notBefore <= time && time <= notAfter }
    /// The public key's kind and size.
    public var publicKey: PublicKey { contents.facts.publicKey }
    /// The public key for people: `ECDSA P-256`, `RSA 2048 bits`.
    public var keyDescription: String { publicKey.description }
    /// The SubjectPublicKeyInfo in DER: equal for certificates of the same key.
    public var publicKeyDER: [UInt8] { contents.publicKeyDER }
    /// OpenSSL's name of the signature algorithm, such as `ecdsa-with-SHA256`.
    public var signatureAlgorithm: String { contents.signatureAlgorithm }
    /// Security bits of the signature's digest; nil where OpenSSL does not know the algorithm.
    public var signatureSecurityBits: Int? { contents.facts.signatureBits }
    /// The key usage extension; nil: absent, any use.
    public var keyUsage: KeyUsage? { contents.facts.keyUsage }
    /// Object identifiers of the extended key usage extension; nil: absent, any use.
    public var extendedKeyUsages: [String]? { contents.extendedKeyUsages }
    /// Whether key usage and extended key usage let the key authenticate a TLS client.
    public var allowsClientAuthentication: Bool { contents.facts.allowsClient }
    /// Whether it may issue certificates for TLS clients: version 3, basicConstraints, keyCertSign, and
    /// clientAuth if it restricts extended usages.
    public var allowsIssuingClients: Bool { contents.facts.allowsIssuingClients }
    /// The subject key identifier extension.
    public var subjectKeyIdentifier: [UInt8]? { contents.subjectKeyIdentifier }
    /// The key identifier of the authority key identifier extension.
    public var authorityKeyIdentifier: [UInt8]? { contents.authorityKeyIdentifier }

    /// The certificate as PEM, ending in a newline.
    public var pem: String {
        PEM.encode(der, label: PEM.certificate)
    }
}

extension X509Certificate: Hashable {
    /// Equal when the encodings are.
    public static func == (left: Self, right: Self) -> Bool {
        left.id == right.id && left.der == right.der
    }

    /// Hashes the fingerprint.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
    }
}

extension X509Certificate: CustomStringConvertible {
    /// One line: id and subject.
    public var description: String {
        "\(id) \(subject)"
    }
}

extension X509Certificate {
    /// Everything read from one certificate; immutable.
    final class Contents: Sendable {
        let der: [UInt8]
        let id: CertificateID
        let facts: CertificateFacts
        let subject: DistinguishedName
        let issuer: DistinguishedName
        let subjectDER: [UInt8]
        let issuerDER: [UInt8]
        let serialNumber: SerialNumber
        let subjectAlternativeNames: [GeneralName]
        let issuerAlternativeNames: [GeneralName]
        let publicKeyDER: [UInt8]
        let signatureAlgorithm: String
        let extendedKeyUsages: [String]?
        let subjectKeyIdentifier: [UInt8]?
        let authorityKeyIdentifier: [UInt8]?
        /// Kept for authorities only.
        let keptHandle: CertificateHandle?

        init(der: [UInt8], handle: CertificateHandle) throws(X509Error) {
            self.der = der
            self.id = CertificateID(der: der)
            let facts = try handle.facts()
            self.facts = facts
            self.subjectDER = try handle.required(.subject)
            self.issuerDER = try handle.required(.issuer)
            self.subject = try DistinguishedName(der: subjectDER)
            self.issuer = try DistinguishedName(der: issuerDER)
            let serial = try handle.required(.serial)
            // RFC 5280 allows 20 octets; more are seen, but nothing like this many.
            guard serial.count <= 128 else {
                throw X509Error(
                    code: .invalidField,
                    message: "the serial number has \(serial.count) octets; 20 are allowed")
            }
            self.serialNumber = SerialNumber(bytes: serial)
            self.subjectAlternativeNames = try handle.alternativeNames(ofIssuer: false)
            self.issuerAlternativeNames = try handle.alternativeNames(ofIssuer: true)
            self.publicKeyDER = try handle.required(.publicKey)
            self.signatureAlgorithm = handle.text(.signature) ?? "unknown"
            self.extendedKeyUsages = handle.extendedKeyUsages()
            self.subjectKeyIdentifier = handle.bytes(.subjectKeyIdentifier)
            self.authorityKeyIdentifier = handle.bytes(.authorityKeyIdentifier)
            self.keptHandle = facts.isAuthority ? handle : nil
        }

        /// What was put together rather than read: an end entity's certificate that was issued here.
        init(
            der: [UInt8], facts: CertificateFacts, subject: DistinguishedName, subjectDER: [UInt8],
            issuer: DistinguishedName, issuerDER: [UInt8], serialNumber: SerialNumber,
            subjectAlternativeNames: [GeneralName], publicKeyDER: [UInt8], signatureAlgorithm: String,
            extendedKeyUsages: [String]?, subjectKeyIdentifier: [UInt8]?, authorityKeyIdentifier: [UInt8]?
        ) {
            self.der = der
            self.id = CertificateID(der: der)
            self.facts = facts
            self.subject = subject
            self.issuer = issuer
            self.subjectDER = subjectDER
            self.issuerDER = issuerDER
            self.serialNumber = serialNumber
            self.subjectAlternativeNames = subjectAlternativeNames
            self.issuerAlternativeNames = []
            self.publicKeyDER = publicKeyDER
            self.signatureAlgorithm = signatureAlgorithm
            self.extendedKeyUsages = extendedKeyUsages
            self.subjectKeyIdentifier = subjectKeyIdentifier
            self.authorityKeyIdentifier = authorityKeyIdentifier
            self.keptHandle = nil
        }

        /// OpenSSL's form: the kept one, or parsed anew.
        func handle() throws(X509Error) -> CertificateHandle {
            if let keptHandle { return keptHandle }
            return try CertificateHandle(der: der)
        }
    }
}
