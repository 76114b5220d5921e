/// Which documents have to allow a request together.
///
/// Usually all are one bag. For an authenticated Cognito identity the role and, for the data-plane actions, the
/// policies on the identity each have to allow.
struct PolicyLayers {
    enum Layer: Hashable { case role, attached }

    private let principal: PolicyPrincipal
    private let needsBoth: Bool
    private let groupPoliciesApply: Bool

    private static let identityActions: Set<String> = [
        "iot:connect", "iot:publish", "iot:subscribe", "iot:receive", "iot:getthingshadow",
        "iot:updatethingshadow", "iot:deletethingshadow",
    ]

    /// - Parameter action: the action in lower case.
    init(_ reader: ContextReader, action: String) {
        self.init(
            reader.context.principal, action: action, groupPoliciesApply: reader.groupPoliciesApply)
    }

    /// - Parameter action: the action in lower case.
    init(_ principal: PolicyPrincipal, action: String, groupPoliciesApply: Bool) {
        self.principal = principal
        self.groupPoliciesApply = groupPoliciesApply
        needsBoth = principal == .authenticatedIdentity && Self.identityActions.contains(action)
    }

    /// The layers of which each has to allow.
    var required: [Layer] {
        switch principal {
        case .device: [.attached]
        case .authenticatedIdentity: needsBoth ? [.role, .attached] : [.role]
        case .unauthenticatedIdentity: [.role]
        }
    }

    /// The layer a policy from `source` counts in, or nil if it is not in force.
    func layer(of source: PolicySource) -> Layer? {
        if case .thingGroup = source, !groupPoliciesApply { return nil }
        switch principal {
        case .device: return .attached
        case .authenticatedIdentity: return source == .role ? .role : needsBoth ? .attached : nil
        case .unauthenticatedIdentity: return source == .role ? .role : nil
        }
    }
}

extension ContextReader {
    /// Whether the policies of the thing's groups are in force.
    var groupPoliciesApply: Bool {
        guard associatedThing != nil else { return false }
        return hasClientIDOfThing || options.groupPoliciesApplyToExclusiveThing
    }
}
