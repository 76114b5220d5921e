/// Revocation along a path by RFC 5280 6.3, with the lists at hand.
struct PathRevocation: Sendable {
    let lists: [CertificateRevocationList]
    /// Unix seconds.
    let now: Int64

    /// `path`: anchor first, leaf last.
    func check(_ path: [PathCertificate]) throws(PathFailure) {
        guard !lists.isEmpty else { return }
        for index in path.indices.dropFirst() {
            try check(path[index], issuer: path[index - 1], isLeaf: index == path.count - 1)
        }
    }

    private func check(
        _ item: PathCertificate, issuer: PathCertificate, isLeaf: Bool
    ) throws(PathFailure) {
        let named = lists.filter { $0.issuer.comparable == item.issuer && covers($0, item) }
        var problem: PathFailure?
        var complete: CertificateRevocationList?
        var changes: [CertificateRevocationList] = []
        for list in named {
            if let found = self.problem(list, of: issuer) {
                problem = problem ?? found
            } else if list.isDelta {
                changes.append(list)
            } else if complete.map({ $0.number.map { $0 < list.number ?? $0 } ?? true }) ?? true {
                complete = list
            }
        }
        guard let complete else {
            if let problem { throw problem }
            guard isLeaf else { return }
            throw PathFailure(
                .revocationUnknown,
                "\(item.name) cannot be checked: no revocation list of its issuer covers it")
        }
        let delta = changes.filter { $0.applies(to: complete) }
            .max { ($0.number ?? SerialNumber(bytes: [])) < ($1.number ?? SerialNumber(bytes: [])) }
        let revocation = AuthorityRevocation(mode: .hard, full: complete, delta: delta)
        if case .revoked(let entry) = revocation.answer(
            serialNumber: item.certificate.serialNumber.bytes, now: now)
        {
            throw PathFailure(
                .revoked,
                "\(item.name) was revoked at \(UTCTime.string(entry.revocationDate)) (\(entry.reason))")
        }
    }

    /// Whether the list is about such a certificate at all (RFC 5280 6.3.3 b).
    private func covers(_ list: CertificateRevocationList, _ item: PathCertificate) -> Bool {
        if let wanted = item.authorityKey?.keyIdentifier, let has = list.authorityKeyIdentifier, wanted != has
        {
            return false
        }
        switch list.scope {
        case .all: break
        case .endEntities where item.certificate.isCertificateAuthority: return false
        case .authorities where !item.certificate.isCertificateAuthority: return false
        case .endEntities, .authorities: break
        }
        guard let name = list.contents.extensions.distributionPoint else { return true }
        return item.distributionPoints.contains { $0.name == name }
    }

    private func problem(_ list: CertificateRevocationList, of issuer: PathCertificate) -> PathFailure? {
        // 5.1.2.1, 5.2.1, 5.2.3, 5.1.2.5
        guard list.version == 2, list.number != nil, !list.contents.extensions.isNumberCritical,
            list.authorityKeyIdentifier != nil, list.nextUpdate != nil
        else {
            return PathFailure(
                .revocationUnknown,
                "the revocation list of \(issuer.name) lacks what RFC 5280 demands: version 2, number, key identifier and next update"
            )
        }
        do {
            try list.verify(issuer: issuer.certificate)
        } catch {
            return PathFailure(.revocationUnknown, error.message)
        }
        guard list.isCurrent(at: now) else {
            return PathFailure(
                .revocationUnknown, "the revocation list of \(issuer.name) is outside its dates")
        }
        return nil
    }
}
