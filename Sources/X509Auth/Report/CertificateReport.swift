/// A certificate written out for people, with what they should know about it.
///
/// Everything a certificate's maker could choose is escaped: the text is safe on a terminal.
public struct CertificateReport: Hashable, Sendable, CustomStringConvertible {
    /// One thing to know: a sentence that says what follows from it.
    public let warnings: [String]
    /// Label and value, in order of display. A label may repeat.
    public let lines: [Line]

    /// One line of the report.
    public struct Line: Hashable, Sendable {
        /// What the value is, such as `Subject`.
        public let label: String
        /// The value, printable.
        public let value: String
    }

    /// Describes a certificate as of `now`, in Unix seconds.
    public init(
        _ certificate: X509Certificate, now: Int64, requirements: X509Requirements = .default
    ) {
        self.lines = Self.lines(certificate, now: now)
        self.warnings = Self.warnings(certificate, now: now, requirements: requirements)
    }

    /// The report: aligned lines, then warnings, ending in a newline.
    public var text: String {
        let width = lines.map(\.label.count).max() ?? 0
        var text = ""
        var previous = ""
        for line in lines {
            let label = line.label == previous ? "" : line.label
            previous = line.label
            text += label + String(repeating: " ", count: width - label.count + 2) + line.value + "\n"
        }
        for warning in warnings {
            text += "Warning: \(warning)\n"
        }
        return text
    }

    /// The same as ``text``.
    public var description: String { text }

    private static func lines(_ certificate: X509Certificate, now: Int64) -> [Line] {
        var lines = [
            Line(label: "Certificate ID", value: certificate.id.string),
            Line(label: "Subject", value: printable(certificate.subject)),
            Line(
                label: "Issuer",
                value: certificate.isSelfIssued ? "itself" : printable(certificate.issuer)),
            Line(label: "Serial number", value: certificate.serialNumber.hex),
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
        lines += certificate.subjectAlternativeNames.map {
            Line(label: "Also named", value: $0.description)
        }
        return lines
    }

    private static func printable(_ name: DistinguishedName) -> String {
        name.isEmpty ? "(empty)" : name.description
    }

    private static func role(_ certificate: X509Certificate) -> String {
        guard certificate.isCertificateAuthority else { return "end entity" }
        guard let length = certificate.pathLengthConstraint else { return "certificate authority" }
        return "certificate authority, path length \(length)"
    }

    private static func remaining(_ certificate: X509Certificate, now: Int64) -> String {
        guard certificate.isValid(at: now) else { return "" }
        let days = (certificate.notAfter - now) / 86_400
        return days == 1 ? " (1 day left)" : " (\(days) days left)"
    }

    private static let usageNames = [
        "1.3.6.1.5.5.7.3.1": "serverAuth", "1.3.6.1.5.5.7.3.2": "clientAuth",
        "1.3.6.1.5.5.7.3.3": "codeSigning", "1.3.6.1.5.5.7.3.4": "emailProtection",
        "1.3.6.1.5.5.7.3.8": "timeStamping", "1.3.6.1.5.5.7.3.9": "OCSPSigning",
        "2.5.29.37.0": "anyExtendedKeyUsage",
    ]

    private static let thirtyDays: Int64 = 30 * 86_400

    private static func warnings(
        _ certificate: X509Certificate, now: Int64, requirements: X509Requirements
    ) -> [String] {
        var warnings: [String] = []
        if now < certificate.notBefore {
            warnings.append(
                "not valid yet; it cannot be used before \(UTCTime.string(certificate.notBefore))")
        } else if now > certificate.notAfter {
            warnings.append("expired; whoever holds it is refused")
        } else if certificate.notAfter - now < thirtyDays {
            warnings.append("expires within 30 days; issue its successor now")
        }
        if certificate.isCertificateAuthority {
            warnings += authorityWarnings(certificate, requirements)
        } else {
            warnings += endEntityWarnings(certificate, requirements)
        }
        if certificate.version < 3 {
            warnings.append("version \(certificate.version): without extensions, nothing limits its use")
        }
        if certificate.serialNumber.bytes.count > 20 || certificate.serialNumber.bytes == [0] {
            warnings.append("its serial number is outside what RFC 5280 allows (1 to 20 octets, not zero)")
        }
        return warnings
    }

    private static func authorityWarnings(
        _ certificate: X509Certificate, _ requirements: X509Requirements
    ) -> [String] {
        var warnings: [String] = []
        do {
            try requirements.checkAuthority(certificate)
        } catch {
            warnings.append("cannot be registered as an authority: \(error.message)")
        }
        if certificate.subjectKeyIdentifier == nil {
            warnings.append(
                "no subject key identifier; if another authority has the same name, which one signed a device is found by trial"
            )
        }
        return warnings
    }

    private static func endEntityWarnings(
        _ certificate: X509Certificate, _ requirements: X509Requirements
    ) -> [String] {
        var warnings: [String] = []
        let isServer = certificate.extendedKeyUsages?.contains("1.3.6.1.5.5.7.3.1") ?? false
        if isServer, !certificate.allowsClientAuthentication {
            // A server's certificate is not meant to pass as a device's.
            if certificate.subjectAlternativeNames.isEmpty {
                warnings.append("no alternative names; clients cannot verify which host it is for")
            }
            return warnings
        }
        do {
            try requirements.check(certificate)
        } catch {
            warnings.append("cannot be registered as a device: \(error.message)")
        }
        let commonNames = certificate.subject.values(.commonName)
        if commonNames.isEmpty {
            warnings.append("no common name; policies and templates that use it will not match")
        } else if commonNames.count > 1 {
            warnings.append(
                "several common names; policies see the first as CommonName, the next as CommonName.1")
        }
        // Characters that AWS IoT does not substitute into policies.
        if commonNames.contains(where: { $0.contains { "*$+?#".contains($0) } }) {
            warnings.append("a common name holds one of * $ + ? #, so policy variables do not take its value")
        }
        return warnings
    }
}
