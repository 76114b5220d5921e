/// A node of a tree over pattern prefixes. For one connection each node stands for one text.
struct IndexNode: BitwiseCopyable, Sendable {
    /// The bytes that lead here from the parent, unless ``slot`` does.
    var labelStart: Int32 = 0
    var labelCount: Int32 = 0
    /// The variable whose value leads here, or −1.
    var slot: Int32 = -1
    /// Children stand together: those led to by bytes, in the order of their first, then those led to by variables.
    var firstChild: Int32 = 0
    var literalChildCount: Int32 = 0
    var slotChildCount: Int32 = 0
    /// Patterns whose prefix ends here.
    var firstEntry: Int32 = 0
    var entryCount: Int32 = 0
    /// The root of a tree over the suffixes of more such patterns, read backwards, or −1.
    var suffixRoot: Int32 = -1
}

/// What has to follow a prefix.
struct IndexEntry: BitwiseCopyable, Sendable {
    enum Rest: UInt8, BitwiseCopyable, Sendable {
        /// Anything.
        case open
        /// Nothing.
        case nothing
        /// What the segments say.
        case segments
    }

    var rest: Rest = .open
    var startsWithRun = false
    var endsWithRun = false
    /// The pattern counts only if the connection has this guard open; 0 is always open.
    var guardNumber: Int32 = 0
    /// The least number of bytes that can fit, variables not counted.
    var minimumCount: Int32 = 0
    var firstSegment: Int32 = 0
    var segmentCount: Int32 = 0
    /// The last bytes that have to be there, eight at most; most patterns that do not fit are told by these.
    var tailWord: UInt64 = 0
    var tailMask: UInt64 = 0
    /// Neighbouring bytes that have to be there; most others are told by these.
    var pairs = BytePairs()
}

/// A small, lossy set of pairs of neighbouring bytes. What is missing in it is missing for certain.
struct BytePairs: BitwiseCopyable, Sendable {
    private var bits: UInt64 = 0

    /// Longer names are not worth it: nearly every pair would seem to be there.
    static let longestName = 256

    @inline(__always)
    mutating func insert(_ first: UInt8, _ second: UInt8) {
        bits |= 1 &<< (UInt64(first) &* 37 &+ UInt64(second) &* 11)
    }

    @inline(__always)
    func isSuperset(of other: BytePairs) -> Bool { other.bits & ~bits == 0 }
}

/// A segment whose text is known only once a connection's variables are.
struct SegmentTemplate: Hashable, Sendable {
    var elements: [PatternElement]
    /// Whether it is searched for, between two stars.
    var isSearched: Bool
}

/// The patterns of a policy set over bare names, in trees, shared by all connections.
///
/// A decision follows the name down a tree and looks only at patterns that agree with it as far as their first
/// wildcard; where many such patterns end differently, a second tree leads backwards from the name's end. Both are
/// in flat tables, so that a decision touches little memory and no reference counts.
// Unchecked: the tables are written in the initialiser and only read from then on.
final class PatternIndex: @unchecked Sendable {
    let nodes: UnsafeBufferPointer<IndexNode>
    /// For each node, the first byte of its label.
    let firstBytes: UnsafeBufferPointer<UInt8>
    /// The text of labels.
    let labels: UnsafeBufferPointer<UInt8>
    let entries: UnsafeBufferPointer<IndexEntry>
    let segments: UnsafeBufferPointer<GlobSegment>
    let segmentTexts: SegmentTexts
    /// Segments to be bound for each connection.
    let templates: [SegmentTemplate]

    init(_ builder: PatternIndexBuilder) {
        nodes = .table(builder.nodes)
        firstBytes = .table(builder.firstBytes)
        labels = .table(builder.labels)
        entries = .table(builder.entries)
        segments = .table(builder.segments)
        segmentTexts = SegmentTexts(
            bytes: .table(builder.segmentBytes), failure: .table(builder.failure))
        templates = builder.templates
    }

    deinit {
        nodes.deallocate()
        firstBytes.deallocate()
        labels.deallocate()
        entries.deallocate()
        segments.deallocate()
        segmentTexts.bytes.deallocate()
        segmentTexts.failure.deallocate()
    }
}

extension UnsafeBufferPointer where Element: BitwiseCopyable {
    /// A copy of an array with an address of its own, to be deallocated by its owner.
    static func table(_ elements: [Element]) -> UnsafeBufferPointer {
        guard !elements.isEmpty else { return UnsafeBufferPointer(start: nil, count: 0) }
        let table = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
        _ = table.initialize(from: elements)
        return UnsafeBufferPointer(table)
    }
}
