/// A range of indices in one of the pool's arrays.
struct PoolRange: BitwiseCopyable, Sendable {
    var start: Int32 = 0
    var end: Int32 = 0

    var isEmpty: Bool { start == end }
}

/// A pattern in the pool, with what decides most comparisons at a glance: length, first and last eight bytes.
struct PackedGlob: BitwiseCopyable, Sendable {
    var headWord: UInt64 = 0
    var headMask: UInt64 = 0
    var tailWord: UInt64 = 0
    var tailMask: UInt64 = 0
    var minimumCount: Int32 = 0
    var maximumCount: Int32 = .max
    var segments = PoolRange()
    var startsWithRun = false
    var endsWithRun = false
    /// Whether length, head and tail decide by themselves.
    var isDecidedAtAGlance = false
}

/// The name being judged, and its first and last eight bytes.
struct PackedName {
    let bytes: UnsafeBufferPointer<UInt8>
    let head: UInt64
    let tail: UInt64

    @inline(__always)
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        let count = bytes.count
        if count >= 8 {
            let raw = UnsafeRawBufferPointer(bytes)
            head = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
            tail = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
        } else {
            var word: UInt64 = 0
            for index in 0..<count { word |= UInt64(bytes[index]) << UInt64(8 * index) }
            head = word
            tail = count == 0 ? 0 : word << UInt64(8 * (8 - count))
        }
    }
}

/// All patterns of one connection in a few flat arrays, so that a decision touches little memory and no reference
/// counts.
struct GlobPool: Sendable {
    private var bytes: [UInt8] = []
    private var failure: [UInt16] = []
    private var segments: [GlobSegment] = []
    private var globs: [PackedGlob] = []

    /// Adds patterns next to one another.
    mutating func add(_ patterns: [Glob]) -> PoolRange {
        let start = Int32(globs.count)
        for pattern in patterns { add(pattern) }
        return PoolRange(start: start, end: Int32(globs.count))
    }

    private mutating func add(_ glob: Glob) {
        var packed = PackedGlob()
        let base = Int32(bytes.count)
        packed.segments.start = Int32(segments.count)
        for var segment in glob.segments {
            segment.start += base
            segments.append(segment)
        }
        packed.segments.end = Int32(segments.count)
        packed.startsWithRun = glob.startsWithRun
        packed.endsWithRun = glob.endsWithRun
        packed.minimumCount = Int32(glob.bytes.count)
        let hasOne = glob.bytes.contains(Glob.one)
        let isOneSegment = !glob.startsWithRun && !glob.endsWithRun && glob.segments.count <= 1
        if isOneSegment, !hasOne { packed.maximumCount = packed.minimumCount }

        var head = 0
        if !glob.startsWithRun, let first = glob.segments.first {
            for byte in glob.bytes[..<Int(first.count)].prefix(8) {
                if byte == Glob.one { break }
                packed.headWord |= UInt64(byte) << UInt64(8 * head)
                packed.headMask |= 0xFF << UInt64(8 * head)
                head += 1
            }
        }
        var tail = 0
        if !glob.endsWithRun, let last = glob.segments.last {
            for byte in glob.bytes[Int(last.start)...].reversed().prefix(8) {
                if byte == Glob.one { break }
                tail += 1
                packed.tailWord |= UInt64(byte) << UInt64(8 * (8 - tail))
                packed.tailMask |= 0xFF << UInt64(8 * (8 - tail))
            }
        }
        let count = glob.bytes.count
        packed.isDecidedAtAGlance =
            !hasOne
            && ((isOneSegment && count <= head + tail) || glob.segments.isEmpty
                || (glob.segments.count == 1 && glob.endsWithRun && !glob.startsWithRun && head == count)
                || (glob.segments.count == 1 && glob.startsWithRun && !glob.endsWithRun && tail == count)
                || (glob.segments.count == 2 && !glob.startsWithRun && !glob.endsWithRun
                    && head + tail == count))
        bytes += glob.bytes
        failure += glob.failure
        globs.append(packed)
    }

    /// Whether one of the patterns fits.
    @inline(__always)
    func matchesAny(_ range: PoolRange, _ name: PackedName) -> Bool {
        guard !range.isEmpty else { return false }
        return globs.withUnsafeBufferPointer { globs in
            for index in Int(range.start)..<Int(range.end) {
                let glob = globs[index]
                let count = Int32(truncatingIfNeeded: name.bytes.count)
                guard count >= glob.minimumCount, count <= glob.maximumCount,
                    (name.head ^ glob.headWord) & glob.headMask == 0,
                    (name.tail ^ glob.tailWord) & glob.tailMask == 0
                else { continue }
                if glob.isDecidedAtAGlance || matches(glob, name.bytes) { return true }
            }
            return false
        }
    }

    private func matches(_ glob: PackedGlob, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            failure.withUnsafeBufferPointer { failure in
                segments.withUnsafeBufferPointer { segments in
                    GlobMatcher(bytes: bytes, failure: failure).matches(
                        text,
                        segments: UnsafeBufferPointer(
                            rebasing: segments[Int(glob.segments.start)..<Int(glob.segments.end)]),
                        startsWithRun: glob.startsWithRun, endsWithRun: glob.endsWithRun)
                }
            }
        }
    }
}
