import GatewayTLS

/// Which certificates an operator has to be told about: a pure state machine over time.
struct CertificateExpiryWatch: Sendable {
    private struct Entry: Sendable {
        let domain: String
        let credential: TLSCredential
        var told: ServerCertificateReport.Problem?
        var isStapleEndTold = false
    }

    private var entries: [Entry] = []
    /// Nothing becomes due before.
    private var next = Int64.min

    init(_ credentials: [(domain: String, credential: TLSCredential)]) {
        replace(credentials)
    }

    /// Watches others. What has been told of a certificate that stays is not told again.
    mutating func replace(_ credentials: [(domain: String, credential: TLSCredential)]) {
        let old = entries
        entries = credentials.map { domain, credential in
            var entry = Entry(domain: domain, credential: credential)
            let known = old.first { $0.domain == domain && $0.credential.isSameCertificate(as: credential) }
            entry.told = known?.told
            if let known, known.credential.staple == credential.staple {
                entry.isStapleEndTold = known.isStapleEndTold
            }
            return entry
        }
        next = .min
    }

    /// - Parameter now: Unix seconds.
    /// - Returns: what has to be told now; each step of each certificate once.
    mutating func due(at now: Int64) -> [ServerCertificateReport] {
        guard now >= next else { return [] }
        next = .max
        var reports: [ServerCertificateReport] = []
        for index in entries.indices {
            let entry = entries[index]
            let (problem, change) = Self.problem(of: entry.credential, at: now)
            next = min(next, change)
            if let problem, problem != entry.told {
                reports.append(
                    ServerCertificateReport(entry.credential, domain: entry.domain, problem, now: now))
            }
            entries[index].told = problem
            guard let staple = entry.credential.staple, !entry.isStapleEndTold else { continue }
            if staple.isCurrent(at: now) {
                // When it ends is the module's to know; a look every minute is enough.
                next = min(next, now + 60)
            } else if now >= staple.thisUpdate {
                entries[index].isStapleEndTold = true
                reports.append(
                    ServerCertificateReport(entry.credential, domain: entry.domain, .stapleOutdated, now: now)
                )
            } else {
                next = min(next, staple.thisUpdate)
            }
        }
        return reports
    }

    /// What is wrong with a certificate, and when that changes by itself.
    private static func problem(
        of credential: TLSCredential, at now: Int64
    ) -> (ServerCertificateReport.Problem?, change: Int64) {
        if now < credential.notBefore { return (.notYetValid, credential.notBefore) }
        if now > credential.notAfter { return (.expired, .max) }
        for (days, nextStep) in [(1, nil), (7, 1), (30, 7)] as [(Int, Int?)]
        where credential.notAfter - now < Int64(days) * day {
            let change = nextStep.map { credential.notAfter - Int64($0) * day } ?? credential.notAfter
            return (.expiresSoon(days: days), change + 1)
        }
        return (nil, credential.notAfter - 30 * day + 1)
    }

    private static let day: Int64 = 86_400
}

extension TLSCredential {
    fileprivate func isSameCertificate(as other: TLSCredential) -> Bool {
        subject == other.subject && notBefore == other.notBefore && notAfter == other.notAfter
            && keyKind == other.keyKind
    }
}
