/// Reads one PROXY header of either version, however its bytes are split.
///
/// Strict: what the specification says must be refused is, and so is what is malformed in a part that one
/// could do without. It holds no more than the header's own bytes.
public struct PROXYHeaderParser: Sendable {
    /// How far a parser has come.
    public enum Progress: Hashable, Sendable {
        /// All bytes belong to the header, and more must come.
        case needMore
        /// The header is complete; so many of the bytes given last belong to it.
        case complete(PROXYHeader, consumed: Int)
    }

    /// The longest version 1 header, its CR LF included (section 2.1).
    public static let maximumLineLength = 107

    static let signature: [UInt8] = [
        0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
    ]
    static let linePrefix = Array("PROXY ".utf8)
    /// Bytes of a version 2 header before its addresses.
    static let fixedLength = 16

    private var held: [UInt8] = []
    private let maximumSize: Int

    /// Creates a parser.
    ///
    /// - Parameter maximumSize: the longest version 2 header taken, 232 bytes at least, which is what two
    ///   addresses of any kind need. Version 1 has its own limit.
    public init(maximumSize: Int = 4_096) {
        self.maximumSize = max(maximumSize, 232)
    }

    /// Takes the next bytes.
    ///
    /// - Throws: as soon as no further bytes could make it a header. The parser is of no use afterwards,
    ///   nor after a header is complete.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer) throws(PROXYHeaderError) -> Progress {
        var used = 0
        while used < bytes.count {
            let next = min(try missing(), bytes.count - used)
            held.append(contentsOf: bytes[used..<used + next])
            used += next
            if let header = try header() {
                held = []
                return .complete(header, consumed: used)
            }
        }
        return .needMore
    }

    /// How many bytes may be taken without taking any that are not the header's.
    private func missing() throws(PROXYHeaderError) -> Int {
        guard held.first == Self.signature[0], held.count >= Self.fixedLength else { return 1 }
        return try PROXYHeaderV2.length(held, maximum: maximumSize) - held.count
    }

    /// The header, if it is complete.
    private func header() throws(PROXYHeaderError) -> PROXYHeader? {
        let isLine = held.first == Self.linePrefix[0]
        let expected = isLine ? Self.linePrefix : Self.signature
        let last = held.count - 1
        guard last >= expected.count || held[last] == expected[last] else {
            throw PROXYHeaderError(.notAHeader, at: last, "these are not the first bytes of a PROXY header")
        }
        if isLine { return try PROXYHeaderV1.read(held) }
        guard held.count >= Self.fixedLength else { return nil }
        let length = try PROXYHeaderV2.length(held, maximum: maximumSize)
        return held.count == length ? try PROXYHeaderV2.read(held) : nil
    }
}
