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

    func register(_ request: CertificateToRegister) async throws -> CertificateSummary {
        let certificate = try X509Certificate(pem: request.pem)
        let status = try status(request.status)
        let issuer = try request.authority.map { text throws(OperatorError) in try authority(named: text).id }
        for policy in request.policies { _ = try self.policy(policy) }
        guard request.thing != nil || !request.exclusive else {
            throw OperatorError(.invalidArgument, "Only a thing can be exclusive to a certificate; name it.")
        }
        let time = now()
        let record = try await registry.write { transaction throws(RegistryError) in
            let record = try transaction.register(
                certificate: certificate, status: status, mode: request.sniOnly ? .sniOnly : .standard,
                authority: issuer, now: time)
            if let thing = request.thing {
                if transaction.thing(thing) == nil { try transaction.createThing(ThingRecord(name: thing)) }
                try transaction.attach(thing: thing, to: record.id, exclusively: request.exclusive)
            }
            for policy in request.policies { try transaction.attachPolicy(policy, to: record.id) }
            return record
        }
        return summary(of: record, commonName: certificate.subject.commonName)
    }

    /// The one certificate to show: of a thing's, the one that is not REVOKED.
    func certificate(shown selector: CertificateSelector) async throws -> CertificateRecord {
        let found = try certificates(selector)
        guard selector.thing != nil else { return try await only(found) }
        let valid = found.filter { $0.status != .revoked }
        return try await only(valid.isEmpty ? found : valid)
    }

    func only(_ found: [CertificateRecord]) async throws -> CertificateRecord {
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
