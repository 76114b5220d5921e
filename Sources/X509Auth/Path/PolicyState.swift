/// What the extensions about certificate policies say (RFC 5280 4.2.1.4, .5, .11, .14).
struct CertificatePolicies: Sendable {
    static let any = "2.5.29.32.0"

    /// nil: no such extension.
    var policies: Set<String>?
    /// Issuer's policy, subject's policy.
    var mappings: [(issuer: String, subject: String)] = []
    var requiresExplicitAfter: Int?
    var inhibitsMappingAfter: Int?
    var inhibitsAnyAfter: Int?

    init(_ extensions: ExtensionList) throws(DERFailure) {
        if let item = extensions[.certificatePolicies] { policies = try Self.policies(item.reader) }
        if let item = extensions[.policyMappings] { mappings = try Self.mappings(item.reader) }
        if let item = extensions[.policyConstraints] { try readConstraints(item.reader) }
        if let item = extensions[.inhibitAnyPolicy] {
            var reader = item.reader
            inhibitsAnyAfter = try reader.smallInteger()
            try reader.finish()
        }
    }

    private static func policies(_ reader: DERReader) throws(DERFailure) -> Set<String> {
        var outer = reader
        let sequence = try outer.next(DERTag.sequence)
        try outer.finish()
        var inner = outer.inside(sequence)
        var policies: Set<String> = []
        while !inner.isAtEnd {
            let element = try inner.next(DERTag.sequence)
            var item = inner.inside(element)
            guard policies.insert(try item.objectIdentifier()).inserted else {
                throw DERFailure("has a certificate policy twice")
            }
            _ = try item.nextIf(DERTag.sequence)
            try item.finish()
        }
        guard !policies.isEmpty else { throw DERFailure("has an empty list of certificate policies") }
        return policies
    }

    private static func mappings(_ reader: DERReader) throws(DERFailure) -> [(
        issuer: String, subject: String
    )] {
        var outer = reader
        let sequence = try outer.next(DERTag.sequence)
        try outer.finish()
        var inner = outer.inside(sequence)
        var mappings: [(issuer: String, subject: String)] = []
        while !inner.isAtEnd {
            let element = try inner.next(DERTag.sequence)
            var item = inner.inside(element)
            let pair = (issuer: try item.objectIdentifier(), subject: try item.objectIdentifier())
            try item.finish()
            guard pair.issuer != any, pair.subject != any else {
                throw DERFailure("maps a policy to or from anyPolicy")
            }
            mappings.append(pair)
        }
        guard !mappings.isEmpty else { throw DERFailure("has an empty list of policy mappings") }
        return mappings
    }

    private mutating func readConstraints(_ reader: DERReader) throws(DERFailure) {
        var outer = reader
        let sequence = try outer.next(DERTag.sequence)
        try outer.finish()
        var inner = outer.inside(sequence)
        if inner.nextTag == DERTag.context(0) {
            requiresExplicitAfter = try inner.smallInteger(DERTag.context(0))
        }
        if inner.nextTag == DERTag.context(1) {
            inhibitsMappingAfter = try inner.smallInteger(DERTag.context(1))
        }
        try inner.finish()
        guard requiresExplicitAfter != nil || inhibitsMappingAfter != nil else {
            throw DERFailure("has policy constraints that constrain nothing")
        }
    }
}

/// The policy processing of RFC 5280 6.1 where every policy is acceptable to the user: what remains to decide is
/// whether an explicit policy is required and none is left.
///
/// The valid policy tree is kept as the set of policies expected at its lowest level: which nodes a policy
/// came through does not matter to that question.
struct PolicyState {
    private var expected: Set<String> = []
    private var hasAny = true
    private var explicitPolicy: Int
    private var policyMapping: Int
    private var inhibitAny: Int

    /// - Parameter length: Certificates in the path, without the anchor.
    init(length: Int) {
        explicitPolicy = length + 1
        policyMapping = length + 1
        inhibitAny = length + 1
    }

    private var isEmpty: Bool { !hasAny && expected.isEmpty }

    /// Takes in the next certificate from the anchor down; nil where it breaks a rule.
    mutating func process(_ policies: CertificatePolicies, isLast: Bool, isSelfIssued: Bool) -> Bool {
        if let own = policies.policies {
            let takesAny =
                own.contains(CertificatePolicies.any) && (inhibitAny > 0 || (!isLast && isSelfIssued))
            var next = hasAny ? own : own.intersection(expected)
            next.remove(CertificatePolicies.any)
            if takesAny { next.formUnion(expected) }
            hasAny = hasAny && takesAny
            expected = next
        } else {
            hasAny = false
            expected = []
        }
        guard explicitPolicy > 0 || !isEmpty else { return false }
        if isLast {
            explicitPolicy = max(0, explicitPolicy - 1)
            if policies.requiresExplicitAfter == 0 { explicitPolicy = 0 }
            return explicitPolicy > 0 || !isEmpty
        }
        map(policies.mappings)
        if !isSelfIssued {
            explicitPolicy = max(0, explicitPolicy - 1)
            policyMapping = max(0, policyMapping - 1)
            inhibitAny = max(0, inhibitAny - 1)
        }
        if let count = policies.requiresExplicitAfter { explicitPolicy = min(explicitPolicy, count) }
        if let count = policies.inhibitsMappingAfter { policyMapping = min(policyMapping, count) }
        if let count = policies.inhibitsAnyAfter { inhibitAny = min(inhibitAny, count) }
        return true
    }

    private mutating func map(_ mappings: [(issuer: String, subject: String)]) {
        guard !mappings.isEmpty else { return }
        let before = expected
        for mapping in mappings { expected.remove(mapping.issuer) }
        guard policyMapping > 0 else { return }
        for mapping in mappings where before.contains(mapping.issuer) || hasAny {
            expected.insert(mapping.subject)
        }
    }
}
