/// What a new document grants beyond an old one.
public enum GrantDifference: Hashable, Sendable {
    /// Nothing: every request the new document allows, in any context, the old one allows too.
    case none
    /// Something: here is a request, in a context, that only the new document allows.
    case example(PolicyRequest, PolicyContext)
    /// Neither could be shown. Treat it as a widening.
    case unknown
}

/// Compares what documents grant.
///
/// "Nothing" is said only if it is proved for every request and context: each `Allow` of the new document lies within
/// the old one's, under conditions at least as strict, and each `Deny` of the old document is still there or cannot
/// concern what the new one allows. An example is said only after both documents have judged it.
public enum PolicyComparison {
    /// What `new` grants that `old` does not, each judged alone and with default options.
    public static func newlyGranted(from old: PolicyDocument, to new: PolicyDocument) -> GrantDifference {
        var comparison = Comparison(old: old, new: new)
        if comparison.provesNothingNew() { return .none }
        return comparison.example() ?? .unknown
    }

    private struct Comparison {
        let old: PolicyDocument
        let new: PolicyDocument
        var words: [[InclusionSymbol]] = []

        init(old: PolicyDocument, new: PolicyDocument) {
            self.old = old
            self.new = new
        }

        private func languages(_ document: PolicyDocument, _ effect: PolicyEffect, isNeedle: Bool)
            -> [GrantLanguage]
        {
            document.statements.filter { $0.effect == effect }
                .map { GrantLanguage($0, document.version, isNeedle: isNeedle) }
        }

        mutating func provesNothingNew() -> Bool {
            // No short cut after the first failure: every counterexample is a chance for an example.
            let grants = languages(new, .allow, isNeedle: true).map { isGrantedByOld($0) }
            let denies = languages(old, .deny, isNeedle: true).map { isStillDenied($0) }
            return (grants + denies).allSatisfy { $0 }
        }

        private mutating func isGrantedByOld(_ grant: GrantLanguage) -> Bool {
            let covering =
                languages(old, .allow, isNeedle: false).filter { $0.conditionsHold(wheneverThoseOf: grant) }
                + languages(new, .deny, isNeedle: false).filter { $0.conditionsHold(wheneverThoseOf: grant) }
            return isCovered(grant, by: covering)
        }

        private mutating func isStillDenied(_ deny: GrantLanguage) -> Bool {
            let covering = languages(new, .deny, isNeedle: false).filter {
                $0.conditionsHold(wheneverThoseOf: deny)
            }
            if isCovered(deny, by: covering) { return true }
            return languages(new, .allow, isNeedle: true).allSatisfy { !$0.canOverlap(deny) }
        }

        private mutating func isCovered(_ needle: GrantLanguage, by covering: [GrantLanguage]) -> Bool {
            if covering.contains(where: { $0.covers(needle) }) { return true }
            guard !needle.isNegated else { return false }
            let haystack = covering.filter { !$0.isNegated }.flatMap(\.patterns)
            var isCovered = true
            for pattern in needle.patterns {
                switch PatternInclusion.check(pattern, in: haystack) {
                case .included: break
                case .counterexample(let word):
                    words.append(word)
                    isCovered = false
                case .tooComplex: isCovered = false
                }
            }
            return isCovered
        }

        // MARK: Examples

        func example() -> GrantDifference? {
            let oldSet = PolicySet([NamedPolicy(name: "old", document: old)])
            let newSet = PolicySet([NamedPolicy(name: "new", document: new)])
            let contexts = ContextSketch([old, new]).contexts
            // An example a client could really send says more than one that only a policy could think of.
            for mustBeNatural in [true, false] {
                for context in contexts {
                    let examples = ExampleRequests(old: old, new: new, words: words, context: context)
                    for candidate in examples.requests
                    where (!mustBeNatural || examples.isNatural(candidate))
                        && newSet.evaluate(candidate, in: context).isAllowed
                        && !oldSet.evaluate(candidate, in: context).isAllowed
                    {
                        return .example(candidate, context)
                    }
                }
            }
            return nil
        }
    }
}
