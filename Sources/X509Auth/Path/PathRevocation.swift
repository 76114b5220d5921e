/// Revocation along a path by RFC 5280 6.3, with the lists at hand; for one search, which may come by an issuer
/// many times.
final class PathRevocation {
    private let lists: [Listed]
    /// Unix seconds.
    private let now: Int64
    /// What is wrong with a list as one of an issuer; nil inside: nothing.
    private var judged: [Pair: CertificatePathFailure?] = [:]

    private struct Listed {
        let list: CertificateRevocationList
        let issuer: [[DistinguishedName.ComparableAttribute]]
    }

    private struct Pair: Hashable {
        let list: Int
        let issuer: CertificateID
    }

    /// Lists of the same scope, of which the newest counts.
    private struct Scope: Hashable {
        let kind: CertificateRevocationList.Scope
        let distributionPoint: [UInt8]?
    }

    init(lists: [CertificateRevocationList], now: Int64) {
        self.lists = lists.map { Listed(list: $0, issuer: $0.issuer.comparable) }
        self.now = now
    }

    /// `path`: anchor first, leaf last.
    func check(_ path: [PathCertificate]) throws(CertificatePathFailure) {
        guard !lists.isEmpty else { return }
        for index in path.indices.dropFirst() {
            try check(path[index], issuer: path[index - 1], isLeaf: index == path.count - 1)
        }
    }

    private func check(
        _ item: PathCertificate, issuer: PathCertificate, isLeaf: Bool
    ) throws(CertificatePathFailure) {
        var problem: CertificatePathFailure?
        var complete: [Scope: CertificateRevocationList] = [:]
        var changes: [CertificateRevocationList] = []
        for (index, listed) in lists.enumerated()
        where listed.issuer == item.issuer && Self.covers(listed.list, item) {
            let list = listed.list
            if let found = self.problem(index, of: issuer) {
                problem = problem ?? found
            } else if list.isDelta {
                changes.append(list)
            } else {
                let scope = Scope(
                    kind: list.scope, distributionPoint: list.contents.extensions.distributionPoint)
                if complete[scope].map({ Self.isNewer(list, than: $0) }) ?? true { complete[scope] = list }
            }
        }
        guard !complete.isEmpty else {
            if let problem { throw problem }
            guard isLeaf else { return }
            throw CertificatePathFailure(
                .revocationUnknown,
                "\(item.name) cannot be checked: no revocation list of its issuer covers it")
        }
        for full in complete.values {
            let delta = changes.filter { $0.applies(to: full) }.max { Self.isNewer($1, than: $0) }
            let revocation = AuthorityRevocation(mode: .hard, full: full, delta: delta)
            if case .revoked(let entry) = revocation.answer(
                serialNumber: item.certificate.serialNumber.bytes, now: now)
            {
                throw CertificatePathFailure(
                    .revoked,
                    "\(item.name) was revoked at \(UTCTime.string(entry.revocationDate)) (\(entry.reason))")
            }
        }
    }

    private static func isNewer(
        _ list: CertificateRevocationList, than other: CertificateRevocationList
    ) -> Bool {
        guard let number = list.number, let otherNumber = other.number else { return false }
        return number > otherNumber
    }

    /// Whether the list is about such a certificate at all (RFC 5280 6.3.3 b).
    private static func covers(_ list: CertificateRevocationList, _ item: PathCertificate) -> Bool {
        if let wanted = item.authorityKey?.keyIdentifier, let has = list.authorityKeyIdentifier, wanted != has
        {
            return false
        }
        switch list.scope {
        case .endEntities where item.certificate.isCertificateAuthority: return false
        case .authorities where !item.certificate.isCertificateAuthority: return false
        case .all, .endEntities, .authorities: break
        }
        guard let name = list.contents.extensions.distributionPoint else { return true }
        return item.distributionPoints.contains { $0.name == name }
    }

    private func problem(_ index: Int, of issuer: PathCertificate) -> CertificatePathFailure? {
        let pair = Pair(list: index, issuer: issuer.certificate.id)
        if let known = judged[pair] { return known }
        let found = Self.problem(lists[index].list, of: issuer, now: now)
        judged[pair] = .some(found)
        return found
    }

    private static func problem(
        _ list: CertificateRevocationList, of issuer: PathCertificate, now: Int64
    ) -> CertificatePathFailure? {
        if let text = list.profileProblem {
            return CertificatePathFailure(.revocationUnknown, "the revocation list of \(issuer.name) \(text)")
        }
        do {
            try list.verify(issuer: issuer.certificate)
        } catch {
            return CertificatePathFailure(.revocationUnknown, error.message)
        }
        guard list.isCurrent(at: now) else {
            return CertificatePathFailure(
                .revocationUnknown, "the revocation list of \(issuer.name) is outside its dates")
        }
        return nil
    }
}

extension CertificateRevocationList {
    /// What RFC 5280's profile demands of a list and this one lacks.
    fileprivate var profileProblem: String? {
        let extensions = contents.extensions
        // 5.1.2.1, 5.1.2.4, 5.1.2.5, 5.1.2.6
        if version != 2 { return "is not of version 2" }
        if nextUpdate == nil { return "has no next update" }
        if !contents.header.hasProperDates { return "has a date that is not in the form RFC 5280 demands" }
        if contents.header.hasEmptyEntries { return "has an empty sequence of entries" }
        // 5.2.1, 5.2.3, 5.2.4, 5.2.5
        if authorityKeyIdentifier == nil { return "has no authority key identifier" }
        if number == nil || extensions.isNumberCritical { return "has no number, or a critical one" }
        if !extensions.marksScopeCritical {
            return "has a deltaCRLIndicator or issuingDistributionPoint that is not critical"
        }
        return nil
    }
}
