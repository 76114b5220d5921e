import X509Auth

/// What is in a file of certificates, in order.
struct CredentialInspection {
    let findings: [Finding]

    struct Finding: Encodable {
        let kind: String
        let fields: [Field]
        let warnings: [String]
    }

    struct Field: Encodable {
        let label: String
        let value: String
    }

    /// - Parameter key: A file with a private key that should belong to the first certificate.
    init(file: String, key: String?, now: Int64) throws {
        let source = file == "-" ? "/dev/stdin" : file
        guard let bytes = try DurableFile.read(source, limit: InputFile.maximumSize) else {
            throw CommandFailure(
                "There is no file \(file); a certificate's id has six or more hexadecimal digits.")
        }
        let items: [CredentialItem]
        do {
            items = try CredentialItem.items(bytes)
        } catch {
            throw CommandFailure("\(file) can't be shown: \(error.message).")
        }
        var keyText = try key.map(InputFile.text)
        var findings: [Finding] = []
        for item in items {
            var matches: Bool?
            if case .certificate(let certificate) = item, let text = keyText {
                matches = try Self.matches(certificate, text, key ?? "")
                keyText = nil
            }
            findings.append(Self.finding(item, keyMatches: matches, now: now))
        }
        guard keyText == nil else {
            throw CommandFailure("\(file) holds no certificate that a key could belong to.")
        }
        self.findings = findings
    }

    private static func matches(_ certificate: X509Certificate, _ key: String, _ path: String) throws -> Bool
    {
        do {
            guard ManagedAuthority.isEncrypted(key) else {
                return try certificate.matches(privateKeyPEM: key)
            }
            let passphrase = try PassphrasePrompt.ask("Passphrase of \(path): ")
            return try certificate.matches(privateKeyPEM: key, passphrase: passphrase)
        } catch let error as X509Error {
            throw CommandFailure("\(path): \(error.message).")
        }
    }

    private static func finding(_ item: CredentialItem, keyMatches: Bool?, now: Int64) -> Finding {
        switch item {
        case .certificate(let certificate):
            let report = CertificateReport(certificate, now: now, keyMatches: keyMatches)
            let key = keyMatches == true ? [Field(label: "Private key", value: "belongs to it")] : []
            return Finding(kind: "certificate", fields: fields(report) + key, warnings: report.warnings)
        case .request(let request):
            let report = CertificateReport(request)
            return Finding(kind: "request", fields: fields(report), warnings: report.warnings)
        case .revocationList(let list):
            let report = CertificateReport(list, now: now)
            return Finding(kind: "revocation-list", fields: fields(report), warnings: report.warnings)
        case .privateKey(let label):
            return Finding(
                kind: "private-key", fields: [Field(label: "Private key", value: "not shown (\(label))")],
                warnings: [])
        case .other(let label):
            return Finding(
                kind: "other", fields: [Field(label: "Not recognised", value: label)], warnings: [])
        case .unreadable(let label, let error):
            return Finding(
                kind: "unreadable", fields: [Field(label: "Unreadable", value: label)],
                warnings: [error.message])
        }
    }

    private static func fields(_ report: CertificateReport) -> [Field] {
        report.lines.map { Field(label: $0.label, value: $0.value) }
    }

    /// Findings apart by a blank line; labels once, values aligned; then the warnings.
    func text(_ style: TextStyle) -> String {
        findings.map { finding in
            let width = finding.fields.map(\.label.count).max() ?? 0
            var previous = ""
            var lines: [String] = []
            for field in finding.fields {
                let label = field.label == previous ? "" : field.label
                previous = field.label
                let padding = String(repeating: " ", count: width - label.count + 2)
                lines.append(label + padding + PlainText.oneLine(field.value))
            }
            for warning in finding.warnings {
                lines.append("\(style.paint("Warning:", .yellow)) \(PlainText.oneLine(warning))")
            }
            return lines.joined(separator: "\n")
        }.joined(separator: "\n\n")
    }
}
