/// What a matching statement does.
public enum PolicyEffect: String, Hashable, Sendable {
    /// Allows, unless something denies.
    case allow = "Allow"
    /// Denies, whatever allows.
    case deny = "Deny"
}

/// A string of a document and the place it stands.
public struct PolicyText: Hashable, Sendable, CustomStringConvertible {
    /// The string, with JSON's escapes undone.
    public let text: String
    /// Where it stands.
    public let position: SourcePosition

    init(_ text: String, at position: SourcePosition) {
        self.text = text
        self.position = position
    }

    /// The string.
    public var description: String { text }
}

/// The patterns of `Action` or `Resource`, or of `NotAction` or `NotResource`.
public struct PolicyPatterns: Hashable, Sendable {
    /// Whether the element was `NotAction` or `NotResource`: the statement applies to what matches none of them.
    public let isNegated: Bool
    /// The patterns in document order.
    public let patterns: [PolicyText]
}

/// One key tested by one operator.
public struct PolicyCondition: Hashable, Sendable {
    /// The operator.
    public let `operator`: ConditionOperator
    /// The key's name. Compared without case.
    public let key: PolicyText
    /// The values of which one has to fit (or, negated, none).
    public let values: [PolicyText]
    /// Where the key stands.
    public var position: SourcePosition { key.position }
}

/// One statement of a document.
public struct PolicyStatement: Hashable, Sendable {
    /// The label, without effect on decisions.
    public let sid: String?
    /// Allow or deny.
    public let effect: PolicyEffect
    /// `Action` or `NotAction`.
    public let actions: PolicyPatterns
    /// `Resource` or `NotResource`.
    public let resources: PolicyPatterns
    /// All conditions; every one has to hold.
    public let conditions: [PolicyCondition]
    /// Where the statement begins.
    public let position: SourcePosition
}
