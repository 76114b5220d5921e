/// What a new document grants beyond an old one.
public enum GrantDifference: Hashable, Sendable {
    /// Nothing: every request the new document allows, in any context, the old one allows too.
    case none
    /// Something; here is a request, in a context, that only the new document allows.
    case example(PolicyRequest, PolicyContext)
    /// Neither could be shown; treat it as a widening.
    case unknown
}

/// Compares what documents grant.
public enum PolicyComparison {
    /// What `new` grants that `old` does not. `.none` is said only if it is proved.
    public static func newlyGranted(from old: PolicyDocument, to new: PolicyDocument) -> GrantDifference {
        .unknown
    }
}
