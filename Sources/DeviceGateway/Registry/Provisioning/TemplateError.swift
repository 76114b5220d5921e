/// Why a text is no provisioning template, or why a template cannot be applied to a device.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; more may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// A stable name, such as `missingParameter`.
        public let rawValue: String

        /// A code by name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The text is not JSON, repeats a key or nests too deeply.
        public static let notJSON = Code(rawValue: "notJSON")
        /// The text, or what it evaluates to, is larger than allowed.
        public static let tooLarge = Code(rawValue: "tooLarge")
        /// A value has the wrong JSON type.
        public static let wrongType = Code(rawValue: "wrongType")
        /// A key does not belong where it stands.
        public static let unknownKey = Code(rawValue: "unknownKey")
        /// A required key is missing.
        public static let missingKey = Code(rawValue: "missingKey")
        /// Two keys or resources exclude each other.
        public static let conflict = Code(rawValue: "conflict")
        /// A value is none of those that are possible.
        public static let invalidValue = Code(rawValue: "invalidValue")
        /// A parameter or mapping is referred to that the template does not declare.
        public static let unknownReference = Code(rawValue: "unknownReference")
        /// A parameter that is referred to has neither a value nor a default. For just-in-time
        /// provisioning: the certificate lacks the field.
        public static let missingParameter = Code(rawValue: "missingParameter")
        /// A policy document in the template is none.
        public static let malformedPolicy = Code(rawValue: "malformedPolicy")
    }

    /// The kind of failure.
    public let code: Code
    /// Where, as keys and indices from the document's root: `Resources.thing.Properties.ThingName`.
    public let path: String
    /// What is wrong and what to do.
    public let message: String

    init(_ code: Code, _ path: TemplatePath, _ message: String) {
        self.code = code
        self.path = path.description
        self.message = message
    }

    /// Place and message on one line.
    public var description: String { "\(path): \(message)" }
}

/// A place in a template.
struct TemplatePath: Hashable, Sendable, CustomStringConvertible {
    private let text: String

    static let root = TemplatePath(text: "")

    private init(text: String) { self.text = text }

    subscript(key: String) -> TemplatePath {
        // A key is the template author's, and may be as long as the template.
        let shown = RegistryNames.quoted(key).dropFirst().dropLast()
        return TemplatePath(text: text.isEmpty ? String(shown) : "\(text).\(shown)")
    }

    subscript(index: Int) -> TemplatePath { TemplatePath(text: "\(text)[\(index)]") }

    var description: String { text.isEmpty ? "the template" : text }
}
