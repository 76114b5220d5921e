/// Members in the order in which they came or last moved to the end; each step takes constant time.
///
/// Members that leave stay in the order as empty places, which are dropped when there are more than twice
/// what is needed.
struct ArrivalOrder<Member> {
    private var members: [UInt64: (member: Member, position: UInt64)] = [:]
    private var order: [(number: UInt64, position: UInt64)] = []
    private var head = 0
    private var nextPosition: UInt64 = 0

    var count: Int { members.count }
    var isEmpty: Bool { members.isEmpty }

    /// Everybody, in no particular order.
    var all: [Member] { members.values.map(\.member) }

    /// Adds a member at the end, under a number that no other has.
    mutating func append(_ member: Member, _ number: UInt64) {
        members[number] = (member, nextPosition)
        order.append((number, nextPosition))
        nextPosition += 1
        compact()
    }

    /// Moves a member to the end, if it is there.
    mutating func moveToEnd(_ number: UInt64) {
        guard let member = members[number]?.member else { return }
        append(member, number)
    }

    mutating func remove(_ number: UInt64) -> Member? {
        guard let member = members.removeValue(forKey: number)?.member else { return nil }
        compact()
        return member
    }

    /// The member that comes first.
    mutating func oldest() -> Member? {
        while head < order.count {
            let (number, position) = order[head]
            if let entry = members[number], entry.position == position { return entry.member }
            head += 1
        }
        return nil
    }

    mutating func removeOldest() -> Member? {
        guard oldest() != nil else { return nil }
        return remove(order[head].number)
    }

    private mutating func compact() {
        guard order.count > 2 * members.count + 32 else { return }
        order = order[head...].filter { members[$0.number]?.position == $0.position }
        head = 0
    }
}
