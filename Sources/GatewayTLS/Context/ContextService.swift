/// What a context answers connections with from now on, until it is replaced.
final class ContextService: Sendable {
    /// Where a connection begins. With domains it only receives hellos: it has no credential, so that
    /// nothing can be served before a domain has been chosen.
    let entry: ContextStorage
    private let domains: DomainTable<ContextStorage>?
    let unavailableCipherSuites: [String]

    init(_ storage: ContextStorage) {
        entry = storage
        unavailableCipherSuites = storage.unavailableCipherSuites
        domains = nil
    }

    init(
        _ domains: [TLSDomain], defaultDomain: String?, unknownServerName: TLSUnknownServerName,
        now: TLSClock?
    ) throws(TLSError) {
        try TLSDomain.validate(domains, defaultDomain: defaultDomain)
        var answers: [ContextStorage] = []
        for domain in domains {
            do throws(TLSError) {
                answers.append(
                    try ContextStorage(server: domain.configuration, domain: domain, now: now))
            } catch {
                var named = error
                named.message = "domain \"\(domain.name)\": \(error.message)"
                throw named
            }
        }
        var unavailable: [String] = []
        for suite in answers.flatMap(\.unavailableCipherSuites) where !unavailable.contains(suite) {
            unavailable.append(suite)
        }
        unavailableCipherSuites = unavailable
        entry = try ContextStorage(receivingHellosWith: now)
        self.domains = DomainTable(
            domains, answers: answers, defaultDomain: defaultDomain, unknownServerName: unknownServerName)
    }

    /// Whether the hello decides about anything.
    var hasDomains: Bool { domains != nil }

    func select(_ hello: TLSClientHello, isNameUnusable: Bool) -> DomainSelection<ContextStorage> {
        domains?.select(hello, isNameUnusable: isNameUnusable) ?? .domain(entry)
    }
}
