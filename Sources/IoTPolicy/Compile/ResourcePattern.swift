/// A pattern of `Resource` or `NotResource`.
///
/// Source: AWS IoT Core Developer Guide, "Publish/Subscribe policy examples"; IAM User Guide, "IAM JSON policy
/// elements: Resource".
struct ResourcePattern: Sendable {
    enum Form: Sendable {
        /// `*`: every resource, and the absence of one.
        case anything
        /// A pattern that can match no resource.
        case never
        /// Text that is no ARN; only a request without an ARN can match.
        case plain(Glob)
        /// Leading fields compared one by one, then the rest of the ARN as one text.
        case arn(leading: [Glob], rest: TextTemplate)
    }

    let text: PolicyText
    let form: Form

    init(_ text: PolicyText, syntax: TextTemplate.Syntax) {
        self.text = text
        form = Self.form(text.text, syntax)
    }

    private static func form(_ text: String, _ syntax: TextTemplate.Syntax) -> Form {
        let fields = ARNFields.split(text)
        if fields.count == 1 {
            return !text.isEmpty && text.utf8.allSatisfy { $0 == UInt8(ascii: "*") }
                ? .anything : .plain(Glob(text))
        }
        guard fields[0].isIdentical(to: "arn") else { return .never }
        switch fields.count {
        case 6:
            guard !hasWildcard(fields[2]) else { return .never }
            return .arn(
                leading: fields[..<5].map { Glob($0) },
                rest: TextTemplate(fields[5], wildcards: true, syntax: syntax))
        case 4, 5:
            // A star at the end of a field may run over colons, so that a short pattern can still be complete.
            guard !hasWildcard(fields[2]) else { return .never }
            return .arn(leading: fields[..<3].map { Glob($0) }, rest: literal(fields[3...]))
        case 2: return .arn(leading: [Glob(fields[0])], rest: literal(fields[1...]))
        default: return .never
        }
    }

    static func hasWildcard(_ field: Substring) -> Bool {
        field.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
    }

    private static func literal(_ fields: ArraySlice<Substring>) -> TextTemplate {
        TextTemplate(fields.joined(separator: ":"), wildcards: true, syntax: .none)
    }

    var variables: [VariableReference] {
        if case .arn(_, let rest) = form { rest.variables } else { [] }
    }

    enum Outcome { case matches, differs, unresolved }

    /// Whether the pattern fits a resource.
    func match(_ resource: ARNFields, _ reader: ContextReader) -> Outcome {
        switch form {
        case .anything: return .matches
        case .never: return .differs
        case .plain(let glob): return !resource.isARN && glob.matches(resource.bytes) ? .matches : .differs
        case .arn(let leading, let rest):
            guard let tokens = rest.bind(reader.value) else { return .unresolved }
            guard resource.isARN else { return .differs }
            for (index, glob) in leading.enumerated() where !glob.matches(resource.field(index)) {
                return .differs
            }
            return Glob(tokens).matches(resource.rest(from: leading.count)) ? .matches : .differs
        }
    }
}
