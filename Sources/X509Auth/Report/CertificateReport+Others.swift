extension CertificateReport {
    /// Describes a signing request.
    public init(_ request: SigningRequest, requirements: X509Requirements = .default) {
        var warnings: [String] = []
        if !request.provesPossession {
            warnings.append("not signed by the key it carries; no certificate is issued for it")
        }
        do {
            try requirements.check(request.publicKey)
        } catch {
            warnings.append("no certificate is issued for it: \(error.message)")
        }
        if request.subject.commonName == nil {
            warnings.append("no common name; name the device when it is signed")
        }
        self.init(
            lines: [
                Line(label: "Signing request", value: "PKCS #10"),
                Line(label: "Subject", value: Self.printable(request.subject)),
                Line(label: "Key", value: request.publicKey.description),
            ] + Self.names("Asks to be named", request.alternativeNames),
            warnings: warnings)
    }

    /// Describes a certificate revocation list as of `now`, in Unix seconds.
    public init(_ list: CertificateRevocationList, now: Int64) {
        var lines = [
            Line(
                label: "Revocation list",
                value: list.isDelta ? "changes since a full list" : "full list"),
            Line(label: "Issuer", value: Self.printable(list.issuer)),
        ]
        if let number = list.number { lines.append(Line(label: "Number", value: number.decimal)) }
        if let base = list.baseNumber { lines.append(Line(label: "Base number", value: base.decimal)) }
        lines.append(Line(label: "Issued", value: UTCTime.string(list.thisUpdate)))
        if let next = list.nextUpdate {
            lines.append(Line(label: "Next by", value: UTCTime.string(next)))
        }
        lines.append(Line(label: "Certificates", value: "\(list.count) revoked"))
        if let identifier = list.authorityKeyIdentifier {
            lines.append(
                Line(label: "Issuer's key ID", value: Hexadecimal.encode(identifier, separator: ":")))
        }
        self.init(
            lines: lines,
            warnings: list.isCurrent(at: now)
                ? [] : ["out of date; where revocation is checked hard, its authority's devices are refused"])
    }
}
