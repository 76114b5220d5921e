/// Which domain answers a hello.
enum DomainSelection<Answer> {
    case domain(Answer)
    case refused(DomainRefusal)
}

/// Why none answers.
enum DomainRefusal: Hashable, Sendable {
    case unknownServerName
    case missingServerName
    case noApplicationProtocol
    /// The look-up knows no domain for the hello.
    case notFound
    /// The look-up found what cannot answer.
    case unusable

    /// The alert that says so. RFC 8446, section 9.2 would have missing_extension for a hello without a
    /// server name; libssl can't send it before a version is agreed on.
    var alert: UInt8 {
        switch self {
        case .unknownServerName, .notFound: 112
        case .missingServerName: 40
        case .noApplicationProtocol: 120
        case .unusable: 80
        }
    }
}

extension DomainSelection: Equatable where Answer: Equatable {}
extension DomainSelection: Sendable where Answer: Sendable {}

/// A listener's domains, ordered for selection. Pure.
struct DomainTable<Answer> {
    struct Entry {
        var domain: TLSDomain
        var answer: Answer
    }

    private var entries: [Entry] = []
    private var exact: [String: [Int]] = [:]
    /// By what follows "*.".
    private var wildcards: [String: [Int]] = [:]
    private var defaults: [Int] = []
    private let unknownServerName: TLSUnknownServerName

    /// - Parameter answers: of each domain, in the same order.
    init(
        _ domains: [TLSDomain], answers: [Answer], defaultDomain: String?,
        unknownServerName: TLSUnknownServerName
    ) {
        self.unknownServerName = unknownServerName
        for (index, (domain, answer)) in zip(domains, answers).enumerated() {
            entries.append(Entry(domain: domain, answer: answer))
            for name in Set(domain.serverNames.map { $0.lowercased() }) {
                if name.hasPrefix("*.") {
                    wildcards[String(name.dropFirst(2)), default: []].append(index)
                } else {
                    exact[name, default: []].append(index)
                }
            }
            if domain.name == defaultDomain { defaults.append(index) }
        }
    }

    /// - Parameter isNameUnusable: the hello has a server name, but none that could be a host's.
    func select(_ hello: TLSClientHello, isNameUnusable: Bool = false) -> DomainSelection<Answer> {
        guard hello.serverName != nil || isNameUnusable else {
            return select(hello, among: defaults) ?? .refused(.missingServerName)
        }
        if let name = hello.serverName {
            if let found = select(hello, among: exact[name] ?? []) { return found }
            if let dot = name.firstIndex(of: "."), dot > name.startIndex,
                let found = select(hello, among: wildcards[String(name[name.index(after: dot)...])] ?? [])
            {
                return found
            }
        }
        switch unknownServerName {
        case .useDefault: return select(hello, among: defaults) ?? .refused(.unknownServerName)
        case .reject: return .refused(.unknownServerName)
        }
    }

    /// nil when none of the candidates is served on the hello's port.
    private func select(_ hello: TLSClientHello, among candidates: [Int]) -> DomainSelection<Answer>? {
        let here = candidates.map { entries[$0] }.filter { entry in
            entry.domain.ports.isEmpty || hello.localPort.map(entry.domain.ports.contains) == true
        }
        guard !here.isEmpty else { return nil }
        let offered = here.first { entry in
            entry.domain.whenOffering.contains { hello.applicationProtocols.contains($0) }
        }
        guard let entry = offered ?? here.first(where: { $0.domain.whenOffering.isEmpty }) else {
            return .refused(.noApplicationProtocol)
        }
        return .domain(entry.answer)
    }
}

extension DomainTable: Sendable where Answer: Sendable {}
extension DomainTable.Entry: Sendable where Answer: Sendable {}
