/// A stretch of a pattern between two stars.
struct GlobSegment: BitwiseCopyable, Hashable, Sendable {
    /// Where the segment begins in its pattern's bytes.
    var start: Int32
    /// Its length in bytes of the pattern; a `?` takes one.
    var count: Int32
    /// Whether it holds a `?`.
    var hasOne: Bool
    /// Whether the text depends on the connection; `start` is then the number of one of its bound segments.
    var isBound = false
}

/// A pattern of literal bytes, `?` and `*`, anchored at both ends.
///
/// The pattern is cut at its stars. The first and last segment are compared in place; those between are searched
/// from left to right, each at its first occurrence, which never has to be undone. The search is Knuth, Morris and
/// Pratt's, so that a decision takes time linear in the text; only a segment with a `?` between two stars costs
/// text length times its own length. There is no backtracking for a hostile pattern to exploit.
struct Glob: Hashable, Sendable {
    /// Stands for `?`; this byte occurs in no UTF-8 text.
    static let one: UInt8 = 0xFF

    let bytes: [UInt8]
    /// For each byte, how much of its segment remains matched when the next byte differs.
    let failure: [UInt16]
    let segments: [GlobSegment]
    let startsWithRun: Bool
    let endsWithRun: Bool

    init(_ tokens: some Collection<PatternToken>) {
        var bytes: [UInt8] = []
        var segments: [GlobSegment] = []
        var start = 0
        var hasOne = false
        var last: PatternToken?
        func close() {
            guard bytes.count > start else { return }
            segments.append(
                GlobSegment(start: Int32(start), count: Int32(bytes.count - start), hasOne: hasOne))
            start = bytes.count
            hasOne = false
        }
        for token in tokens {
            switch token {
            case .scalar(let scalar):
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            case .one:
                bytes.append(Self.one)
                hasOne = true
            case .run: close()
            }
            last = token
        }
        close()
        self.bytes = bytes
        self.segments = segments
        startsWithRun = tokens.first == .run
        endsWithRun = last == .run
        var failure: [UInt16] = []
        for segment in segments { Self.appendFailure(of: segment, in: bytes, to: &failure) }
        self.failure = failure
    }

    init(_ text: some StringProtocol) {
        if !text.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }) {
            self.init(literal: Array(text.utf8))
            return
        }
        self.init(
            text.unicodeScalars.map { (scalar: Unicode.Scalar) -> PatternToken in
                scalar == "*" ? .run : scalar == "?" ? .one : .scalar(scalar)
            })
    }

    private init(literal bytes: [UInt8]) {
        self.bytes = bytes
        segments =
            bytes.isEmpty ? [] : [GlobSegment(start: 0, count: Int32(bytes.count), hasOne: false)]
        // A segment that is compared in place is never searched for.
        failure = [UInt16](repeating: 0, count: bytes.count)
        startsWithRun = false
        endsWithRun = false
    }

    /// Works out, for the next segment of `bytes`, how much of it remains matched when the byte after differs.
    static func appendFailure(of segment: GlobSegment, in bytes: [UInt8], to failure: inout [UInt16]) {
        let start = Int(segment.start)
        failure.append(contentsOf: repeatElement(0, count: Int(segment.count)))
        guard !segment.hasOne, segment.count <= Int32(UInt16.max) else { return }
        var matched = 0
        for index in 1..<max(1, Int(segment.count)) {
            while matched > 0, bytes[start + index] != bytes[start + matched] {
                matched = Int(failure[start + matched - 1])
            }
            if bytes[start + index] == bytes[start + matched] { matched += 1 }
            failure[start + index] = UInt16(matched)
        }
    }

    /// Whether the whole of `text` fits.
    func matches(_ text: some Sequence<UInt8>) -> Bool {
        let matched = text.withContiguousStorageIfAvailable { matches($0) }
        return matched ?? Array(text).withUnsafeBufferPointer { matches($0) }
    }

    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            failure.withUnsafeBufferPointer { failure in
                segments.withUnsafeBufferPointer { segments in
                    GlobMatcher(shared: SegmentTexts(bytes: bytes, failure: failure)).matches(
                        text, segments: segments, startsWithRun: startsWithRun, endsWithRun: endsWithRun)
                }
            }
        }
    }
}
