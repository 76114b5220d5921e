/// A topic filter (MQTT 5 §4.7), perhaps of a shared subscription: `$share/name/filter` (§4.8.2).
/// Compared byte by byte (MQTT-4.7.3-4).
public struct MQTTTopicFilter: Hashable, Sendable {
    /// The whole filter as subscribed, `$share/name/` included.
    public let string: String
    /// Bytes before the filter proper: those of `$share/name/`, or 0.
    private let sharePrefixCount: Int

    /// Checks a filter.
    public init(_ string: String) throws(MQTTTopicError) {
        var string = string
        string.makeContiguousUTF8()
        sharePrefixCount = try string.utf8.withBytes(throwing: TopicSyntax.checkFilter)
        self.string = string
    }

    /// Whether this is a shared subscription.
    public var isShared: Bool { sharePrefixCount > 0 }

    /// The share name of `$share/name/filter`.
    public var shareName: String? {
        guard isShared else { return nil }
        return String(
            Substring(string.utf8.prefix(sharePrefixCount - 1).dropFirst(TopicSyntax.share.utf8CodeUnitCount))
        )
    }

    /// The filter that topics are matched with.
    public var filterWithoutShare: String {
        isShared ? String(Substring(string.utf8.dropFirst(sharePrefixCount))) : string
    }

    /// Whether the filter has a wildcard.
    public var hasWildcard: Bool {
        string.utf8.dropFirst(sharePrefixCount).contains {
            $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#")
        }
    }

    /// Whether a message to `topic` belongs to this subscription.
    public func matches(_ topic: MQTTTopicName) -> Bool {
        withFilterBytes { filter in
            topic.string.utf8.withBytes { topic in MQTTTopicMatcher.matches(filter: filter, topic: topic) }
        }
    }

    /// Lends the bytes of ``filterWithoutShare`` without making a string.
    public func withFilterBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        string.utf8.withBytes { bytes in
            guard sharePrefixCount > 0, let base = bytes.baseAddress else { return body(bytes) }
            return body(
                UnsafeRawBufferPointer(
                    start: base + sharePrefixCount, count: bytes.count - sharePrefixCount))
        }
    }

    /// Equal when the bytes are; Swift's own comparison would take canonical equivalents for equal.
    public static func == (lhs: MQTTTopicFilter, rhs: MQTTTopicFilter) -> Bool {
        lhs.string.utf8.elementsEqual(rhs.string.utf8)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(utf8: string) }
}

extension MQTTTopicFilter: CustomStringConvertible {
    /// The whole filter.
    public var description: String { string }
}
