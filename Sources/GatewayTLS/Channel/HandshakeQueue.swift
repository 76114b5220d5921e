/// The connections of one event loop whose handshake has not ended, oldest first, in two stages: silent
/// ones, which have sent nothing and cost little, and those in progress, which hold TLS state.
///
/// Past a stage's cap its oldest member is evicted, and the newcomer let in. A cap that turned newcomers
/// away would itself be the denial of service: a few silent sockets would hold all places until their
/// deadlines (CVE-2024-28854).
struct HandshakeQueue<Member> {
    struct Ticket: Hashable { fileprivate var number: UInt64 }

    private var silent = Stage()
    private var inProgress = Stage()
    private var next: UInt64 = 0
    private let maximumSilent: Int
    private let maximumInProgress: Int

    init(maximumSilent: Int, maximumInProgress: Int) {
        self.maximumSilent = max(1, maximumSilent)
        self.maximumInProgress = max(1, maximumInProgress)
    }

    /// The number of members in both stages.
    var count: Int { silent.members.count + inProgress.members.count }

    /// A connection was accepted.
    mutating func accepted(_ member: Member) -> (ticket: Ticket, evicted: Member?) {
        let ticket = Ticket(number: next)
        next += 1
        silent.append(member, ticket.number)
        return (ticket, silent.members.count > maximumSilent ? silent.removeOldest() : nil)
    }

    /// Its first bytes have come, and its handshake begins.
    mutating func began(_ ticket: Ticket) -> Member? {
        guard let member = silent.members.removeValue(forKey: ticket.number) else { return nil }
        silent.compact()
        inProgress.append(member, ticket.number)
        return inProgress.members.count > maximumInProgress ? inProgress.removeOldest() : nil
    }

    /// Its handshake has ended, well or not.
    mutating func ended(_ ticket: Ticket) {
        if silent.members.removeValue(forKey: ticket.number) != nil {
            silent.compact()
        } else if inProgress.members.removeValue(forKey: ticket.number) != nil {
            inProgress.compact()
        }
    }

    /// Members in order of arrival. Those that leave are dropped from the order when it has grown to
    /// twice what it needs.
    private struct Stage {
        var members: [UInt64: Member] = [:]
        private var order: [UInt64] = []
        private var head = 0

        mutating func append(_ member: Member, _ number: UInt64) {
            members[number] = member
            order.append(number)
        }

        mutating func removeOldest() -> Member? {
            while head < order.count {
                let number = order[head]
                head += 1
                if let member = members.removeValue(forKey: number) {
                    compact()
                    return member
                }
            }
            return nil
        }

        mutating func compact() {
            guard order.count > 2 * members.count + 32 else { return }
            order = order[head...].filter { members[$0] != nil }
            head = 0
        }
    }
}

/// One event loop's ``HandshakeQueue``, shared by its handlers.
final class HandshakeGate {
    var queue: HandshakeQueue<TLSHandler>

    init(_ limits: TLSListenerLimits) {
        queue = HandshakeQueue(
            maximumSilent: limits.maximumSilentPerLoop,
            maximumInProgress: limits.maximumHandshakesPerLoop)
    }
}
