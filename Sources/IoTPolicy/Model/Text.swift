// Swift compares strings by canonical equivalence; policies compare the characters as sent. Everything that takes
// part in a decision therefore goes through these.

extension StringProtocol {
    /// The text with A–Z, and nothing else, in lower case.
    var asciiLowercased: String {
        String(
            decoding: utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 },
            as: UTF8.self)
    }

    /// Whether both are the same sequence of code points.
    func isIdentical(to other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Whether both are the same sequence of code points but for the case of A–Z.
    func isIdenticalIgnoringASCIICase(to other: some StringProtocol) -> Bool {
        asciiLowercased.isIdentical(to: other.asciiLowercased)
    }
}
