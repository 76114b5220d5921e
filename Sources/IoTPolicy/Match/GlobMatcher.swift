/// Where segments have their text.
struct SegmentTexts {
    let bytes: UnsafeBufferPointer<UInt8>
    let failure: UnsafeBufferPointer<UInt16>

    static var empty: SegmentTexts {
        SegmentTexts(
            bytes: UnsafeBufferPointer(start: nil, count: 0),
            failure: UnsafeBufferPointer(start: nil, count: 0))
    }
}

/// The one matcher of wildcards, over borrowed memory, so that a pattern can live in an array of its own or in one
/// shared by all patterns, and parts of it with a connection.
struct GlobMatcher {
    /// Segments that are the same for everybody.
    let shared: SegmentTexts
    /// Segments of one connection.
    var bound = SegmentTexts.empty
    /// Where those are. A count of −1 says that a variable in it has no value.
    var boundSegments = UnsafeBufferPointer<GlobSegment>(start: nil, count: 0)

    private struct PlacedSegment {
        let bytes: UnsafeBufferPointer<UInt8>
        let failure: UnsafeBufferPointer<UInt16>
        let hasOne: Bool
    }

    @inline(__always)
    private func place(_ segment: GlobSegment) -> PlacedSegment? {
        if segment.isBound {
            let segment = boundSegments[Int(segment.start)]
            return segment.count < 0 ? nil : Self.place(segment, bound)
        }
        return Self.place(segment, shared)
    }

    @inline(__always)
    private static func place(_ segment: GlobSegment, _ texts: SegmentTexts) -> PlacedSegment {
        let range = Int(segment.start)..<Int(segment.start + segment.count)
        return PlacedSegment(
            bytes: UnsafeBufferPointer(rebasing: texts.bytes[range]),
            failure: UnsafeBufferPointer(rebasing: texts.failure[range]), hasOne: segment.hasOne)
    }

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
            guard let segment = place(segments[first]), let end = matchForward(segment, text, at: 0, to: high)
            else { return false }
            low = end
            first += 1
            if first == last, !endsWithRun { return low == high }
        }
        if !endsWithRun, first < last {
            last -= 1
            guard let segment = place(segments[last]),
                let start = matchBackward(segment, text, endingAt: high, notBefore: low)
            else { return false }
            high = start
        }
        while first < last {
            guard let segment = place(segments[first]), let end = search(segment, text, from: low, to: high)
            else { return false }
            low = end
            first += 1
        }
        return true
    }

    /// The end of the segment if it stands at `start`.
    @inline(__always)
    private func matchForward(
        _ segment: PlacedSegment, _ text: UnsafeBufferPointer<UInt8>, at start: Int, to high: Int
    ) -> Int? {
        var position = start
        for expected in segment.bytes {
            guard position < high else { return nil }
            let found = text[position]
            position += 1
            if expected == Glob.one, segment.hasOne {
                while position < high, text[position] & 0xC0 == 0x80 { position += 1 }
            } else if expected != found {
                return nil
            }
        }
        return position
    }

    /// The start of the segment if it ends at `end`.
    @inline(__always)
    private func matchBackward(
        _ segment: PlacedSegment, _ text: UnsafeBufferPointer<UInt8>, endingAt end: Int, notBefore low: Int
    ) -> Int? {
        var position = end
        for expected in segment.bytes.reversed() {
            guard position > low else { return nil }
            position -= 1
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
        _ segment: PlacedSegment, _ text: UnsafeBufferPointer<UInt8>, from low: Int, to high: Int
    ) -> Int? {
        let count = segment.bytes.count
        guard count > 0 else { return low }
        if segment.hasOne || count > Int(UInt16.max) {
            var start = low
            while start < high {
                if let end = matchForward(segment, text, at: start, to: high) { return end }
                repeat { start += 1 } while start < high && text[start] & 0xC0 == 0x80
            }
            return nil
        }
        guard high - low >= count else { return nil }
        var matched = 0
        var position = low
        while position < high {
            let byte = text[position]
            while matched > 0, byte != segment.bytes[matched] { matched = Int(segment.failure[matched - 1]) }
            if byte == segment.bytes[matched] { matched += 1 }
            position += 1
            if matched == count { return position }
        }
        return nil
    }
}
