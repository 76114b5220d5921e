/// A byte of a pattern, a `?`, or the whole value of a variable.
struct PatternElement: Hashable, Comparable, Sendable {
    private let rawValue: UInt32

    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// `?`; its byte occurs in no UTF-8 text.
    static let one = PatternElement(UInt32(Glob.one))

    static func byte(_ byte: UInt8) -> PatternElement { PatternElement(UInt32(byte)) }

    static func slot(_ number: Int) -> PatternElement { PatternElement(256 + UInt32(number)) }

    /// The number of the variable, if it is one.
    var slot: Int? { rawValue < 256 ? nil : Int(rawValue - 256) }

    /// The byte, if it is one; ``Glob/one`` for a `?`.
    var byte: UInt8? { UInt8(exactly: rawValue) }

    /// Bytes in their order, then variables.
    static func < (lhs: PatternElement, rhs: PatternElement) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// A pattern over bare names, cut before its first wildcard.
///
/// For one connection the text before the first wildcard is fixed, variables and all; that is what an index can
/// follow.
struct NamePattern: Hashable, Sendable {
    /// What the name has to begin with: bytes and variables.
    private(set) var prefix: [PatternElement] = []
    /// What follows, cut at its stars.
    private(set) var segments: [[PatternElement]] = []
    private(set) var startsWithRun = false
    private(set) var endsWithRun = false

    static let everything = NamePattern([.run])

    init(_ tokens: some Collection<NameToken>) {
        let rest = tokens.drop { token in
            switch token {
            case .scalar(let scalar): prefix += Self.bytes(of: scalar)
            case .slot(let slot): prefix.append(.slot(slot))
            case .one, .run: return false
            }
            return true
        }
        startsWithRun = rest.first == .run
        var segment: [PatternElement] = []
        func close(_ segments: inout [[PatternElement]]) {
            if !segment.isEmpty { segments.append(segment) }
            segment.removeAll()
        }
        for token in rest {
            switch token {
            case .scalar(let scalar): segment += Self.bytes(of: scalar)
            case .slot(let slot): segment.append(.slot(slot))
            case .one: segment.append(.one)
            case .run: close(&segments)
            }
            endsWithRun = token == .run
        }
        close(&segments)
    }

    private static func bytes(of scalar: Unicode.Scalar) -> [PatternElement] {
        (UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter).map(PatternElement.byte)
    }

    /// Whether the name has to end where the prefix ends.
    var isWhole: Bool { segments.isEmpty && !endsWithRun }

    /// Whether anything may follow the prefix.
    var isOpen: Bool { segments.isEmpty && endsWithRun }

    /// What the name has to end with, read backwards: bytes and variables after the last wildcard.
    var reversedSuffix: [PatternElement] {
        guard !endsWithRun, let last = segments.last else { return [] }
        return Array(last.reversed().prefix { $0 != .one })
    }
}
