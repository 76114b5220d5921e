/// A hash table from hashes to indices into some array: open addressing, linear probing.
///
/// The keys live in the array; the caller compares them. Removal shifts the run back instead of leaving
/// tombstones, so churn never degrades it. Each slot is eight bytes and holds the hash, so growing does not
/// touch the keys.
struct IndexTable {
    private struct Slot: BitwiseCopyable {
        var hash: UInt32
        /// -1 for an empty slot.
        var index: Int32
    }

    private var slots: [Slot] = []
    private(set) var count = 0

    /// Finds the index with this hash for which `isMatch` holds.
    @inline(__always)
    func find(_ hash: UInt32, where isMatch: (Int32) -> Bool) -> Int32? {
        if slots.isEmpty { return nil }
        let mask = slots.count - 1
        var position = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots[position]
            if slot.index < 0 { return nil }
            if slot.hash == hash, isMatch(slot.index) { return slot.index }
            position = (position + 1) & mask
        }
    }

    /// Adds an index that is not in the table.
    mutating func insert(_ hash: UInt32, _ index: Int32) {
        if (count + 1) * 4 > slots.count * 3 { grow() }
        place(Slot(hash: hash, index: index))
        count += 1
    }

    /// Removes an index; does nothing if it is absent.
    mutating func remove(_ hash: UInt32, _ index: Int32) {
        if slots.isEmpty { return }
        let mask = slots.count - 1
        var hole = Int(truncatingIfNeeded: hash) & mask
        while slots[hole].index != index {
            if slots[hole].index < 0 { return }
            hole = (hole + 1) & mask
        }
        var position = hole
        while true {
            position = (position + 1) & mask
            let slot = slots[position]
            if slot.index < 0 { break }
            // The slot may move into the hole unless its home lies cyclically after the hole.
            let home = Int(truncatingIfNeeded: slot.hash) & mask
            if (position &- home) & mask >= (position &- hole) & mask {
                slots[hole] = slot
                hole = position
            }
        }
        slots[hole].index = -1
        count -= 1
        if count == 0 { slots = [] }
    }

    private mutating func place(_ slot: Slot) {
        let mask = slots.count - 1
        var position = Int(truncatingIfNeeded: slot.hash) & mask
        while slots[position].index >= 0 { position = (position + 1) & mask }
        slots[position] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(hash: 0, index: -1), count: max(16, old.count * 2))
        for slot in old where slot.index >= 0 { place(slot) }
    }
}
