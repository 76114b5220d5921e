/// Looks for a path from a leaf up to a trusted certificate, backtracking, within a bound on its work.
///
/// Names and key identifiers lead; what cannot reach a trusted certificate by them is left aside at once, so that
/// a maze of cross-signed authorities without an exit costs one pass. Then the nearest way is tried first, each
/// signature verified at most once.
struct CertificatePathSearch {
    /// Steps, path checks and signatures that one search may take.
    struct Budget {
        var steps = 20_000
        var signatures = 400
        var paths = 200
        var comparisons = PathRules.maximumComparisons
    }

    private struct Node {
        let item: PathCertificate
        let isAnchor: Bool
        /// What is wrong with it as an issuer.
        let problem: CertificatePathFailure?
        /// Indices of those that may have signed it.
        var issuers: [Int] = []
        /// Steps to the nearest anchor; nil: none.
        var distance: Int?
    }

    private let leaf: PathCertificate
    private let leafHandle: CertificateHandle
    private let pathRules: PathRules
    private let accept: ([PathCertificate]) throws(CertificatePathFailure) -> Void
    private var nodes: [Node]
    private var leafIssuers: [Int] = []
    private var signatures: [Int: Bool] = [:]
    private var budget = Budget()
    /// The failure that came furthest.
    private var failure: (depth: Int, reason: CertificatePathFailure)?

    /// - Parameter accept: What a path must satisfy besides: revocation.
    init(
        leaf: PathCertificate, anchors: [PathCertificate], intermediates: [PathCertificate],
        rules: CertificateRules, pathRules: PathRules,
        accept: @escaping ([PathCertificate]) throws(CertificatePathFailure) -> Void
    ) throws(CertificatePathFailure) {
        self.leaf = leaf
        self.leafHandle = try leaf.handle()
        self.pathRules = pathRules
        self.accept = accept
        var seen: Set<CertificateID> = []
        var nodes: [Node] = []
        for (items, place) in [(anchors, CertificateRules.Place.anchor), (intermediates, .intermediate)] {
            for item in items where seen.insert(item.certificate.id).inserted {
                nodes.append(
                    Node(item: item, isAnchor: place == .anchor, problem: rules.problem(item, at: place)))
            }
        }
        self.nodes = nodes
        linkIssuers()
        measureDistances()
        sortIssuers()
    }

    /// The path, anchor first.
    mutating func run() throws(CertificatePathFailure) -> [PathCertificate] {
        var path: [Int] = []
        if let found = try extend(&path) { return found }
        if let reason = failure?.reason ?? obstacle() { throw reason }
        throw CertificatePathFailure(
            .untrusted,
            "\(leaf.name), issued by \(PrintableText.escape(leaf.certificate.issuer.description)), does not lead to a trusted certificate"
        )
    }

    /// What is wrong with the nearest certificate that the names lead to, where none of them leads further.
    private func obstacle() -> CertificatePathFailure? {
        var queue = leafIssuers[...]
        var seen = Set(queue)
        while let index = queue.popFirst() {
            if let problem = nodes[index].problem { return problem }
            for issuer in nodes[index].issuers where seen.insert(issuer).inserted { queue.append(issuer) }
        }
        return nil
    }

    // MARK: Preparing

    private mutating func linkIssuers() {
        var bySubject: [[[DistinguishedName.ComparableAttribute]]: [Int]] = [:]
        for (index, node) in nodes.enumerated() {
            bySubject[node.item.subject, default: []].append(index)
        }
        func issuers(of item: PathCertificate) -> [Int] {
            (bySubject[item.issuer] ?? []).filter { item.names(nodes[$0].item) }
        }
        leafIssuers = issuers(of: leaf)
        for index in nodes.indices where !nodes[index].isAnchor {
            nodes[index].issuers = issuers(of: nodes[index].item).filter { $0 != index }
        }
    }

    private mutating func measureDistances() {
        var below: [Int: [Int]] = [:]
        for (index, node) in nodes.enumerated() {
            for issuer in node.issuers { below[issuer, default: []].append(index) }
        }
        var frontier = nodes.indices.filter { nodes[$0].isAnchor && nodes[$0].problem == nil }
        for index in frontier { nodes[index].distance = 0 }
        var distance = 0
        while !frontier.isEmpty {
            distance += 1
            var next: [Int] = []
            for index in frontier {
                for child in below[index] ?? []
                where nodes[child].distance == nil && nodes[child].problem == nil {
                    nodes[child].distance = distance
                    next.append(child)
                }
            }
            frontier = next
        }
    }

    private mutating func sortIssuers() {
        let distances = nodes.map { $0.distance ?? Int.max }
        func sorted(_ indices: [Int]) -> [Int] {
            indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
        }
        leafIssuers = sorted(leafIssuers)
        for index in nodes.indices { nodes[index].issuers = sorted(nodes[index].issuers) }
    }

    // MARK: Searching

    /// `path`: indices from the leaf's issuer up.
    private mutating func extend(_ path: inout [Int]) throws(CertificatePathFailure) -> [PathCertificate]? {
        let below = path.last
        for candidate in below.map({ nodes[$0].issuers }) ?? leafIssuers {
            try spend(\.steps)
            if let problem = nodes[candidate].problem {
                note(problem, at: path.count)
                continue
            }
            guard nodes[candidate].distance != nil, !repeats(candidate, in: path) else { continue }
            guard try isSigned(below, by: candidate) else {
                let item = below.map { nodes[$0].item } ?? leaf
                note(
                    CertificatePathFailure(
                        .badSignature,
                        "\(item.name) is not signed by the key of \(nodes[candidate].item.name)"),
                    at: path.count)
                continue
            }
            path.append(candidate)
            if nodes[candidate].isAnchor {
                if let found = try complete(path) { return found }
            } else if let reason = lengthProblem(path) {
                note(reason, at: path.count)
            } else if let found = try extend(&path) {
                return found
            }
            path.removeLast()
        }
        return nil
    }

    private mutating func complete(_ path: [Int]) throws(CertificatePathFailure) -> [PathCertificate]? {
        try spend(\.paths)
        let whole = path.reversed().map { nodes[$0].item } + [leaf]
        do throws(CertificatePathFailure) {
            try pathRules.check(whole, comparisons: &budget.comparisons)
            try accept(whole)
            return whole
        } catch {
            note(error, at: Int.max)
            return nil
        }
    }

    /// The same certificate, or the same authority with the same key, leads in circles.
    private func repeats(_ candidate: Int, in path: [Int]) -> Bool {
        let item = nodes[candidate].item
        return path.contains { index in
            index == candidate
                || nodes[index].item.subject == item.subject
                    && nodes[index].item.certificate.publicKeyDER == item.certificate.publicKeyDER
        }
    }

    /// Whether the path is too long already, whatever follows.
    private func lengthProblem(_ path: [Int]) -> CertificatePathFailure? {
        let issued = path.filter { !nodes[$0].item.isSelfIssued }.count
        guard issued <= pathRules.maximumIntermediates, path.count <= CertificatePathValidator.maximumLength
        else {
            return CertificatePathFailure(
                .pathTooLong, "more than \(pathRules.maximumIntermediates) authorities in between")
        }
        return nil
    }

    private mutating func isSigned(_ below: Int?, by candidate: Int) throws(CertificatePathFailure) -> Bool {
        let key = ((below ?? -1) + 1) * nodes.count + candidate
        if let known = signatures[key] { return known }
        try spend(\.signatures)
        let signed =
            try below.map { index throws(CertificatePathFailure) in try nodes[index].item.handle() }
            ?? leafHandle
        let isSigned = signed.isSigned(by: try nodes[candidate].item.handle())
        signatures[key] = isSigned
        return isSigned
    }

    private mutating func note(_ reason: CertificatePathFailure, at depth: Int) {
        if let failure, failure.depth >= depth { return }
        failure = (depth, reason)
    }

    private mutating func spend(_ part: WritableKeyPath<Budget, Int>) throws(CertificatePathFailure) {
        guard budget[keyPath: part] > 0 else {
            throw CertificatePathFailure(
                .tooMuchWork,
                "the search for a path from \(leaf.name) was given up: too many ways; send fewer intermediates"
            )
        }
        budget[keyPath: part] -= 1
    }
}
