/// The id of a session or stateful ticket: 32 bytes that nobody can guess.
struct SessionID: Hashable, Sendable {
    private let a: UInt64
    private let b: UInt64
    private let c: UInt64
    private let d: UInt64

    /// nil for ids of any other length, which are none of ours.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        a = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        b = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        c = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        d = bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    }
}

/// Sessions by id, bounded in number, size and age; the oldest go first. Pure.
struct SessionStore<Session> {
    fileprivate struct Entry {
        var id: SessionID
        var session: Session
        var certificateID: [UInt8]?
        var size: Int
        var end: Int64
    }

    private var entries = ArrivalOrder<SessionID, Entry>()
    private let maximumCount: Int
    private let maximumSize: Int
    private let lifetime: Int64
    private(set) var size = 0

    var count: Int { entries.count }

    init(maximumCount: Int, maximumSize: Int, lifetime: Int64) {
        self.maximumCount = maximumCount
        self.maximumSize = maximumSize
        self.lifetime = lifetime
    }

    /// A session too large for the store is not kept.
    mutating func insert(
        _ session: Session, id: SessionID, certificateID: [UInt8]?, size: Int, now: Int64
    ) {
        remove(id)
        while let oldest = entries.oldest(), now >= oldest.end { remove(oldest.id) }
        guard size <= maximumSize, maximumCount > 0 else { return }
        while let oldest = entries.oldest(), count >= maximumCount || self.size + size > maximumSize {
            remove(oldest.id)
        }
        let entry = Entry(
            id: id, session: session, certificateID: certificateID, size: size,
            end: now.addingCapped(lifetime))
        entries.append(entry, id)
        self.size += size
    }

    mutating func find(_ id: SessionID, now: Int64) -> Session? {
        guard let entry = entries[id] else { return nil }
        guard now < entry.end else {
            remove(id)
            return nil
        }
        return entry.session
    }

    @discardableResult
    mutating func remove(_ id: SessionID) -> Bool {
        guard let entry = entries.remove(id) else { return false }
        size -= entry.size
        return true
    }

    /// - Returns: how many went.
    mutating func removeAll(where isGone: ([UInt8]) -> Bool) -> Int {
        let gone = entries.all.filter { $0.certificateID.map(isGone) == true }.map(\.id)
        for id in gone { remove(id) }
        return gone.count
    }

    mutating func removeAll() {
        entries = ArrivalOrder()
        size = 0
    }
}

extension SessionStore.Entry: Sendable where Session: Sendable {}
extension SessionStore: Sendable where Session: Sendable {}

extension Int64 {
    /// The sum, or the largest number there is.
    func addingCapped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
