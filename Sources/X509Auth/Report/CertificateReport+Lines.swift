extension CertificateReport {
    static func lines(_ certificate: X509Certificate, now: Int64) -> [Line] {
        let fields = try? CertificateFields(der: certificate.der)
        var lines = [
            Line(label: "Certificate ID", value: certificate.id.string),
            Line(label: "Subject", value: printable(certificate.subject)),
            Line(label: "Issuer", value: issuer(certificate)),
            Line(label: "Serial number", value: certificate.serialNumber.hex),
            Line(label: "Version", value: "\(certificate.version)"),
            Line(label: "Valid from", value: UTCTime.string(certificate.notBefore)),
            Line(
                label: "Valid to",
                value: UTCTime.string(certificate.notAfter) + remaining(certificate, now: now)),
            Line(label: "Key", value: certificate.keyDescription),
            Line(label: "Signature", value: PrintableText.escape(certificate.signatureAlgorithm)),
            Line(label: "Role", value: role(certificate)),
        ]
        if let usage = certificate.keyUsage {
            lines.append(Line(label: "Key usage", value: usage.description))
        }
        if let usages = certificate.extendedKeyUsages {
            lines.append(
                Line(
                    label: "Extended usage",
                    value: usages.map { usageNames[$0] ?? $0 }.joined(separator: ", ")))
        }
        lines += names("Also named", certificate.subjectAlternativeNames)
        lines += names("Issuer's names", certificate.issuerAlternativeNames)
        if let identifier = certificate.subjectKeyIdentifier {
            lines.append(Line(label: "Key ID", value: Hexadecimal.encode(identifier, separator: ":")))
        }
        if let identifier = certificate.authorityKeyIdentifier {
            lines.append(
                Line(label: "Issuer's key ID", value: Hexadecimal.encode(identifier, separator: ":")))
        }
        for item in fields?.extensions.items ?? [] where !shownAbove.contains(item.type) {
            lines.append(Line(label: "Extension", value: ExtensionText.describe(item)))
        }
        return lines
    }

    /// A successor's cross-certificate has its issuer's name, and is signed by the predecessor's key.
    private static func issuer(_ certificate: X509Certificate) -> String {
        guard certificate.isSelfIssued else { return printable(certificate.issuer) }
        guard let own = certificate.subjectKeyIdentifier, let other = certificate.authorityKeyIdentifier,
            own != other
        else { return "itself" }
        return "\(printable(certificate.issuer)), by another key than its own"
    }

    static func names(_ label: String, _ names: [GeneralName]) -> [Line] {
        names.map { Line(label: label, value: $0.description) }
    }

    static func printable(_ name: DistinguishedName) -> String {
        name.isEmpty ? "(empty)" : name.description
    }

    private static let shownAbove: Set<ExtensionType> = [
        .basicConstraints, .keyUsage, .extendedKeyUsage, .subjectAlternativeName, .issuerAlternativeName,
        .subjectKeyIdentifier, .authorityKeyIdentifier,
    ]

    private static func role(_ certificate: X509Certificate) -> String {
        guard certificate.isCertificateAuthority else { return "end entity" }
        guard let length = certificate.pathLengthConstraint else { return "certificate authority" }
        return "certificate authority, path length \(length)"
    }

    private static func remaining(_ certificate: X509Certificate, now: Int64) -> String {
        // Of a certificate without well-defined end (RFC 5280 4.1.2.5) nobody counts the days.
        guard certificate.isValid(at: now), certificate.notAfter < 253_402_300_799 else { return "" }
        let days = (certificate.notAfter - now) / 86_400
        return days == 1 ? " (1 day left)" : " (\(days) days left)"
    }

    private static let usageNames = [
        "1.3.6.1.5.5.7.3.1": "serverAuth", "1.3.6.1.5.5.7.3.2": "clientAuth",
        "1.3.6.1.5.5.7.3.3": "codeSigning", "1.3.6.1.5.5.7.3.4": "emailProtection",
        "1.3.6.1.5.5.7.3.8": "timeStamping", "1.3.6.1.5.5.7.3.9": "OCSPSigning",
        "2.5.29.37.0": "anyExtendedKeyUsage",
    ]
}
