/// Follows one name down the trees of a ``PatternIndex``, with one connection's variables.
///
/// It borrows the memory of both, which have to outlive it.
struct NameMatcher {
    let name: UnsafeBufferPointer<UInt8>
    /// The name's last eight bytes, the very last on top.
    private let tail: UInt64
    private let nodes: UnsafeBufferPointer<IndexNode>
    private let firstBytes: UnsafeBufferPointer<UInt8>
    private let labels: UnsafeBufferPointer<UInt8>
    private let entries: UnsafeBufferPointer<IndexEntry>
    private let segments: UnsafeBufferPointer<GlobSegment>
    private let slots: UnsafeBufferPointer<SlotValue>
    private let slotBytes: UnsafeBufferPointer<UInt8>
    private let guards: UnsafeBufferPointer<Bool>
    private let globs: GlobMatcher

    @inline(__always)
    init(_ name: UnsafeBufferPointer<UInt8>, _ index: PatternIndex, _ binding: ConnectionBinding) {
        self.name = name
        tail = Self.tail(of: name)
        nodes = index.nodes
        firstBytes = index.firstBytes
        labels = index.labels
        entries = index.entries
        segments = index.segments
        slots = binding.slots
        slotBytes = binding.slotBytes
        guards = binding.guards
        globs = GlobMatcher(
            shared: index.segmentTexts, bound: binding.segmentTexts, boundSegments: binding.segments)
    }

    @inline(__always)
    private static func tail(of name: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let count = name.count
        if count >= 8 {
            return UInt64(
                littleEndian: UnsafeRawBufferPointer(name)
                    .loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
        }
        var word: UInt64 = 0
        for byte in name { word = word >> 8 | UInt64(byte) << 56 }
        return word
    }

    @inline(__always)
    func isOpen(_ guardNumber: Int32) -> Bool { guardNumber == 0 || guards[Int(guardNumber)] }

    /// Whether a pattern of the tree fits the name. Every node stands for one text, so each is visited once at most.
    @inline(__always)
    func matches(_ root: Int32) -> Bool { root >= 0 && descend(Int(root), 0) }

    private func descend(_ start: Int, _ from: Int) -> Bool {
        var current = start
        var position = from
        while true {
            let node = nodes[current]
            if node.entryCount > 0, fitsEntry(of: node, position) { return true }
            if node.suffixRoot >= 0, ascend(Int(node.suffixRoot), from: name.count, to: position) {
                return true
            }
            let firstSlot = Int(node.firstChild + node.literalChildCount)
            var literal: Int?
            if node.literalChildCount > 0, position < name.count,
                let child = child(of: node, name[position])
            {
                let label = nodes[child]
                let count = Int(label.labelCount)
                if name.count - position >= count,
                    isEqual(labels, Int(label.labelStart), name, position, count)
                {
                    literal = child
                }
            }
            // The last way on is taken in this loop, all others in a call.
            var slotChild = firstSlot
            let slotEnd = firstSlot + Int(node.slotChildCount)
            var isOnly = false
            while slotChild < slotEnd {
                let slot = slots[Int(nodes[slotChild].slot)]
                let count = Int(slot.count)
                if count >= 0, name.count - position >= count,
                    isEqual(slotBytes, Int(slot.start), name, position, count)
                {
                    if literal == nil, slotChild + 1 == slotEnd {
                        isOnly = true
                        break
                    }
                    if descend(slotChild, position + count) { return true }
                }
                slotChild += 1
            }
            if isOnly {
                position += Int(slots[Int(nodes[slotChild].slot)].count)
                current = slotChild
            } else if let literal {
                position += Int(nodes[literal].labelCount)
                current = literal
            } else {
                return false
            }
        }
    }

    /// Follows a suffix tree backwards from `end`, not beyond `start`, where the patterns' prefix has ended.
    private func ascend(_ root: Int, from end: Int, to start: Int) -> Bool {
        let node = nodes[root]
        if node.entryCount > 0, fitsEntry(of: node, start) { return true }
        if node.literalChildCount > 0, end > start, let child = child(of: node, name[end - 1]) {
            let label = nodes[child]
            let count = Int(label.labelCount)
            if end - start >= count, isReversed(Int(label.labelStart), end, count),
                ascend(child, from: end - count, to: start)
            {
                return true
            }
        }
        let firstSlot = Int(node.firstChild + node.literalChildCount)
        for child in firstSlot..<(firstSlot + Int(node.slotChildCount)) {
            let slot = slots[Int(nodes[child].slot)]
            let count = Int(slot.count)
            if count >= 0, end - start >= count,
                isEqual(slotBytes, Int(slot.start), name, end - count, count),
                ascend(child, from: end - count, to: start)
            {
                return true
            }
        }
        return false
    }

    /// The child whose label begins with `byte`.
    @inline(__always)
    private func child(of node: IndexNode, _ byte: UInt8) -> Int? {
        var low = Int(node.firstChild)
        var high = low + Int(node.literalChildCount)
        while high - low > 4 {
            let middle = (low + high) / 2
            if firstBytes[middle] <= byte { low = middle } else { high = middle }
        }
        while low < high {
            if firstBytes[low] == byte { return low }
            low += 1
        }
        return nil
    }

    @inline(__always)
    private func isEqual(
        _ lhs: UnsafeBufferPointer<UInt8>, _ lhsStart: Int, _ rhs: UnsafeBufferPointer<UInt8>,
        _ rhsStart: Int,
        _ count: Int
    ) -> Bool {
        var index = 0
        let left = UnsafeRawBufferPointer(lhs)
        let right = UnsafeRawBufferPointer(rhs)
        while index + 8 <= count {
            guard
                left.loadUnaligned(fromByteOffset: lhsStart + index, as: UInt64.self)
                    == right.loadUnaligned(fromByteOffset: rhsStart + index, as: UInt64.self)
            else { return false }
            index += 8
        }
        while index < count {
            guard lhs[lhsStart + index] == rhs[rhsStart + index] else { return false }
            index += 1
        }
        return true
    }

    @inline(__always)
    private func isReversed(_ label: Int, _ end: Int, _ count: Int) -> Bool {
        var index = 0
        while index < count {
            guard labels[label + index] == name[end - 1 - index] else { return false }
            index += 1
        }
        return true
    }

    @inline(__always)
    private func fitsEntry(of node: IndexNode, _ position: Int) -> Bool {
        let first = Int(node.firstEntry)
        let some = first..<(first + Int(node.entryCount))
        return some.count > 2 && name.count <= BytePairs.longestName
            ? fitsEntry(some, position, pairs: pairs()) : fitsEntry(some, position, pairs: nil)
    }

    @inline(__always)
    private func fitsEntry(_ range: Range<Int>, _ position: Int, pairs: BytePairs?) -> Bool {
        let rest = Int32(truncatingIfNeeded: name.count - position)
        for index in range {
            let entry = entries[index]
            let fits =
                switch entry.rest {
                case .open: true
                case .nothing: rest == 0
                case .segments:
                    rest >= entry.minimumCount && (tail ^ entry.tailWord) & entry.tailMask == 0
                        && pairs?.isSuperset(of: entry.pairs) ?? true && matchesSegments(entry, position)
                }
            if fits, isOpen(entry.guardNumber) { return true }
        }
        return false
    }

    private func pairs() -> BytePairs {
        var pairs = BytePairs()
        for index in 1..<max(1, name.count) { pairs.insert(name[index - 1], name[index]) }
        return pairs
    }

    @inline(never)
    private func matchesSegments(_ entry: IndexEntry, _ position: Int) -> Bool {
        let first = Int(entry.firstSegment)
        return globs.matches(
            UnsafeBufferPointer(rebasing: name[position...]),
            segments: UnsafeBufferPointer(
                rebasing: segments[first..<(first + Int(entry.segmentCount))]),
            startsWithRun: entry.startsWithRun, endsWithRun: entry.endsWithRun)
    }
}
