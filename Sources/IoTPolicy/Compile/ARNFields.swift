/// A resource as a request names it, cut at its first five colons. Names may hold colons of their own.
struct ARNFields: Sendable {
    let bytes: [UInt8]
    /// Offsets of the first colons, five at most.
    let colons: [Int]

    init(_ text: String) {
        bytes = Array(text.utf8)
        var colons: [Int] = []
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: ":") {
            colons.append(offset)
            if colons.count == 5 { break }
        }
        self.colons = colons
    }

    /// Whether there are six fields.
    var isARN: Bool { colons.count == 5 }

    /// One field; the sixth is everything after the fifth colon.
    func field(_ index: Int) -> ArraySlice<UInt8> {
        let start = index == 0 ? 0 : colons[index - 1] + 1
        return bytes[start..<(index < colons.count ? colons[index] : bytes.count)]
    }

    /// Everything from a field on.
    func rest(from index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : colons[index - 1] + 1)...] }

    /// Cuts a pattern likewise.
    static func split(_ pattern: String) -> [Substring] {
        pattern.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    }
}
