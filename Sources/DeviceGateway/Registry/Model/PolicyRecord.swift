/// A named policy document.
public struct PolicyRecord: Hashable, Sendable, Codable {
    /// 1 to 128 characters of `[A-Za-z0-9_+=,.@-]`; unique (AWS IoT API: CreatePolicy).
    public var name: String
    /// The document, JSON, exactly as it was given.
    public var text: String
    /// 1 when created, one more each time the text is replaced.
    public var version: Int

    /// Creates a record. Nothing is checked until it is given to a registry.
    public init(name: String, text: String, version: Int) {
        self.name = name
        self.text = text
        self.version = version
    }
}
