/// The grammar of topic names and filters, on bytes known to be well-formed UTF-8.
enum TopicSyntax {
    static let maximumCount = 65_535
    static let share: StaticString = "$share/"

    static func checkName(_ bytes: UnsafeRawBufferPointer) throws(MQTTTopicError) {
        try checkLength(bytes)
        for byte in bytes {
            if byte == 0 { throw .nullCharacter }
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") { throw .wildcardInName }
        }
    }

    /// Returns how many bytes `$share/name/` takes, 0 if the filter isn't shared.
    static func checkFilter(_ bytes: UnsafeRawBufferPointer) throws(MQTTTopicError) -> Int {
        try checkLength(bytes)
        var start = 0
        if isShared(bytes) {
            start = share.utf8CodeUnitCount
            let nameStart = start
            while start < bytes.count, bytes[start] != UInt8(ascii: "/") {
                if bytes[start] == 0 { throw .nullCharacter }
                if bytes[start] == UInt8(ascii: "+") || bytes[start] == UInt8(ascii: "#") {
                    throw .invalidShareName
                }
                start += 1
            }
            guard start > nameStart else { throw .invalidShareName }
            start += 1
            guard start < bytes.count else { throw .missingSharedFilter }
        }
        for index in start..<bytes.count {
            let startsLevel = index == start || bytes[index - 1] == UInt8(ascii: "/")
            switch bytes[index] {
            case 0: throw .nullCharacter
            case UInt8(ascii: "#"):
                guard startsLevel, index == bytes.count - 1 else { throw .misplacedMultiLevelWildcard }
            case UInt8(ascii: "+"):
                guard startsLevel, index == bytes.count - 1 || bytes[index + 1] == UInt8(ascii: "/") else {
                    throw .misplacedSingleLevelWildcard
                }
            default: break
            }
        }
        return start
    }

    /// Whether the filter asks for a shared subscription, validly or not.
    static func isShared(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= share.utf8CodeUnitCount else { return false }
        for index in 0..<share.utf8CodeUnitCount where bytes[index] != share.utf8Start[index] { return false }
        return true
    }

    private static func checkLength(_ bytes: UnsafeRawBufferPointer) throws(MQTTTopicError) {
        if bytes.isEmpty { throw .empty }
        if bytes.count > maximumCount { throw .tooLong }
    }
}
