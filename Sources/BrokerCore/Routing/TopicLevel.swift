/// One level of a topic or filter in two words, so that comparing levels is comparing words.
///
/// Up to fifteen bytes are held inline; byte 15 is their count. A longer level holds its 64-bit hash and
/// 0xFF in byte 15, and its bytes have to be compared as well.
struct TopicLevel: Equatable, BitwiseCopyable {
    var low: UInt64
    var high: UInt64

    static let longestInline = 15
    private static let longMark: UInt64 = 0xFF << 56

    /// The level's key and its hash.
    @inline(__always)
    static func make(
        _ bytes: UnsafeBufferPointer<UInt8>, _ hasher: SipHash
    ) -> (level: TopicLevel, hash: UInt64) {
        if bytes.count > longestInline {
            let hash = hasher.hash(bytes)
            return (TopicLevel(low: hash, high: longMark), hash)
        }
        var low: UInt64 = 0
        var high = UInt64(bytes.count) << 56
        var index = 0
        while index < bytes.count, index < 8 {
            low |= UInt64(bytes[index]) << UInt64(index * 8)
            index += 1
        }
        while index < bytes.count {
            high |= UInt64(bytes[index]) << UInt64((index - 8) * 8)
            index += 1
        }
        let level = TopicLevel(low: low, high: high)
        return (level, hasher.hash(low, high))
    }

    /// Whether the bytes are kept elsewhere.
    var isLong: Bool { high >= Self.longMark }

    /// Where a stored long level's bytes are kept.
    var longIndex: Int {
        get { Int(truncatingIfNeeded: high & 0xFFFF_FFFF) }
        set { high = Self.longMark | UInt64(UInt32(truncatingIfNeeded: newValue)) }
    }
}

/// The levels of a topic or filter, split at `/` without copying. There is always at least one.
struct TopicLevels: Sequence, IteratorProtocol {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position: Int? = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    @inline(__always)
    mutating func next() -> UnsafeBufferPointer<UInt8>? {
        guard let start = position else { return nil }
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "/") { end += 1 }
        position = end < bytes.count ? end + 1 : nil
        return UnsafeBufferPointer(rebasing: bytes[start..<end])
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether this level is the single-level wildcard.
    @inline(__always)
    var isSingleLevelWildcard: Bool { count == 1 && self[0] == UInt8(ascii: "+") }
    /// Whether this level is the multi-level wildcard.
    @inline(__always)
    var isMultiLevelWildcard: Bool { count == 1 && self[0] == UInt8(ascii: "#") }
}
