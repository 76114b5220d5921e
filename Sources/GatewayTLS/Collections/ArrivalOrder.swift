/// Members by a key, in the order in which they came or last moved to the end; each step takes constant time.
///
/// Members that leave stay in the order as empty places, which are dropped when there are more than twice
/// what is needed.
struct ArrivalOrder<Key: Hashable, Member> {
    private var members: [Key: (member: Member, position: UInt64)] = [:]
    private var order: [(key: Key, position: UInt64)] = []
    private var head = 0
    private var nextPosition: UInt64 = 0

    var count: Int { members.count }
    var isEmpty: Bool { members.isEmpty }

    /// Everybody, in no particular order.
    var all: some Collection<Member> { members.values.lazy.map(\.member) }

    subscript(key: Key) -> Member? { members[key]?.member }

    /// Adds a member at the end, in place of the one that has its key, if any.
    mutating func append(_ member: Member, _ key: Key) {
        members[key] = (member, nextPosition)
        order.append((key, nextPosition))
        nextPosition += 1
        compact()
    }

    /// Moves a member to the end, if it is there.
    mutating func moveToEnd(_ key: Key) {
        guard let member = self[key] else { return }
        append(member, key)
    }

    mutating func remove(_ key: Key) -> Member? {
        guard let member = members.removeValue(forKey: key)?.member else { return nil }
        compact()
        return member
    }

    /// The member that comes first.
    mutating func oldest() -> Member? {
        while head < order.count {
            let (key, position) = order[head]
            if let entry = members[key], entry.position == position { return entry.member }
            head += 1
        }
        return nil
    }

    mutating func removeOldest() -> Member? {
        guard oldest() != nil else { return nil }
        return remove(order[head].key)
    }

    private mutating func compact() {
        guard order.count > 2 * members.count + 32 else { return }
        order = order[head...].filter { members[$0.key]?.position == $0.position }
        head = 0
    }
}

extension ArrivalOrder: Sendable where Key: Sendable, Member: Sendable {}
