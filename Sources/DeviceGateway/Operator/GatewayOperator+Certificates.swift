import X509Auth

extension GatewayOperator {
    func certificates(after: String?, limit: Int?) async throws -> OperatorPage<CertificateSummary> {
        let id = try after.map { text throws(OperatorError) in
            guard let id = CertificateID(text) else {
                throw OperatorError(
                    .invalidArgument, "“\(text.prefix(70))” is not a certificate id to go on from.")
            }
            return id
        }
        let size = OperatorPage<CertificateSummary>.size(limit)
        let records = registry.certificates(after: id, limit: size + 1)
        let names = try await commonNames(of: records.prefix(size).map(\.id))
        return OperatorPage(records, after: nil, limit: size, name: \.id.string) {
            summary(of: $0, commonName: names[$0.id])
        }
    }

    /// The common names that the certificates' subjects have.
    func commonNames(of ids: [CertificateID]) async throws(RegistryError) -> [CertificateID: String] {
        var names: [CertificateID: String] = [:]
        for (id, der) in try await registry.certificateEncodings(ids) {
            names[id] = (try? X509Certificate(der: der))?.subject.commonName
        }
        return names
    }

    func summaries(of records: [CertificateRecord]) async throws(RegistryError) -> [CertificateSummary] {
        let names = try await commonNames(of: records.map(\.id))
        return records.map { summary(of: $0, commonName: names[$0.id]) }
    }

    /// Of a thing's certificates, the one whose status differs is meant: after a rotation the old one is REVOKED
    /// or INACTIVE and must not stand in the way of shutting out the new one.
    func setStatus(of selector: CertificateSelector, to text: String) async throws -> [CertificateSummary] {
        guard let status = CertificateStatus(rawValue: text) else {
            let known = CertificateStatus.allCases.map(\.rawValue).joined(separator: ", ")
            throw OperatorError(
                .invalidArgument, "“\(text.prefix(32))” is not a certificate's status; those are \(known).")
        }
        let found = try certificates(selector)
        guard selector.thing != nil, found.count > 1 else {
            let id = try await only(found).id
            return try await summaries(of: [try await registry.setStatus(of: id, to: status)])
        }
        let changeable = found.filter { $0.status != .revoked && $0.status != status }
        guard changeable.isEmpty else {
            let id = try await only(changeable).id
            return try await summaries(of: [try await registry.setStatus(of: id, to: status)])
        }
        // Nothing is left to change: either that is what was wanted, or REVOKED stands in the way for good.
        let settled = found.filter { $0.status == status }
        guard settled.isEmpty else { return try await summaries(of: settled) }
        throw OperatorError(
            .refused,
            "All \(found.count) certificates of the device are REVOKED, which can't be undone; give it another with "
                + "certificate create.")
    }

    /// The one certificate to show: of a thing's, the one that is not REVOKED.
    func certificate(shown selector: CertificateSelector) async throws -> CertificateRecord {
        let found = try certificates(selector)
        guard selector.thing != nil else { return try await only(found) }
        let valid = found.filter { $0.status != .revoked }
        return try await only(valid.isEmpty ? found : valid)
    }

    private func only(_ found: [CertificateRecord]) async throws -> CertificateRecord {
        guard found.count == 1, let certificate = found.first else {
            let candidates = found.sorted { $0.registeredAt < $1.registeredAt }
                .prefix(OperatorError.maximumCandidates)
            throw OperatorError(
                .ambiguous,
                "\(found.count) certificates could be meant; name one by the start of its id.",
                candidates: try await summaries(of: Array(candidates)))
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
        let found = registry.certificates(idPrefix: prefix, limit: OperatorError.maximumCandidates + 1)
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

    func summary(of certificate: CertificateRecord, commonName: String?) -> CertificateSummary {
        CertificateSummary(
            id: certificate.id.string, status: certificate.status.rawValue, commonName: commonName,
            notBefore: certificate.notBefore, notAfter: certificate.notAfter,
            registeredAt: certificate.registeredAt, authority: certificate.authority?.string,
            things: registry.things(attachedTo: certificate.id).map(\.name),
            policies: registry.policies(attachedTo: certificate.id).map(\.name))
    }

    /// The certificate itself, from the store.
    func encoded(_ record: CertificateRecord) async throws -> X509Certificate {
        guard let der = try await registry.certificateDER(record.id) else {
            throw OperatorError(.storage, "The registry's store does not hold certificate \(record.id).")
        }
        return try X509Certificate(der: der)
    }

    func detail(of record: CertificateRecord) async throws -> CertificateDetail {
        let certificate = try await encoded(record)
        return CertificateDetail(
            summary: summary(of: record, commonName: certificate.subject.commonName),
            subject: certificate.subject.description,
            issuer: certificate.issuer.description, serialNumber: certificate.serialNumber.decimal,
            key: certificate.keyDescription, pem: certificate.pem)
    }
}
