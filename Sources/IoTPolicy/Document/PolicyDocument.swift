/// One AWS IoT policy document, read and checked.
///
/// Source: AWS IoT Core Developer Guide, "AWS IoT Core policies"; IAM User Guide, "Grammar of the IAM JSON policy
/// language".
public struct PolicyDocument: Hashable, Sendable {
    /// The language the document is written in.
    public let version: PolicyVersion
    /// The optional identifier, without effect.
    public let id: String?
    /// The statements in document order.
    public let statements: [PolicyStatement]

    init(version: PolicyVersion, id: String?, statements: [PolicyStatement]) {
        self.version = version
        self.id = id
        self.statements = statements
    }

    /// Reads a document.
    ///
    /// - Throws: ``PolicyError`` with place, fault and remedy, wherever AWS IoT would refuse to create the policy.
    public init(json: String, options: PolicyOptions = .default) throws(PolicyError) {
        try self.init(utf8: json.utf8, options: options)
    }

    /// Reads a document from UTF-8 bytes.
    ///
    /// - Throws: ``PolicyError`` with place, fault and remedy, wherever AWS IoT would refuse to create the policy.
    public init(utf8: some Sequence<UInt8>, options: PolicyOptions = .default) throws(PolicyError) {
        // No more is ever held than the largest acceptable text could need.
        let bytes = Array(utf8.prefix(PolicyDocument.maximumTextLength * 4 + 1))
        try PolicyDocument.checkLength(bytes)
        self = try PolicyDocumentReader.read(try JSONReader.read(bytes, maximumDepth: 16), options: options)
    }

    /// The most characters (Unicode scalars) a document may have, white space not counted.
    public static let maximumLength = 2_048

    /// The most characters (Unicode scalars) the text may have in all.
    public static let maximumTextLength = 404_600

    private static func checkLength(_ bytes: [UInt8]) throws(PolicyError) {
        var all = 0
        var counted = 0
        for byte in bytes where byte & 0xC0 != 0x80 {
            all += 1
            if !JSONReader.isWhitespace(byte) { counted += 1 }
        }
        guard all <= maximumTextLength else {
            throw PolicyError(
                .tooLarge, at: SourcePosition(line: 1, column: 1),
                "the text has more than \(maximumTextLength) characters", hint: "remove white space")
        }
        guard counted <= maximumLength else {
            throw PolicyError(
                .tooLarge, at: SourcePosition(line: 1, column: 1),
                "the document has \(counted) characters without white space; the limit is \(maximumLength)",
                hint: "use wildcards or variables, or split it into several policies")
        }
    }
}

/// The version of the policy language.
public enum PolicyVersion: String, Hashable, Sendable, CaseIterable {
    /// The first version. It has no policy variables, and is what a document without `Version` is written in.
    case v2008 = "2008-10-17"
    /// The current version.
    case v2012 = "2012-10-17"
}
