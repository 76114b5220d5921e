import HashTreeCollections

/// Keeps one copy of each array that many rows refer to, as long as one does.
struct InternTable<Element: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        let array: [Element]
        var uses: Int
    }

    private var entries: TreeDictionary<[Element], Entry> = [:]

    /// The table's own copy of the array, for one more row.
    mutating func take(_ array: [Element]) -> [Element] {
        guard !array.isEmpty else { return [] }
        if let entry = entries[array] {
            entries[array]?.uses += 1
            return entry.array
        }
        entries[array] = Entry(array: array, uses: 1)
        return array
    }

    /// For `count` more rows of an array that was taken before.
    mutating func take(_ array: [Element], again count: Int) {
        entries[array]?.uses += count
    }

    /// One row less refers to the array.
    mutating func give(_ array: [Element]) {
        guard let entry = entries[array] else { return }
        entries[array] = entry.uses > 1 ? Entry(array: entry.array, uses: entry.uses - 1) : nil
    }
}
