/// The comparison of one condition, with the values of the document made ready. Always the positive sense; negation
/// is the condition's affair.
enum ConditionTest: Sendable {
    case text([TextTemplate])
    case textIgnoringCase([TextTemplate])
    case like([TextTemplate])
    case arn([ARNTemplate])
    // A value the operator cannot read equals nothing; its place is kept, so that explanations can count.
    case numeric([DecimalNumber?], Relation)
    case date([Timestamp?], Relation)
    case bool([TextTemplate])
    case ipAddress([IPAddressRange?])
    case binary([[UInt8]?])
    case null([Bool])
    case never

    enum Relation: Sendable {
        case equal, less, lessOrEqual, greater, greaterOrEqual

        func holds<Value: Comparable>(_ lhs: Value, _ rhs: Value) -> Bool {
            switch self {
            case .equal: lhs == rhs
            case .less: lhs < rhs
            case .lessOrEqual: lhs <= rhs
            case .greater: lhs > rhs
            case .greaterOrEqual: lhs >= rhs
            }
        }
    }

    init(_ condition: PolicyCondition, syntax: TextTemplate.Syntax) {
        let values = condition.values.map(\.text)
        func templates(wildcards: Bool) -> [TextTemplate] {
            values.map { TextTemplate($0, wildcards: wildcards, syntax: syntax) }
        }
        switch condition.operator.comparison {
        case .stringEquals, .stringNotEquals: self = .text(templates(wildcards: false))
        case .stringEqualsIgnoreCase, .stringNotEqualsIgnoreCase:
            self = .textIgnoringCase(templates(wildcards: false))
        case .stringLike, .stringNotLike: self = .like(templates(wildcards: true))
        case .arnEquals, .arnLike, .arnNotEquals, .arnNotLike:
            self = .arn(values.map { ARNTemplate($0, syntax: syntax) })
        case .numericEquals, .numericNotEquals: self = .numeric(values.map(DecimalNumber.init), .equal)
        case .numericLessThan: self = .numeric(values.map(DecimalNumber.init), .less)
        case .numericLessThanEquals: self = .numeric(values.map(DecimalNumber.init), .lessOrEqual)
        case .numericGreaterThan: self = .numeric(values.map(DecimalNumber.init), .greater)
        case .numericGreaterThanEquals: self = .numeric(values.map(DecimalNumber.init), .greaterOrEqual)
        case .dateEquals, .dateNotEquals: self = .date(values.map(Timestamp.init), .equal)
        case .dateLessThan: self = .date(values.map(Timestamp.init), .less)
        case .dateLessThanEquals: self = .date(values.map(Timestamp.init), .lessOrEqual)
        case .dateGreaterThan: self = .date(values.map(Timestamp.init), .greater)
        case .dateGreaterThanEquals: self = .date(values.map(Timestamp.init), .greaterOrEqual)
        case .bool: self = .bool(templates(wildcards: false))
        case .ipAddress, .notIPAddress: self = .ipAddress(values.map(IPAddressRange.init))
        case .binaryEquals: self = .binary(values.map(Base64.decode))
        case .null: self = .null(values.compactMap(Self.truth))
        case .unknown: self = .never
        }
    }

    /// What a value would have to be, if `comparison` cannot read `text`; nil if it can.
    static func unreadable(_ text: String, by comparison: ConditionOperator.Comparison) -> String? {
        switch comparison {
        case .numericEquals, .numericNotEquals, .numericLessThan, .numericLessThanEquals, .numericGreaterThan,
            .numericGreaterThanEquals:
            DecimalNumber(text) == nil ? "a decimal number" : nil
        case .dateEquals, .dateNotEquals, .dateLessThan, .dateLessThanEquals, .dateGreaterThan,
            .dateGreaterThanEquals:
            Timestamp(text) == nil ? "a date such as 2026-07-01T12:00:00Z, or seconds since 1970" : nil
        case .bool, .null: truth(text) == nil ? "true or false" : nil
        case .ipAddress, .notIPAddress:
            IPAddressRange(text) == nil ? "an address or range such as 192.0.2.0/24" : nil
        case .binaryEquals: Base64.decode(text) == nil ? "base64 with padding" : nil
        default: nil
        }
    }

    static func truth(_ text: String) -> Bool? {
        switch text.asciiLowercased {
        case "true": true
        case "false": false
        default: nil
        }
    }

    var variables: [VariableReference] {
        switch self {
        case .text(let templates), .textIgnoringCase(let templates), .like(let templates),
            .bool(let templates):
            templates.flatMap(\.variables)
        case .arn(let templates): templates.flatMap(\.variables)
        default: []
        }
    }

    /// Whether `value` fits one of the document's values.
    func matches(_ value: String, _ reader: ContextReader) -> Bool {
        switch self {
        case .text(let templates):
            return templates.contains { $0.bindText(reader.value)?.isIdentical(to: value) ?? false }
        case .textIgnoringCase(let templates):
            let lowercased = value.lowercased()
            return templates.contains {
                $0.bindText(reader.value)?.lowercased().isIdentical(to: lowercased) ?? false
            }
        case .like(let templates):
            return templates.contains { $0.bind(reader.value).map { Glob($0).matches(value.utf8) } ?? false }
        case .arn(let templates):
            let fields = ARNFields(value)
            return templates.contains { $0.matches(fields, reader) }
        case .numeric(let numbers, let relation):
            guard let value = DecimalNumber(value) else { return false }
            return numbers.contains { $0.map { relation.holds(value, $0) } ?? false }
        case .date(let dates, let relation):
            guard let value = Timestamp(value) else { return false }
            return dates.contains { $0.map { relation.holds(value, $0) } ?? false }
        case .bool(let templates):
            guard let value = Self.truth(value) else { return false }
            return templates.contains { $0.bindText(reader.value).flatMap(Self.truth) == value }
        case .ipAddress(let ranges):
            guard let value = IPAddress(value) else { return false }
            return ranges.contains { $0?.contains(value) ?? false }
        case .binary(let values):
            guard let value = Base64.decode(value) else { return false }
            return values.contains { $0 == value }
        case .null, .never: return false
        }
    }
}

/// A value of an ARN operator: six fields compared one by one, each with wildcards, each open to variables.
struct ARNTemplate: Sendable {
    private enum Form: Sendable {
        case anything
        case fields([TextTemplate])
        case never
    }

    private let form: Form

    init(_ text: String, syntax: TextTemplate.Syntax) {
        if text == "*" {
            form = .anything
            return
        }
        // Colons inside a variable's name or value separate nothing, so the cut is made after the variables are known.
        var fields: [[TextTemplate.Piece]] = [[]]
        for piece in TextTemplate(text, wildcards: true, syntax: syntax).pieces {
            guard case .literal(let literal) = piece else {
                fields[fields.count - 1].append(piece)
                continue
            }
            let parts = literal.split(
                separator: ":", maxSplits: 6 - fields.count, omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() {
                if index > 0 { fields.append([]) }
                if !part.isEmpty { fields[fields.count - 1].append(.literal(String(part))) }
            }
        }
        form = fields.count == 6 ? .fields(fields.map(TextTemplate.init(pieces:))) : .never
    }

    var variables: [VariableReference] {
        if case .fields(let fields) = form { fields.flatMap(\.variables) } else { [] }
    }

    func matches(_ value: ARNFields, _ reader: ContextReader) -> Bool {
        switch form {
        case .anything: return true
        case .never: return false
        case .fields(let fields):
            guard value.isARN else { return false }
            return fields.enumerated().allSatisfy { index, field in
                field.bind(reader.value).map { Glob($0).matches(value.field(index)) } ?? false
            }
        }
    }
}
