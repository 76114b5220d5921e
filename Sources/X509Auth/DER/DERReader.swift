/// What makes bytes no DER, or DER of another shape than expected.
struct DERFailure: Error {
    let message: String
    /// Where an OCSP responder sent an error in place of an answer: its status.
    var responderStatus: Int?

    init(_ message: String) {
        self.message = message
    }

    init(responderStatus: Int) {
        self.message = "is an error"
        self.responderStatus = responderStatus
    }
}

/// One value: its tag and where it lies in the bytes read.
struct DERElement {
    /// The identifier octet; only tag numbers below 31 are read.
    let tag: UInt8
    /// Identifier, length and content.
    let whole: Range<Int>
    /// Content alone.
    let content: Range<Int>
}

/// Reads definite, minimal lengths only (X.690 10.1), one value after the other; never beyond its end.
///
/// Nothing is copied and nothing recurses: depth is the caller's.
struct DERReader {
    let bytes: [UInt8]
    private(set) var position: Int
    let end: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.position = 0
        self.end = bytes.count
    }

    /// Reads from a place that is within `bytes`.
    init(_ bytes: [UInt8], from position: Int) {
        precondition(position <= bytes.count)
        self.bytes = bytes
        self.position = position
        self.end = bytes.count
    }

    private init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.position = range.lowerBound
        self.end = range.upperBound
    }

    /// A reader of an element's content. The element is one that this reader returned.
    func inside(_ element: DERElement) -> DERReader {
        DERReader(bytes, element.content)
    }

    var isAtEnd: Bool { position == end }

    /// The identifier octet of what follows.
    var nextTag: UInt8? { position < end ? bytes[position] : nil }

    /// Reads one value of any tag.
    mutating func next() throws(DERFailure) -> DERElement {
        guard end - position >= 2 else { throw DERFailure("ends within a value") }
        let tag = bytes[position]
        guard tag & 0x1f != 0x1f else { throw DERFailure("has a tag number of 31 or more") }
        var cursor = position + 1
        let first = bytes[cursor]
        cursor += 1
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7f)
            guard (1...4).contains(count), end - cursor >= count else {
                throw DERFailure("has an indefinite or over-long length")
            }
            length = 0
            for _ in 0..<count {
                length = length << 8 | Int(bytes[cursor])
                cursor += 1
            }
            guard length >= 0x80, count == 1 || length >> (8 * (count - 1)) > 0 else {
                throw DERFailure("has a length that is not in its shortest form")
            }
        }
        guard end - cursor >= length else { throw DERFailure("ends within a value") }
        let element = DERElement(
            tag: tag, whole: position..<(cursor + length), content: cursor..<(cursor + length))
        position = cursor + length
        return element
    }

    /// Reads one value of a given tag.
    mutating func next(_ tag: UInt8) throws(DERFailure) -> DERElement {
        guard nextTag == tag else {
            throw DERFailure("has \(Self.name(nextTag)) where \(Self.name(tag)) is due")
        }
        return try next()
    }

    /// Reads one value if it has the given tag.
    mutating func nextIf(_ tag: UInt8) throws(DERFailure) -> DERElement? {
        nextTag == tag ? try next() : nil
    }

    /// Nothing may follow.
    func finish() throws(DERFailure) {
        guard isAtEnd else { throw DERFailure("has \(Self.name(nextTag)) where nothing is due") }
    }

    func content(_ element: DERElement) -> [UInt8] { Array(bytes[element.content]) }
    func whole(_ element: DERElement) -> [UInt8] { Array(bytes[element.whole]) }

    private static func name(_ tag: UInt8?) -> String {
        tag.map { "tag 0x\(Hexadecimal.encode([$0]))" } ?? "the end"
    }
}

/// Identifier octets.
enum DERTag {
    static let boolean: UInt8 = 0x01
    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let octetString: UInt8 = 0x04
    static let null: UInt8 = 0x05
    static let objectIdentifier: UInt8 = 0x06
    static let enumerated: UInt8 = 0x0a
    static let utcTime: UInt8 = 0x17
    static let generalizedTime: UInt8 = 0x18
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31
    /// `[number]`, primitive: implicitly tagged strings and integers.
    static func context(_ number: UInt8) -> UInt8 { 0x80 | number }
    /// `[number]`, constructed: explicit tags and implicitly tagged sequences.
    static func constructed(_ number: UInt8) -> UInt8 { 0xa0 | number }
}
