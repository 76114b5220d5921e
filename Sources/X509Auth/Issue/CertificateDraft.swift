/// A certificate about to be signed: everything but the issuer's name, key identifier and signature.
struct CertificateDraft {
    let serialNumber: SerialNumber
    let subject: DistinguishedName
    let subjectDER: [UInt8]
    let notBefore: Int64
    let notAfter: Int64
    let publicKey: PublicKey
    let publicKeyDER: [UInt8]
    let subjectKeyIdentifier: [UInt8]
    let profile: CertificateProfile
    let alternativeNames: [GeneralName]
    private let alternativeNamesDER: [UInt8]

    /// 9999-12-31T23:59:59Z, the last second a certificate can name.
    private static let lastSecond: Int64 = 253_402_300_799
    /// 1950-01-01T00:00:00Z, the first second UTCTime can name.
    private static let firstSecond: Int64 = -631_152_000
    /// The most alternative names that are issued.
    private static let maximumNames = 256

    init(
        subjectDER: [UInt8], publicKey: PublicKey, publicKeyDER: [UInt8], notBefore: Int64, notAfter: Int64,
        profile: CertificateProfile, alternativeNames: [GeneralName] = [],
        subjectKeyIdentifier: [UInt8]? = nil
    ) throws(X509Error) {
        guard Self.firstSecond <= notBefore, notBefore <= notAfter, notAfter <= Self.lastSecond else {
            throw X509Error(
                code: .invalidArgument,
                message:
                    "validity from \(notBefore) to \(notAfter) Unix seconds: the end must not come before the beginning, and both must lie in the years 1950 to 9999"
            )
        }
        guard alternativeNames.count <= Self.maximumNames else {
            throw X509Error(
                code: .invalidArgument,
                message:
                    "\(alternativeNames.count) alternative names; at most \(Self.maximumNames) are issued")
        }
        self.serialNumber = SerialNumber.random()
        // As a reader of the certificate will see it.
        self.subject = try DistinguishedName(der: subjectDER)
        self.subjectDER = subjectDER
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.publicKey = publicKey
        self.publicKeyDER = publicKeyDER
        if let subjectKeyIdentifier {
            self.subjectKeyIdentifier = subjectKeyIdentifier
        } else {
            self.subjectKeyIdentifier = try Self.keyIdentifier(publicKeyDER)
        }
        self.profile = profile
        self.alternativeNames = alternativeNames
        var names: [UInt8] = []
        for name in alternativeNames { names += try name.encoded() }
        self.alternativeNamesDER = names
    }

    /// TBSCertificate in DER (RFC 5280 4.1.2).
    func toBeSigned(
        issuerDER: [UInt8], authorityKeyIdentifier: [UInt8]?, algorithm: [UInt8]
    ) -> [UInt8] {
        DERWriter.sequence(
            [0xa0, 0x03, 0x02, 0x01, 0x02],  // version 3
            DERWriter.unsignedInteger(serialNumber.bytes),
            algorithm,
            issuerDER,
            DERWriter.sequence(DERWriter.time(notBefore), DERWriter.time(notAfter)),
            subjectDER,
            publicKeyDER,
            DERWriter.value(
                DERTag.constructed(3),
                DERWriter.value(DERTag.sequence, extensions(authorityKeyIdentifier).flatMap(\.self))))
    }

    // MARK: Extensions

    /// ``X509Auth/ExtensionType`` in DER, ready made: one certificate has six.
    private enum EncodedType {
        static let subjectKeyIdentifier: [UInt8] = [0x06, 0x03, 0x55, 0x1d, 0x0e]
        static let keyUsage: [UInt8] = [0x06, 0x03, 0x55, 0x1d, 0x0f]
        static let alternativeNames: [UInt8] = [0x06, 0x03, 0x55, 0x1d, 0x11]
        static let basicConstraints: [UInt8] = [0x06, 0x03, 0x55, 0x1d, 0x13]
        static let authorityKeyIdentifier: [UInt8] = [0x06, 0x03, 0x55, 0x1d, 0x23]
        static let extendedKeyUsage: [UInt8] = [0x06, 0x03, 0x55, 0x1d, 0x25]
    }

    private func extensions(_ authorityKeyIdentifier: [UInt8]?) -> [[UInt8]] {
        var extensions = [basicConstraints, keyUsage]
        if let usages = profile.extendedKeyUsages {
            extensions.append(
                Self.encode(
                    EncodedType.extendedKeyUsage,
                    DERWriter.value(
                        DERTag.sequence, usages.flatMap { DERWriter.objectIdentifier($0) ?? [] })))
        }
        extensions.append(
            Self.encode(
                EncodedType.subjectKeyIdentifier, DERWriter.octetString(subjectKeyIdentifier)))
        // Left out when the authority has no subject key identifier: there is nothing to point at.
        if let authorityKeyIdentifier {
            extensions.append(
                Self.encode(
                    EncodedType.authorityKeyIdentifier,
                    DERWriter.sequence(DERWriter.value(DERTag.context(0), authorityKeyIdentifier))))
        }
        if !alternativeNames.isEmpty {
            // RFC 5280 4.2.1.6: critical where nothing else names the subject.
            extensions.append(
                Self.encode(
                    EncodedType.alternativeNames,
                    DERWriter.value(DERTag.sequence, alternativeNamesDER), critical: subject.isEmpty))
        }
        return extensions
    }

    private var basicConstraints: [UInt8] {
        let content =
            if case .authority(let pathLength) = profile {
                DERWriter.sequence(DERWriter.boolean(true), DERWriter.unsignedInteger(pathLength))
            } else {
                DERWriter.sequence()
            }
        return Self.encode(EncodedType.basicConstraints, content, critical: true)
    }

    private var keyUsage: [UInt8] {
        let bits: [(KeyUsage, Int)] = [
            (.digitalSignature, 0), (.keyEncipherment, 2), (.keyCertificateSign, 5), (.crlSign, 6),
        ]
        let usage = profile.keyUsage(publicKey)
        return Self.encode(
            EncodedType.keyUsage, DERWriter.namedBits(bits.filter { usage.contains($0.0) }.map(\.1)),
            critical: true)
    }

    private static func encode(_ type: [UInt8], _ value: [UInt8], critical: Bool = false) -> [UInt8] {
        DERWriter.sequence(
            type, critical ? DERWriter.boolean(true) : [], DERWriter.octetString(value))
    }

    /// RFC 7093 2: the leftmost 160 bits of SHA-256 over the public key's bits.
    private static func keyIdentifier(_ publicKeyDER: [UInt8]) throws(X509Error) -> [UInt8] {
        do throws(DERFailure) {
            let octets = try SubjectPublicKeyInfo.keyOctets(publicKeyDER)
            return SHA256Digest.withOctets(of: octets) { Array($0.prefix(20)) }
        } catch {
            throw X509Error(code: .invalidField, message: "the public key \(error.message)")
        }
    }
}

extension SerialNumber {
    /// Positive, 20 octets, 158 random bits (RFC 5280 4.1.2.2; the CA/Browser Forum asks for 64).
    static func random() -> SerialNumber {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    static func random(using generator: inout some RandomNumberGenerator) -> SerialNumber {
        var octets = (0..<20).map { _ in UInt8(0) }
        for start in stride(from: 0, to: 20, by: 8) {
            var word = generator.next()
            for index in start..<min(start + 8, 20) {
                octets[index] = UInt8(truncatingIfNeeded: word)
                word >>= 8
            }
        }
        octets[0] = octets[0] & 0x3f | 0x40
        return SerialNumber(bytes: octets)
    }
}
