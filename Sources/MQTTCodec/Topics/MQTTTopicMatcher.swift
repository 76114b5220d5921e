/// The one place that decides whether a topic filter matches a topic name (MQTT 5 §4.7).
public enum MQTTTopicMatcher {
    /// Whether `filter`, a valid filter without `$share/name/`, matches `topic`, a valid name.
    ///
    /// One pass over both, eight bytes at a time where they agree, no allocation. A filter that begins
    /// with a wildcard does not match a topic that begins with `$` (MQTT-4.7.2-1). Invalid input gives an
    /// arbitrary answer, nothing worse.
    public static func matches(filter: UnsafeRawBufferPointer, topic: UnsafeRawBufferPointer) -> Bool {
        let slash = UInt8(ascii: "/")
        let plus = UInt8(ascii: "+")
        let hash = UInt8(ascii: "#")
        guard let filterBytes = filter.baseAddress, let topicBytes = topic.baseAddress,
            let first = filter.first, let topicFirst = topic.first
        else { return false }
        if topicFirst == UInt8(ascii: "$"), first == plus || first == hash { return false }

        let filterEnd = filter.count
        let topicEnd = topic.count
        var f = 0
        var t = 0
        while true {
            // Names have no wildcards, so neither has what is equal to one.
            let (equal, isWord) = equalPrefix(filterBytes + f, filterEnd &- f, topicBytes + t, topicEnd &- t)
            f &+= equal
            t &+= equal
            if isWord { continue }
            guard f < filterEnd else { return t == topicEnd }
            switch filterBytes.load(fromByteOffset: f, as: UInt8.self) {
            case hash: return true
            case plus:
                f &+= 1
                t &+= levelCount(topicBytes + t, topicEnd &- t)
            case slash:
                // "sport/#" also matches "sport", its parent level (§4.7.1.2).
                return t == topicEnd && f &+ 2 == filterEnd
                    && filterBytes.load(fromByteOffset: f &+ 1, as: UInt8.self) == hash
            default: return false
            }
        }
    }

    /// Whether `filter` matches `topic`; see ``matches(filter:topic:)-(UnsafeRawBufferPointer,_)``.
    public static func matches(filter: String, topic: String) -> Bool {
        filter.utf8.withBytes { filter in
            topic.utf8.withBytes { topic in matches(filter: filter, topic: topic) }
        }
    }

    /// How many of the next eight bytes are equal, and whether all eight are; near the end of either,
    /// how many bytes are equal at all.
    @inline(__always)
    private static func equalPrefix(
        _ lhs: UnsafeRawPointer, _ lhsCount: Int, _ rhs: UnsafeRawPointer, _ rhsCount: Int
    ) -> (count: Int, isWord: Bool) {
        let available = min(lhsCount, rhsCount)
        if available >= 8 {
            let difference =
                UInt64(littleEndian: lhs.loadUnaligned(as: UInt64.self))
                ^ UInt64(littleEndian: rhs.loadUnaligned(as: UInt64.self))
            return (difference.trailingZeroBitCount &>> 3, difference == 0)
        }
        var count = 0
        while count < available,
            lhs.load(fromByteOffset: count, as: UInt8.self) == rhs.load(fromByteOffset: count, as: UInt8.self)
        { count &+= 1 }
        return (count, false)
    }

    /// Bytes up to the next level separator, or to the end.
    @inline(__always)
    private static func levelCount(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        let slashes: UInt64 = 0x2F2F_2F2F_2F2F_2F2F
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highBits: UInt64 = 0x8080_8080_8080_8080
        var index = 0
        while count &- index >= 8 {
            let word =
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ slashes
            // The lowest of these high bits marks the first zero byte.
            let zeros = (word &- ones) & ~word & highBits
            if zeros != 0 { return index &+ zeros.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < count, bytes.load(fromByteOffset: index, as: UInt8.self) != UInt8(ascii: "/") {
            index &+= 1
        }
        return index
    }
}
