/// A condition operator with its prefix and suffix, for example `ForAnyValue:StringLikeIfExists`.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
public struct ConditionOperator: Hashable, Sendable, CustomStringConvertible {
    /// The comparison without prefix and suffix.
    public let comparison: Comparison
    /// The set prefix.
    public let quantifier: Quantifier
    /// Whether the suffix `IfExists` is present: the test holds if the key is absent.
    public let ifExists: Bool

    /// The comparisons there are. The raw value is the name in a policy.
    public enum Comparison: String, Hashable, Sendable, CaseIterable {
        /// Equal text, case and all.
        case stringEquals = "StringEquals"
        /// Different text.
        case stringNotEquals = "StringNotEquals"
        /// Equal text without regard to case.
        case stringEqualsIgnoreCase = "StringEqualsIgnoreCase"
        /// Different text without regard to case.
        case stringNotEqualsIgnoreCase = "StringNotEqualsIgnoreCase"
        /// Text that fits a pattern of `*` and `?`.
        case stringLike = "StringLike"
        /// Text that does not fit a pattern.
        case stringNotLike = "StringNotLike"
        /// An ARN that fits a pattern, field by field.
        case arnEquals = "ArnEquals"
        /// The same as ``arnEquals``.
        case arnLike = "ArnLike"
        /// An ARN that does not fit a pattern.
        case arnNotEquals = "ArnNotEquals"
        /// The same as ``arnNotEquals``.
        case arnNotLike = "ArnNotLike"
        /// An equal number.
        case numericEquals = "NumericEquals"
        /// A different number.
        case numericNotEquals = "NumericNotEquals"
        /// A smaller number.
        case numericLessThan = "NumericLessThan"
        /// A smaller or equal number.
        case numericLessThanEquals = "NumericLessThanEquals"
        /// A greater number.
        case numericGreaterThan = "NumericGreaterThan"
        /// A greater or equal number.
        case numericGreaterThanEquals = "NumericGreaterThanEquals"
        /// The same instant.
        case dateEquals = "DateEquals"
        /// Another instant.
        case dateNotEquals = "DateNotEquals"
        /// An earlier instant.
        case dateLessThan = "DateLessThan"
        /// An earlier or the same instant.
        case dateLessThanEquals = "DateLessThanEquals"
        /// A later instant.
        case dateGreaterThan = "DateGreaterThan"
        /// A later or the same instant.
        case dateGreaterThanEquals = "DateGreaterThanEquals"
        /// An equal truth value.
        case bool = "Bool"
        /// An address within a range.
        case ipAddress = "IpAddress"
        /// An address outside a range.
        case notIPAddress = "NotIpAddress"
        /// Equal bytes, given in base64.
        case binaryEquals = "BinaryEquals"
        /// The key's absence (`true`) or presence (`false`).
        case null = "Null"
        /// A name that is no operator; only with ``PolicyOptions/UnknownOperator/neverHolds``.
        case unknown = ""

        /// Whether the comparison is the negation of another.
        public var isNegated: Bool {
            switch self {
            case .stringNotEquals, .stringNotEqualsIgnoreCase, .stringNotLike, .arnNotEquals, .arnNotLike,
                .numericNotEquals, .dateNotEquals, .notIPAddress:
                true
            default: false
            }
        }

        /// Whether values may hold policy variables.
        public var supportsVariables: Bool {
            switch self {
            case .stringEquals, .stringNotEquals, .stringEqualsIgnoreCase, .stringNotEqualsIgnoreCase,
                .stringLike, .stringNotLike, .arnEquals, .arnLike, .arnNotEquals, .arnNotLike, .bool:
                true
            default: false
            }
        }
    }

    /// How the values of a key are quantified.
    public enum Quantifier: String, Hashable, Sendable, CaseIterable {
        /// No prefix.
        case none = ""
        /// `ForAllValues:`, every value of the request has to pass.
        case forAllValues = "ForAllValues:"
        /// `ForAnyValue:`, one value of the request has to pass.
        case forAnyValue = "ForAnyValue:"
    }

    /// An operator from its parts. `Null` takes no `IfExists`.
    public init(_ comparison: Comparison, quantifier: Quantifier = .none, ifExists: Bool = false) {
        self.comparison = comparison
        self.quantifier = quantifier
        self.ifExists = comparison == .null ? false : ifExists
        name = quantifier.rawValue + comparison.rawValue + (self.ifExists ? "IfExists" : "")
    }

    /// An operator by its name in a policy, or nil if there is none of that name. Names mind case.
    public init?(_ name: String) {
        var rest = Substring(name)
        var quantifier = Quantifier.none
        for candidate in [Quantifier.forAllValues, .forAnyValue] where rest.hasPrefix(candidate.rawValue) {
            quantifier = candidate
            rest = rest.dropFirst(candidate.rawValue.count)
            break
        }
        let ifExists = rest.hasSuffix("IfExists")
        if ifExists { rest = rest.dropLast("IfExists".count) }
        guard let comparison = Comparison(rawValue: String(rest)), comparison != .unknown,
            !(ifExists && comparison == .null)
        else { return nil }
        self.init(comparison, quantifier: quantifier, ifExists: ifExists)
    }

    /// A name that is no operator, kept so that it can be shown.
    init(unknown name: String) {
        comparison = .unknown
        quantifier = .none
        ifExists = false
        self.name = name
    }

    private let name: String

    /// The name in a policy.
    public var description: String { name }
}
