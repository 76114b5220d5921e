import X509Auth

/// A command that may take trust away: what it does to the registry, and what it is answered with. Apart, so that
/// it can be previewed, and carried out only if nothing has changed since.
struct OperatorChange: Sendable {
    let body: @Sendable (inout RegistryTransaction) throws(RegistryError) -> Void
    let reply: @Sendable () async throws -> OperatorReply
}

extension GatewayOperator {
    /// What such a command does; nil for other commands.
    func change(_ command: OperatorCommand) async throws -> OperatorChange? {
        switch command {
        case .setCertificateStatus(let selector, let status):
            try await statusChange(of: selector, to: status)
        case .removeCertificate(let selector, let detach):
            try await removal(of: selector, detach: detach)
        case .detachPolicy(let name, let selector):
            try detachment(of: name, from: selector)
        case .setAuthority(let text, let isActive):
            try authorityChange(text) { transaction, id throws(RegistryError) in
                try transaction.setAuthority(id, isActive: isActive)
            }
        case .setRevocationMode(let text, let mode):
            try revocationModeChange(text, mode)
        case .removeAuthority(let text):
            try authorityRemoval(text)
        case .loadRevocationList(let path, let force):
            try revocationListChange(path, force: force)
        case .rollBackTrust(let version):
            OperatorChange(
                body: { transaction throws(RegistryError) in
                    _ = try transaction.rollBackTrust(to: version)
                },
                reply: { .trust(trustSummary()) })
        default: nil
        }
    }

    /// Tries a change on a copy of the registry.
    func preview(_ command: OperatorCommand) async throws -> BlastRadius {
        let change = try await required(command)
        let preview = try registry.preview(now: now()) { transaction throws(RegistryError) in
            try change.body(&transaction)
        }
        return BlastRadius(preview, sessions: await sessionsEnded(preview))
    }

    func execute(_ command: OperatorCommand, ifUnchangedSince generation: UInt64) async throws
        -> OperatorReply
    {
        let change = try await required(command)
        try await registry.write { transaction throws(RegistryError) in
            try transaction.require(generation: generation)
            try change.body(&transaction)
        }
        return try await change.reply()
    }

    func execute(_ change: OperatorChange) async throws -> OperatorReply {
        try await registry.write { transaction throws(RegistryError) in try change.body(&transaction) }
        return try await change.reply()
    }

    private func required(_ command: OperatorCommand) async throws -> OperatorChange {
        guard let change = try await change(command) else {
            throw OperatorError(
                .invalidArgument, "Only commands that can take trust away can be previewed; this one can't.")
        }
        return change
    }

    func trustSummary() -> TrustSummary {
        TrustSummary(version: registry.trustVersion, earlier: registry.earlierTrustVersions)
    }

    // MARK: Certificates

    /// Of a thing's certificates, the one whose status differs is meant: after a rotation the old one is REVOKED
    /// or INACTIVE and must not stand in the way of shutting out the new one.
    private func statusChange(
        of selector: CertificateSelector, to text: String
    ) async throws -> OperatorChange {
        let status = try status(text)
        let found = try certificates(selector)
        var meant = found
        if selector.thing != nil, found.count > 1 {
            meant = found.filter { $0.status != .revoked && $0.status != status }
            if meant.isEmpty {
                // Nothing is left to change: either that is what was wanted, or REVOKED stands in the way for good.
                let settled = found.filter { $0.status == status }
                guard !settled.isEmpty else {
                    throw OperatorError(
                        .refused,
                        "All \(found.count) certificates of the device are REVOKED, which can't be undone; give it "
                            + "another with certificate create.")
                }
                return OperatorChange(
                    body: { _ throws(RegistryError) in },
                    reply: { .changed(try await summaries(of: settled)) })
            }
        }
        let id = try await only(meant).id
        return OperatorChange(
            body: { transaction throws(RegistryError) in try transaction.setStatus(of: id, to: status) },
            reply: {
                .changed(try await summaries(of: [registry.certificate(id)].compactMap { $0 }))
            })
    }

    func status(_ text: String) throws(OperatorError) -> CertificateStatus {
        guard let status = CertificateStatus(rawValue: text) else {
            let known = CertificateStatus.allCases.map(\.rawValue).joined(separator: ", ")
            throw OperatorError(
                .invalidArgument, "“\(text.prefix(32))” is not a certificate's status; those are \(known).")
        }
        return status
    }

    private func removal(of selector: CertificateSelector, detach: Bool) async throws -> OperatorChange {
        let record = try await only(try certificates(selector))
        let summary = try await summaries(of: [record])
        return OperatorChange(
            body: { transaction throws(RegistryError) in
                try transaction.removeCertificate(record.id, detaching: detach)
            },
            reply: { .changed(summary) })
    }

    /// From those of the certificates that have it; at least one must.
    private func detachment(of name: String, from selector: CertificateSelector) throws -> OperatorChange {
        _ = try policy(name)
        let ids = try certificates(selector).map(\.id).filter { id in
            registry.policies(attachedTo: id).contains { $0.name == name }
        }
        guard !ids.isEmpty else {
            throw OperatorError(
                .notFound,
                "Policy \(RegistryNames.quoted(name)) is not attached to what is named; see policy show \(name)."
            )
        }
        return OperatorChange(
            body: { transaction throws(RegistryError) in
                for id in ids { try transaction.detachPolicy(name, from: id) }
            },
            reply: { .changed(try await summaries(of: ids.compactMap { registry.certificate($0) })) })
    }

    // MARK: Authorities

    private func authorityChange(
        _ text: String,
        _ body:
            @escaping @Sendable (inout RegistryTransaction, CertificateID) throws(RegistryError) ->
            AuthorityRecord
    ) throws -> OperatorChange {
        let id = try authority(named: text).id
        return OperatorChange(
            body: { transaction throws(RegistryError) in _ = try body(&transaction, id) },
            reply: {
                guard let record = registry.authority(id) else { throw Self.goneMeanwhile }
                return .authority(summary(of: record))
            })
    }

    private func revocationModeChange(_ text: String, _ mode: String) throws -> OperatorChange {
        let mode = try revocationMode(mode)
        return try authorityChange(text) { transaction, id throws(RegistryError) in
            try transaction.setRevocationMode(ofAuthority: id, to: mode)
        }
    }

    private func authorityRemoval(_ text: String) throws -> OperatorChange {
        let record = try authority(named: text)
        let summary = summary(of: record)
        return OperatorChange(
            body: { transaction throws(RegistryError) in try transaction.removeAuthority(record.id) },
            reply: { .authority(summary) })
    }

    private func revocationListChange(_ path: String, force: Bool) throws -> OperatorChange {
        let list = try RevocationListFile.read(path)
        return OperatorChange(
            body: { transaction throws(RegistryError) in
                try transaction.loadRevocationList(list, forced: force)
            },
            reply: {
                let namesakes = registry.registeredAuthorities(
                    issuerDER: list.issuerDER, keyIdentifier: list.authorityKeyIdentifier)
                let holder = namesakes.compactMap { registry.authority($0.id) }
                    .first { registry.revocationLists(of: $0.id).contains { $0.der == list.der } }
                guard let holder else { throw Self.goneMeanwhile }
                return .authority(summary(of: holder))
            })
    }

    private static let goneMeanwhile = OperatorError(
        .notFound, "It was done, and what it was done to has been removed meanwhile.")
}
