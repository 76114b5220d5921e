/// What a ``SortedTable`` holds.
protocol SortedTableRow: Sendable {
    associatedtype Key: Comparable, Sendable
    /// Unique in the table; never changes.
    var key: Key { get }
    /// How far a key lies from one key, not above it, to a higher one, 0 to 1, as far as keys are spread evenly; nil: no telling.
    static func place(of key: Key, from low: Key, to high: Key) -> Double?
}

extension SortedTableRow {
    static func place(of key: Key, from low: Key, to high: Key) -> Double? { nil }
}

/// Rows in the order of their keys, as a value: a copy shares everything, and a change copies one chunk of
/// a few hundred rows and the list of chunks.
///
/// Rows lie side by side, so a million of them cost their own size and hardly more, are found with some
/// twenty comparisons, and can be listed from any key on. Hash trees would take twice the memory and could
/// not be listed in order.
struct SortedTable<Row: SortedTableRow>: Sendable {
    /// A chunk that has this many rows is split.
    private static var maximumChunk: Int { 512 }
    /// Rows in the chunks of a table that is built in one go: room for some to come.
    private static var builtChunk: Int { 384 }

    private(set) var count = 0
    /// None of them empty.
    private var chunks: [[Row]] = []
    /// The first key of each chunk.
    private var firstKeys: [Row.Key] = []

    init() {}

    /// A table of rows in ascending order of their keys; of several with one key the last stays.
    init(sorted rows: [Row]) {
        for row in rows { append(row) }
    }

    // MARK: Reading

    subscript(key: Row.Key) -> Row? {
        guard let position = position(of: key) else { return nil }
        return chunks[position.chunk][position.index]
    }

    func contains(_ key: Row.Key) -> Bool { self[key] != nil }

    /// Calls `body` with the rows from the first whose key is not below `key`, until it returns false.
    func forEach(from key: Row.Key, _ body: (Row) -> Bool) {
        let start = chunk(for: key) ?? 0
        guard start < chunks.count else { return }
        var index = lowerBound(of: key, in: start)
        for chunk in chunks[start...] {
            while index < chunk.count {
                guard body(chunk[index]) else { return }
                index += 1
            }
            index = 0
        }
    }

    /// Calls `body` with every row in order.
    func forEach(_ body: (Row) throws -> Void) rethrows {
        for chunk in chunks {
            for row in chunk { try body(row) }
        }
    }

    // MARK: Changing

    /// Inserts the row, or replaces the one of that key.
    mutating func put(_ row: Row) {
        if let last = chunks.last?.last, last.key < row.key { return append(row) }
        guard let chunk = chunk(for: row.key) else {
            if chunks.isEmpty { return append(row) }
            return insert(row, chunk: 0, index: 0)
        }
        let index = lowerBound(of: row.key, in: chunk)
        if index < chunks[chunk].count, chunks[chunk][index].key == row.key {
            chunks[chunk][index] = row
        } else {
            insert(row, chunk: chunk, index: index)
        }
    }

    /// Changes the row of that key, if there is one. Its key must stay.
    mutating func update(_ key: Row.Key, _ body: (inout Row) -> Void) {
        guard let position = position(of: key) else { return }
        body(&chunks[position.chunk][position.index])
    }

    @discardableResult
    mutating func remove(_ key: Row.Key) -> Row? {
        guard let chunk = chunk(for: key) else { return nil }
        let index = lowerBound(of: key, in: chunk)
        guard index < chunks[chunk].count, chunks[chunk][index].key == key else { return nil }
        let row = chunks[chunk].remove(at: index)
        count -= 1
        if let first = chunks[chunk].first {
            firstKeys[chunk] = first.key
        } else {
            chunks.remove(at: chunk)
            firstKeys.remove(at: chunk)
        }
        return row
    }

    /// Adds a row whose key is not below any other's; one with the last key takes its place.
    mutating func append(_ row: Row) {
        if let last = chunks.last?.last, last.key == row.key {
            chunks[chunks.count - 1][chunks[chunks.count - 1].count - 1] = row
            return
        }
        if let last = chunks.last, last.count < Self.builtChunk {
            chunks[chunks.count - 1].append(row)
        } else {
            var chunk: [Row] = []
            chunk.reserveCapacity(chunks.isEmpty ? 1 : Self.builtChunk)
            chunk.append(row)
            chunks.append(chunk)
            firstKeys.append(row.key)
        }
        count += 1
    }

    // MARK: Places

    /// Where a row lies, until the table gains or loses one.
    struct Position {
        fileprivate var chunk: Int
        fileprivate var index: Int
    }

    /// - Parameter hint: Where the one before it lies, perhaps: then nothing is searched.
    func position(of key: Row.Key, after hint: Position? = nil) -> Position? {
        if let hint, hint.chunk < chunks.count {
            for index in hint.index...(hint.index + 1)
            where index < chunks[hint.chunk].count && chunks[hint.chunk][index].key == key {
                return Position(chunk: hint.chunk, index: index)
            }
        }
        guard let chunk = chunk(for: key) else { return nil }
        let index = lowerBound(of: key, in: chunk)
        guard index < chunks[chunk].count, chunks[chunk][index].key == key else { return nil }
        return Position(chunk: chunk, index: index)
    }

    /// The row at a place; its key must stay.
    subscript(position: Position) -> Row {
        get { chunks[position.chunk][position.index] }
        _modify { yield &chunks[position.chunk][position.index] }
    }

    // MARK: Parts

    /// The only chunk that may hold the key; nil if the key is below all.
    private func chunk(for key: Row.Key) -> Int? {
        var low = 0
        var high = firstKeys.count
        while low < high {
            let middle = (low + high) / 2
            if key < firstKeys[middle] { high = middle } else { low = middle + 1 }
        }
        return low == 0 ? nil : low - 1
    }

    /// The index of the chunk's first row whose key is not below `key`. Rows are far apart in memory and each probe may
    /// have to wait for it: where the key's place can be told, the search begins there and widens.
    private func lowerBound(of key: Row.Key, in chunk: Int) -> Int {
        let rows = chunks[chunk]
        var low = 0
        var high = rows.count
        if chunk + 1 < firstKeys.count, firstKeys[chunk] <= key, key < firstKeys[chunk + 1],
            let place = Row.place(of: key, from: firstKeys[chunk], to: firstKeys[chunk + 1])
        {
            var probe = Int(min(max(place, 0), 1) * Double(high - 1))
            var step = 2
            if rows[probe].key < key {
                repeat {
                    low = probe + 1
                    probe += step
                    step *= 2
                } while probe < high && rows[probe].key < key
                high = min(probe, high)
            } else {
                repeat {
                    high = probe
                    probe -= step
                    step *= 2
                } while probe >= 0 && !(rows[probe].key < key)
                low = max(probe + 1, 0)
            }
        }
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Arrays grow by doubling; with so many, the empty halves would be most of the memory.
    private mutating func insert(_ row: Row, chunk: Int, index: Int) {
        var rows: [Row] = []
        rows.reserveCapacity(chunks[chunk].count + 1)
        rows += chunks[chunk][..<index]
        rows.append(row)
        rows += chunks[chunk][index...]
        count += 1
        if rows.count < Self.maximumChunk {
            chunks[chunk] = rows
            firstKeys[chunk] = rows[0].key
        } else {
            let middle = rows.count / 2
            chunks.replaceSubrange(chunk...chunk, with: [Array(rows[..<middle]), Array(rows[middle...])])
            firstKeys.replaceSubrange(chunk...chunk, with: [rows[0].key, rows[middle].key])
        }
    }
}
