/// A stretch of a pattern between two stars.
struct GlobSegment: BitwiseCopyable, Hashable, Sendable {
    /// Where the segment begins in its pattern's bytes.
    var start: Int32
    /// Its length in bytes of the pattern; a `?` takes one.
    var count: Int32
    /// Whether it holds a `?`.
    var hasOne: Bool
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
        failure = Self.failure(bytes, segments)
    }

    init(_ text: some StringProtocol) {
        self.init(
            text.unicodeScalars.map { (scalar: Unicode.Scalar) -> PatternToken in
                scalar == "*" ? .run : scalar == "?" ? .one : .scalar(scalar)
            })
    }

    private static func failure(_ bytes: [UInt8], _ segments: [GlobSegment]) -> [UInt16] {
        var failure = [UInt16](repeating: 0, count: bytes.count)
        for segment in segments where !segment.hasOne && segment.count <= Int32(UInt16.max) {
            let start = Int(segment.start)
            var matched = 0
            for index in 1..<max(1, Int(segment.count)) {
                while matched > 0, bytes[start + index] != bytes[start + matched] {
                    matched = Int(failure[start + matched - 1])
                }
                if bytes[start + index] == bytes[start + matched] { matched += 1 }
                failure[start + index] = UInt16(matched)
            }
        }
        return failure
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
                    GlobMatcher(bytes: bytes, failure: failure).matches(
                        text, segments: segments, startsWithRun: startsWithRun, endsWithRun: endsWithRun)
                }
            }
        }
    }
}

/// The one matcher, over borrowed memory, so that a pattern can live in an array of its own or in a shared pool.
struct GlobMatcher {
    let bytes: UnsafeBufferPointer<UInt8>
    let failure: UnsafeBufferPointer<UInt16>

    @inline(__always)
    func matches(
        _ text: UnsafeBufferPointer<UInt8>, segments: UnsafeBufferPointer<GlobSegment>, startsWithRun: Bool,
        endsWithRun: Bool
    ) -> Bool {
        var low = 0
        var high = text.count
        var first = 0
        var last = segments.count
        if !startsWithRun {
            guard first < last else { return text.isEmpty || endsWithRun }
            guard let end = matchForward(segments[first], text, at: 0) else { return false }
            low = end
            first += 1
            if first == last, !endsWithRun { return low == high }
        }
        if !endsWithRun, first < last {
            last -= 1
            guard let start = matchBackward(segments[last], text, endingAt: high, notBefore: low) else {
                return false
            }
            high = start
        }
        while first < last {
            guard let end = search(segments[first], text, from: low, to: high) else { return false }
            low = end
            first += 1
        }
        return true
    }

    /// The end of the segment if it stands at `start`.
    @inline(__always)
    private func matchForward(_ segment: GlobSegment, _ text: UnsafeBufferPointer<UInt8>, at start: Int)
        -> Int?
    {
        matchForward(segment, text, at: start, to: text.count)
    }

    @inline(__always)
    private func matchForward(
        _ segment: GlobSegment, _ text: UnsafeBufferPointer<UInt8>, at start: Int, to high: Int
    ) -> Int? {
        var position = start
        var index = Int(segment.start)
        let end = index + Int(segment.count)
        while index < end {
            guard position < high else { return nil }
            let expected = bytes[index]
            let found = text[position]
            position += 1
            if expected == Glob.one, segment.hasOne {
                while position < high, text[position] & 0xC0 == 0x80 { position += 1 }
            } else if expected != found {
                return nil
            }
            index += 1
        }
        return position
    }

    /// The start of the segment if it ends at `end`.
    @inline(__always)
    private func matchBackward(
        _ segment: GlobSegment, _ text: UnsafeBufferPointer<UInt8>, endingAt end: Int, notBefore low: Int
    ) -> Int? {
        var position = end
        let start = Int(segment.start)
        var index = start + Int(segment.count)
        while index > start {
            index -= 1
            guard position > low else { return nil }
            position -= 1
            let expected = bytes[index]
            if expected == Glob.one, segment.hasOne {
                while position > low, text[position] & 0xC0 == 0x80 { position -= 1 }
            } else if expected != text[position] {
                return nil
            }
        }
        return position
    }

    /// The end of the segment's first occurrence in `from..<to`.
    private func search(
        _ segment: GlobSegment, _ text: UnsafeBufferPointer<UInt8>, from low: Int, to high: Int
    ) -> Int? {
        if segment.hasOne || segment.count > Int32(UInt16.max) {
            var start = low
            while start < high {
                if let end = matchForward(segment, text, at: start, to: high) { return end }
                repeat { start += 1 } while start < high && text[start] & 0xC0 == 0x80
            }
            return nil
        }
        let start = Int(segment.start)
        let count = Int(segment.count)
        guard high - low >= count else { return nil }
        var matched = 0
        var position = low
        while position < high {
            let byte = text[position]
            while matched > 0, byte != bytes[start + matched] { matched = Int(failure[start + matched - 1]) }
            if byte == bytes[start + matched] { matched += 1 }
            position += 1
            if matched == count { return position }
        }
        return nil
    }
}
