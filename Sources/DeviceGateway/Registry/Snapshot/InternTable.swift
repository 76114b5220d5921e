import HashTreeCollections

/// Keeps one copy of each value that many rows refer to, as long as one does.
struct InternTable<Value: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        let value: Value
        var uses: Int
    }

    private var entries: TreeDictionary<Value, Entry> = [:]
    /// The value that was taken last, and how often it was since it came into ``entries``, which do not know yet: rows of
    /// one value come one after another, and a million changes of a tree take their time.
    private var latest: Entry?

    /// The table's own copy of the value, for one more row.
    mutating func take(_ value: Value) -> Value {
        if let own = latest?.value, own == value {
            latest?.uses += 1
            return own
        }
        settle()
        if let entry = entries[value] {
            latest = Entry(value: entry.value, uses: 1)
            return entry.value
        }
        entries[value] = Entry(value: value, uses: 0)
        latest = Entry(value: value, uses: 1)
        return value
    }

    /// One row less refers to the value.
    mutating func give(_ value: Value) {
        settle()
        guard let entry = entries[value] else { return }
        entries[value] = entry.uses > 1 ? Entry(value: entry.value, uses: entry.uses - 1) : nil
    }

    private mutating func settle() {
        if let latest { entries[latest.value]?.uses += latest.uses }
        latest = nil
    }
}
