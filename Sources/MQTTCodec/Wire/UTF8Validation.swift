/// MQTT's rules for strings (MQTT 5 §1.5.4): well-formed UTF-8 without U+0000. A byte order mark is an
/// ordinary character (MQTT-1.5.4-3).
enum UTF8Validation {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080
    private static let pluses: UInt64 = 0x2B2B_2B2B_2B2B_2B2B
    private static let hashes: UInt64 = 0x2323_2323_2323_2323

    /// Whether all is ASCII without U+0000: the common case, eight bytes at a time. A false answer means
    /// only that a closer look is needed. Not inlined: the callers are better off without its registers.
    @inline(never)
    static func isPlainString(_ bytes: UnsafeRawPointer, count: Int) -> Bool {
        isPlain(bytes, count: count, topicName: false)
    }

    /// The same, and without wildcards.
    @inline(never)
    static func isPlainTopicName(_ bytes: UnsafeRawPointer, count: Int) -> Bool {
        isPlain(bytes, count: count, topicName: true)
    }

    @inline(__always)
    private static func isPlain(_ bytes: UnsafeRawPointer, count: Int, topicName: Bool) -> Bool {
        var suspects: UInt64 = 0
        if count >= 8 {
            // The last word overlaps the one before it, where the count is no multiple of eight.
            let last = count &- 8
            suspects = marks(bytes.loadUnaligned(fromByteOffset: last, as: UInt64.self), topicName)
            var index = 0
            while index < last {
                suspects |= marks(bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self), topicName)
                index &+= 8
            }
        } else if count >= 4 {
            let low = bytes.loadUnaligned(as: UInt32.self)
            let high = bytes.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            suspects = marks(UInt64(low) | UInt64(high) &<< 32, topicName)
        } else if count > 0 {
            let first = bytes.load(as: UInt8.self)
            let middle = bytes.load(fromByteOffset: count &>> 1, as: UInt8.self)
            let last = bytes.load(fromByteOffset: count &- 1, as: UInt8.self)
            // Bytes that aren't there are filled with a plain one.
            let word = UInt64(first) | UInt64(middle) &<< 8 | UInt64(last) &<< 16 | 0x6161_6161_6100_0000
            suspects = marks(word, topicName)
        }
        return suspects & highBits == 0
    }

    /// Sets high bits if a byte of the word isn't ASCII, is 0, or is a wildcard. Subtracting 1 from
    /// every byte sets a high bit for a zero byte; with all bytes ASCII nothing else can.
    @inline(__always)
    private static func marks(_ word: UInt64, _ topicName: Bool) -> UInt64 {
        let common = word | (word &- ones)
        return topicName ? common | ((word ^ pluses) &- ones) | ((word ^ hashes) &- ones) : common
    }

    /// What a string may contain besides well-formed UTF-8, and the rule it breaks.
    enum Content: BitwiseCopyable {
        case string
        /// A topic name: no wildcards.
        case topicName(wildcard: Rule)
    }

    /// The complete check, scalar by scalar.
    ///
    /// - Parameter position: position of the first byte, for the fault.
    @inline(never)
    static func check(
        _ bytes: UnsafeRawPointer, count: Int, position: Int, content: Content
    ) throws(WireFault) {
        func continuation(_ index: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) throws(WireFault) {
            guard index < count, range.contains(bytes.load(fromByteOffset: index, as: UInt8.self)) else {
                throw WireFault(rule: .illFormedUTF8, position: position + min(index, count - 1))
            }
        }
        var index = 0
        while index < count {
            let byte = bytes.load(fromByteOffset: index, as: UInt8.self)
            switch byte {
            case 0: throw WireFault(rule: .nullCharacter, position: position + index)
            case 0x01...0x7F:
                if case .topicName(let rule) = content, byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#")
                {
                    throw WireFault(rule: rule, position: position + index)
                }
                index += 1
            case 0xC2...0xDF:
                try continuation(index + 1)
                index += 2
            case 0xE0...0xEF:
                // 0xE0: no overlong forms. 0xED: no surrogates, U+D800 to U+DFFF.
                try continuation(
                    index + 1, byte == 0xE0 ? 0xA0...0xBF : byte == 0xED ? 0x80...0x9F : 0x80...0xBF)
                try continuation(index + 2)
                index += 3
            case 0xF0...0xF4:
                // 0xF0: no overlong forms. 0xF4: nothing above U+10FFFF.
                try continuation(
                    index + 1, byte == 0xF0 ? 0x90...0xBF : byte == 0xF4 ? 0x80...0x8F : 0x80...0xBF)
                try continuation(index + 2)
                try continuation(index + 3)
                index += 4
            default: throw WireFault(rule: .illFormedUTF8, position: position + index)
            }
        }
    }
}
