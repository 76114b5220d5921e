import IoTPolicy

/// Compiled policy sets by sorted list of policy names, so that certificates with the same policies share
/// one. A set is used only as long as each of its policies is the very text it was compiled from: no change
/// has to remember to invalidate it.
struct PolicySetCache {
    private struct Entry {
        var set: PolicySet
        var sources: [ParsedPolicy]
    }

    private var entries: [[String]: Entry] = [:]
    private var lastSerial: UInt64 = 0

    func set(named names: [String], sources: [ParsedPolicy]) -> PolicySet? {
        guard let entry = entries[names], entry.sources.elementsEqual(sources, by: ===) else { return nil }
        return entry.set
    }

    /// A number no set has had.
    mutating func nextSerial() -> UInt64 {
        lastSerial += 1
        return lastSerial
    }

    /// Keeps a set. Lists that are no longer in use are not tracked; when there are more entries than there
    /// can be lists in use, all go and those in use come back as they are asked for.
    mutating func insert(_ set: PolicySet, named names: [String], sources: [ParsedPolicy], bound: Int) {
        if entries.count >= bound { entries.removeAll() }
        entries[names] = Entry(set: set, sources: sources)
    }
}
