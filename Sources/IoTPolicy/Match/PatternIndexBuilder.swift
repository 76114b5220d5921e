/// Builds a ``PatternIndex`` tree by tree.
struct PatternIndexBuilder {
    private(set) var nodes: [IndexNode] = []
    private(set) var firstBytes: [UInt8] = []
    private(set) var labels: [UInt8] = []
    private(set) var entries: [IndexEntry] = []
    private(set) var segments: [GlobSegment] = []
    private(set) var segmentBytes: [UInt8] = []
    /// For each byte of `segmentBytes`, how much of its segment remains matched when the next byte differs.
    private(set) var failure: [UInt16] = []
    private(set) var templates: [SegmentTemplate] = []
    private var templateNumbers: [SegmentTemplate: Int] = [:]

    /// A pattern and the guard it depends on.
    struct Item: Hashable {
        var pattern: NamePattern
        var guardNumber: Int
    }

    /// More patterns than this at one node are told apart by their ends.
    private static let crowd = 8

    /// Adds a tree; the result is its root, or −1 if there are no patterns.
    mutating func add(_ items: [Item]) -> Int32 {
        let unique = Set(items).map { (path: $0.pattern.prefix, item: $0) }
        guard !unique.isEmpty else { return -1 }
        return add(unique, isSuffixTree: false)
    }

    private typealias Path = (path: [PatternElement], item: Item)

    private mutating func add(_ unsorted: [Path], isSuffixTree: Bool) -> Int32 {
        let paths = unsorted.sorted { $0.path.lexicographicallyPrecedes($1.path) }
        let root = append(IndexNode(), firstByte: 0)
        var open: [(node: Int, range: Range<Int>, depth: Int)] = [(root, 0..<paths.count, 0)]
        while let (node, range, depth) = open.popLast() {
            let childStart = range.first { paths[$0].path.count > depth } ?? range.upperBound
            addEntries(paths[range.lowerBound..<childStart].map(\.item), to: node, isSuffixTree: isSuffixTree)
            nodes[node].firstChild = Int32(nodes.count)
            var start = childStart
            while start < range.upperBound {
                let first = paths[start].path
                let end =
                    (start..<range.upperBound).first { paths[$0].path[depth] != first[depth] }
                    ?? range.upperBound
                var child = IndexNode()
                var childDepth = depth + 1
                if let slot = first[depth].slot {
                    child.slot = Int32(slot)
                    nodes[node].slotChildCount += 1
                } else {
                    // Sorted, so what the first and the last share, all share.
                    let last = paths[end - 1].path
                    while childDepth < min(first.count, last.count), first[childDepth] == last[childDepth],
                        first[childDepth].slot == nil
                    {
                        childDepth += 1
                    }
                    child.labelStart = Int32(labels.count)
                    child.labelCount = Int32(childDepth - depth)
                    labels += first[depth..<childDepth].compactMap(\.byte)
                    nodes[node].literalChildCount += 1
                }
                open.append((append(child, firstByte: first[depth].byte ?? 0), start..<end, childDepth))
                start = end
            }
        }
        return Int32(root)
    }

    private mutating func append(_ node: IndexNode, firstByte: UInt8) -> Int {
        nodes.append(node)
        firstBytes.append(firstByte)
        return nodes.count - 1
    }

    private mutating func addEntries(_ items: [Item], to node: Int, isSuffixTree: Bool) {
        var items = items
        if !isSuffixTree, items.count > Self.crowd {
            let ending = items.filter { !$0.pattern.reversedSuffix.isEmpty }
            items.removeAll { !$0.pattern.reversedSuffix.isEmpty }
            let root =
                ending.isEmpty
                ? -1 : add(ending.map { ($0.pattern.reversedSuffix, $0) }, isSuffixTree: true)
            nodes[node].suffixRoot = root
        }
        nodes[node].firstEntry = Int32(entries.count)
        nodes[node].entryCount = Int32(items.count)
        // What is told fastest comes first.
        let made = items.map { entry($0) }
        entries += made.sorted { $0.rest.rawValue < $1.rest.rawValue }
    }

    private mutating func entry(_ item: Item) -> IndexEntry {
        let pattern = item.pattern
        var entry = IndexEntry()
        entry.guardNumber = Int32(item.guardNumber)
        entry.rest = pattern.isOpen ? .open : pattern.isWhole ? .nothing : .segments
        entry.startsWithRun = pattern.startsWithRun
        entry.endsWithRun = pattern.endsWithRun
        entry.minimumCount = Int32(pattern.segments.joined().count { $0.byte != nil })
        for (offset, element) in pattern.reversedSuffix.prefix(8).enumerated() {
            guard let byte = element.byte else { break }
            entry.tailWord |= UInt64(byte) << UInt64(8 * (7 - offset))
            entry.tailMask |= 0xFF << UInt64(8 * (7 - offset))
        }
        for elements in pattern.segments {
            for (first, second) in zip(elements, elements.dropFirst()) where first != .one && second != .one {
                if let first = first.byte, let second = second.byte { entry.pairs.insert(first, second) }
            }
        }
        entry.firstSegment = Int32(segments.count)
        entry.segmentCount = Int32(pattern.segments.count)
        for (number, elements) in pattern.segments.enumerated() {
            let isSearched =
                (number > 0 || pattern.startsWithRun)
                && (number + 1 < pattern.segments.count || pattern.endsWithRun)
            segments.append(segment(SegmentTemplate(elements: elements, isSearched: isSearched)))
        }
        return entry
    }

    private mutating func segment(_ template: SegmentTemplate) -> GlobSegment {
        if template.elements.contains(where: { $0.slot != nil }) {
            let number = templateNumbers[template] ?? templates.count
            if number == templates.count {
                templateNumbers[template] = number
                templates.append(template)
            }
            return GlobSegment(start: Int32(number), count: 0, hasOne: false, isBound: true)
        }
        let segment = GlobSegment(
            start: Int32(segmentBytes.count), count: Int32(template.elements.count),
            hasOne: template.elements.contains(.one))
        segmentBytes += template.elements.compactMap(\.byte)
        Glob.appendFailure(of: segment, in: segmentBytes, to: &failure)
        return segment
    }
}
