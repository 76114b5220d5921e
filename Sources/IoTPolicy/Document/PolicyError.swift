/// Why a text is not an acceptable policy document, and where.
///
/// AWS IoT refuses such a document when it is created (`MalformedPolicyException`), so it never takes part in a
/// decision.
public struct PolicyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of fault it is.
    public let code: Code
    /// The line, counted from 1.
    public let line: Int
    /// The column in Unicode scalars, counted from 1.
    public let column: Int
    /// What is wrong.
    public let message: String
    /// What would be right.
    public let hint: String

    /// A fault at a place.
    public init(code: Code, line: Int, column: Int, message: String, hint: String) {
        self.code = code
        self.line = line
        self.column = column
        self.message = message
        self.hint = hint
    }

    init(_ code: Code, at position: SourcePosition, _ message: String, hint: String) {
        self.init(code: code, line: position.line, column: position.column, message: message, hint: hint)
    }

    /// Place, fault and remedy in one line.
    public var description: String { "line \(line), column \(column): \(message); \(hint)" }

    /// The kind of a fault. More may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The code's name.
        public let rawValue: String

        /// A code by name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The text is not JSON.
        public static let notJSON = Code(rawValue: "notJSON")
        /// The text is not UTF-8.
        public static let notUTF8 = Code(rawValue: "notUTF8")
        /// A key occurs twice in one object.
        public static let duplicateKey = Code(rawValue: "duplicateKey")
        /// Arrays and objects are nested too deeply.
        public static let tooDeep = Code(rawValue: "tooDeep")
        /// The document is longer than AWS accepts.
        public static let tooLarge = Code(rawValue: "tooLarge")
        /// A value has the wrong JSON type.
        public static let wrongType = Code(rawValue: "wrongType")
        /// A required element is missing.
        public static let missingElement = Code(rawValue: "missingElement")
        /// An element does not exist or does not belong here.
        public static let unknownElement = Code(rawValue: "unknownElement")
        /// Two elements exclude each other.
        public static let conflictingElements = Code(rawValue: "conflictingElements")
        /// `Version` has another value than the two there are.
        public static let unknownVersion = Code(rawValue: "unknownVersion")
        /// `Effect` is neither `Allow` nor `Deny`.
        public static let invalidEffect = Code(rawValue: "invalidEffect")
        /// There is no such condition operator.
        public static let unknownOperator = Code(rawValue: "unknownOperator")
        /// A condition value cannot be read by its operator.
        public static let unreadableValue = Code(rawValue: "unreadableValue")
    }
}
