/// What a set of policies says about one request.
///
/// Source: AWS IoT API Reference, `AuthResult`; IAM User Guide, "Policy evaluation logic".
public enum PolicyDecision: String, Hashable, Sendable, CaseIterable {
    /// A statement allows the request and none denies it.
    case allowed
    /// No statement speaks for the request.
    case implicitDeny
    /// A `Deny` statement matches, whatever else allows it.
    case explicitDeny

    /// Whether the request may go ahead.
    public var isAllowed: Bool { self == .allowed }

    /// The joint answer to several requests that belong together: all have to be allowed, and an
    /// explicit deny on any of them is an explicit deny of the whole.
    ///
    /// No request at all is an implicit deny.
    public static func combined(_ decisions: some Sequence<PolicyDecision>) -> PolicyDecision {
        var isEmpty = true
        var result = PolicyDecision.allowed
        for decision in decisions {
            isEmpty = false
            switch decision {
            case .explicitDeny: return .explicitDeny
            case .implicitDeny: result = .implicitDeny
            case .allowed: break
            }
        }
        return isEmpty ? .implicitDeny : result
    }
}
