/// A topic a message is published to (MQTT 5 §4.7): 1 to 65,535 bytes of UTF-8, without U+0000 and
/// wildcards. Compared byte by byte (MQTT-4.7.3-4).
public struct MQTTTopicName: Hashable, Sendable {
    /// The name.
    public let string: String

    /// Checks a name.
    public init(_ string: String) throws(MQTTTopicError) {
        var string = string
        string.makeContiguousUTF8()
        try string.utf8.withBytes(throwing: TopicSyntax.checkName)
        self.string = string
    }

    /// For names that were checked by the parser.
    init(unchecked string: String) { self.string = string }

    /// Equal when the bytes are; Swift's own comparison would take canonical equivalents for equal.
    public static func == (lhs: MQTTTopicName, rhs: MQTTTopicName) -> Bool {
        lhs.string.utf8.elementsEqual(rhs.string.utf8)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(utf8: string) }
}

extension MQTTTopicName: CustomStringConvertible {
    /// The name.
    public var description: String { string }
}
