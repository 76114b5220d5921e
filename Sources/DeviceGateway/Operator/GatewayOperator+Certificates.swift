import X509Auth

extension GatewayOperator {
    func certificates(after: String?, limit: Int?) -> OperatorPage<CertificateSummary> {
        OperatorPage(registry.allCertificates, after: after, limit: limit, name: \.id.string) {
            summary(of: $0)
        }
    }

    func setStatus(of selector: CertificateSelector, to text: String) async throws -> CertificateSummary {
        guard let status = CertificateStatus(rawValue: text) else {
            let known = CertificateStatus.allCases.map(\.rawValue).joined(separator: ", ")
            throw OperatorError(
                .invalidArgument, "“\(text.prefix(32))” is not a certificate's status; those are \(known).")
        }
        let id = try certificate(selector).id
        return summary(of: try await registry.setStatus(of: id, to: status))
    }

    /// The one certificate that is meant.
    func certificate(_ selector: CertificateSelector) throws(OperatorError) -> CertificateRecord {
        let found = try certificates(selector)
        guard found.count == 1, let certificate = found.first else {
            let ids = found.prefix(10).map { "\($0.id.string) (\($0.status.rawValue))" }.joined(
                separator: ", ")
            throw OperatorError(
                .ambiguous,
                "\(found.count) certificates are meant: \(ids)\(found.count > 10 ? ", …" : ""). "
                    + "Name one by the start of its id.")
        }
        return certificate
    }

    /// The certificate named by its id, or all of a thing's; never empty.
    func certificates(_ selector: CertificateSelector) throws(OperatorError) -> [CertificateRecord] {
        switch (selector.id, selector.thing) {
        case (let prefix?, nil): return try certificates(idPrefix: prefix)
        case (nil, let name?): return try certificates(ofThing: name)
        default:
            throw OperatorError(
                .invalidArgument, "Name a certificate by its id or by its thing, not by both.")
        }
    }

    private func certificates(idPrefix text: String) throws(OperatorError) -> [CertificateRecord] {
        let prefix = text.lowercased()
        if let id = CertificateID(prefix), let certificate = registry.certificate(id) { return [certificate] }
        guard prefix.utf8.count >= CertificateSelector.minimumPrefixLength, prefix.utf8.count <= 64,
            prefix.utf8.allSatisfy(Self.isHexadecimal)
        else {
            throw OperatorError(
                .invalidArgument,
                "“\(text.prefix(70))” is not the start of a certificate id: \(CertificateSelector.minimumPrefixLength) "
                    + "to 64 hexadecimal digits. A device's certificate is named by --thing.")
        }
        let found = registry.allCertificates.filter { $0.id.string.hasPrefix(prefix) }
        guard !found.isEmpty else {
            throw OperatorError(.notFound, "There is no certificate \(prefix)…; see certificate list.")
        }
        return found
    }

    private func certificates(ofThing name: String) throws(OperatorError) -> [CertificateRecord] {
        do {
            _ = try thing(name)
        } catch {
            throw OperatorError(error)
        }
        let found = registry.certificates(attachedTo: name).compactMap { registry.certificate($0) }
        guard !found.isEmpty else {
            throw OperatorError(
                .notFound,
                "Device \(RegistryNames.quoted(name)) has no certificate; give it one with certificate create."
            )
        }
        return found
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    func summary(of certificate: CertificateRecord) -> CertificateSummary {
        CertificateSummary(
            id: certificate.id.string, status: certificate.status.rawValue,
            commonName: certificate.commonName,
            notBefore: certificate.notBefore, notAfter: certificate.notAfter,
            registeredAt: certificate.registeredAt, authority: certificate.authority?.string,
            things: registry.things(attachedTo: certificate.id).map(\.name),
            policies: registry.policies(attachedTo: certificate.id).map(\.name))
    }

    func detail(of record: CertificateRecord) throws(X509Error) -> CertificateDetail {
        let certificate = try X509Certificate(der: record.der)
        return CertificateDetail(
            summary: summary(of: record), subject: certificate.subject.description,
            issuer: certificate.issuer.description, serialNumber: certificate.serialNumber.decimal,
            key: certificate.keyDescription, pem: certificate.pem)
    }
}
