/// What a ``SortedTable`` holds.
protocol SortedTableRow: Sendable {
    associatedtype Key: Comparable, Sendable
    /// Unique in the table; never changes.
    var key: Key { get }
    /// A number that grows with the key, or stays, and is spread evenly over all keys: it tells where in a table to look.
    /// nil for every key: there is none.
    static func word(of key: Key) -> UInt64?
}

extension SortedTableRow {
    static func word(of key: Key) -> UInt64? { nil }
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
    private var chunks: [Chunk] = []
    /// The first key of each chunk.
    private var firstKeys: [Row.Key] = []

    private struct Chunk: Sendable {
        var rows: [Row]
        /// The words of the rows' keys, where there are any: eight to a cache line, so that a search finds its row
        /// before it touches one.
        var words: [UInt64]

        init(_ rows: [Row]) {
            self.rows = rows
            words = rows.compactMap { Row.word(of: $0.key) }
        }

        mutating func append(_ row: Row) {
            rows.append(row)
            if let word = Row.word(of: row.key) { words.append(word) }
        }

        mutating func remove(at index: Int) -> Row {
            if !words.isEmpty { words.remove(at: index) }
            return rows.remove(at: index)
        }
    }

    init() {}

    /// A table of rows in ascending order of their keys; of several with one key the last stays.
    init(sorted rows: [Row]) {
        for row in rows { append(row) }
    }

    // MARK: Reading

    subscript(key: Row.Key) -> Row? {
        guard let position = position(of: key) else { return nil }
        return self[position]
    }

    func contains(_ key: Row.Key) -> Bool { position(of: key) != nil }

    /// Calls `body` with the rows from the first whose key is not below `key`, until it returns false.
    func forEach(from key: Row.Key, _ body: (Row) -> Bool) {
        let start = chunk(for: key) ?? 0
        guard start < chunks.count else { return }
        var index = lowerBound(of: key, in: start)
        for chunk in chunks[start...] {
            while index < chunk.rows.count {
                guard body(chunk.rows[index]) else { return }
                index += 1
            }
            index = 0
        }
    }

    /// Calls `body` with every row in order.
    func forEach(_ body: (Row) throws -> Void) rethrows {
        for chunk in chunks {
            for row in chunk.rows { try body(row) }
        }
    }

    // MARK: Changing

    /// Inserts the row, or replaces the one of that key.
    mutating func put(_ row: Row) {
        if let last = chunks.last?.rows.last, last.key < row.key { return append(row) }
        guard let chunk = chunk(for: row.key) else {
            if chunks.isEmpty { return append(row) }
            return insert(row, chunk: 0, index: 0)
        }
        let index = lowerBound(of: row.key, in: chunk)
        if index < chunks[chunk].rows.count, chunks[chunk].rows[index].key == row.key {
            chunks[chunk].rows[index] = row
        } else {
            insert(row, chunk: chunk, index: index)
        }
    }

    /// Changes the row of that key, if there is one. Its key must stay.
    mutating func update(_ key: Row.Key, _ body: (inout Row) -> Void) {
        guard let position = position(of: key) else { return }
        body(&chunks[position.chunk].rows[position.index])
    }

    @discardableResult
    mutating func remove(_ key: Row.Key) -> Row? {
        guard let chunk = chunk(for: key) else { return nil }
        let index = lowerBound(of: key, in: chunk)
        guard index < chunks[chunk].rows.count, chunks[chunk].rows[index].key == key else { return nil }
        let row = chunks[chunk].remove(at: index)
        count -= 1
        if let first = chunks[chunk].rows.first {
            firstKeys[chunk] = first.key
        } else {
            chunks.remove(at: chunk)
            firstKeys.remove(at: chunk)
        }
        return row
    }

    /// Adds a row whose key is not below any other's; one with the last key takes its place.
    mutating func append(_ row: Row) {
        if let last = chunks.last?.rows.last, last.key == row.key {
            chunks[chunks.count - 1].rows[chunks[chunks.count - 1].rows.count - 1] = row
            return
        }
        if let last = chunks.last, last.rows.count < Self.builtChunk {
            chunks[chunks.count - 1].append(row)
        } else {
            var chunk = Chunk([])
            chunk.rows.reserveCapacity(chunks.isEmpty ? 1 : Self.builtChunk)
            chunk.append(row)
            if !chunks.isEmpty, !chunk.words.isEmpty { chunk.words.reserveCapacity(Self.builtChunk) }
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
            where index < chunks[hint.chunk].rows.count && chunks[hint.chunk].rows[index].key == key {
                return Position(chunk: hint.chunk, index: index)
            }
        }
        guard let chunk = chunk(for: key) else { return nil }
        let index = lowerBound(of: key, in: chunk)
        guard index < chunks[chunk].rows.count, chunks[chunk].rows[index].key == key else { return nil }
        return Position(chunk: chunk, index: index)
    }

    /// The row at a place; its key must stay.
    subscript(position: Position) -> Row {
        get { chunks[position.chunk].rows[position.index] }
        _modify { yield &chunks[position.chunk].rows[position.index] }
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

    /// The index of the chunk's first row whose key is not below `key`. Where keys have words the search begins where
    /// the key's word ought to be, and widens: a few hundred rows are too many to halve when each probe waits for memory.
    private func lowerBound(of key: Row.Key, in chunk: Int) -> Int {
        guard let word = Row.word(of: key) else {
            return Self.lowerBound(in: 0..<chunks[chunk].rows.count) { chunks[chunk].rows[$0].key < key }
        }
        let next = chunk + 1 < firstKeys.count ? Row.word(of: firstKeys[chunk + 1]) : nil
        var index = chunks[chunk].words.withUnsafeBufferPointer { words in
            Self.lowerBound(
                of: word, in: words, from: Row.word(of: firstKeys[chunk]) ?? 0, to: next ?? words.last ?? .max
            )
        }
        while index < chunks[chunk].rows.count, chunks[chunk].rows[index].key < key { index += 1 }
        return index
    }

    /// - Parameters:
    ///   - words: in ascending order.
    ///   - first: the first of them.
    ///   - last: the last of them, or one above.
    private static func lowerBound(
        of word: UInt64, in words: UnsafeBufferPointer<UInt64>, from first: UInt64, to last: UInt64
    ) -> Int {
        guard !words.isEmpty, first < word else { return 0 }
        guard word <= last else { return words.count }
        let place = Double(word - first) / Double(last - first)
        let probe = min(Int(place * Double(words.count - 1)), words.count - 1)
        var step = 4
        var low = 0
        var high = words.count
        if words[probe] < word {
            low = probe + 1
            while low + step < high, words[low + step] < word {
                low += step + 1
                step *= 2
            }
            high = min(low + step, high)
        } else {
            high = probe
            while high - step >= 0, words[high - step] >= word {
                high -= step
                step *= 2
            }
            low = max(high - step, 0)
        }
        return lowerBound(in: low..<high) { words[$0] < word }
    }

    /// The first index that is not below, or the range's end.
    private static func lowerBound(in range: Range<Int>, _ isBelow: (Int) -> Bool) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = (low + high) / 2
            if isBelow(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Arrays grow by doubling; with so many, the empty halves would be most of the memory.
    private mutating func insert(_ row: Row, chunk: Int, index: Int) {
        let present = chunks[chunk].rows
        var rows: [Row] = []
        rows.reserveCapacity(present.count + 1)
        rows += present[..<index]
        rows.append(row)
        rows += present[index...]
        count += 1
        if rows.count < Self.maximumChunk {
            chunks[chunk] = Chunk(rows)
            firstKeys[chunk] = rows[0].key
        } else {
            let middle = rows.count / 2
            chunks.replaceSubrange(
                chunk...chunk, with: [Chunk(Array(rows[..<middle])), Chunk(Array(rows[middle...]))])
            firstKeys.replaceSubrange(chunk...chunk, with: [rows[0].key, rows[middle].key])
        }
    }
}
