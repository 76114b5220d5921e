/// The connections of one event loop whose handshake has not ended, in two stages: silent ones, which have
/// sent nothing and cost little, and those in progress, which hold TLS state.
///
/// Past a stage's cap the member longest without progress is evicted, and the newcomer let in. A cap that
/// turned newcomers away would itself be the denial of service: a few silent sockets would hold all places
/// until their deadlines (CVE-2024-28854).
public struct HandshakeQueue<Member> {
    /// A member's name in the queue.
    public struct Ticket: Hashable, Sendable { fileprivate var number: UInt64 }

    private var silent = ArrivalOrder<UInt64, Member>()
    private var inProgress = ArrivalOrder<UInt64, Member>()
    private var next: UInt64 = 0
    private let maximumSilent: Int
    private let maximumInProgress: Int

    /// Creates an empty queue.
    ///
    /// - Parameters:
    ///   - maximumSilent: connections that have sent nothing, at least 1.
    ///   - maximumInProgress: handshakes in progress, at least 1.
    public init(maximumSilent: Int, maximumInProgress: Int) {
        self.maximumSilent = max(1, maximumSilent)
        self.maximumInProgress = max(1, maximumInProgress)
    }

    /// The number of members in both stages.
    public var count: Int { silent.count + inProgress.count }

    /// The members of both stages.
    public var members: [Member] { Array(silent.all) + inProgress.all }

    /// A connection was accepted.
    ///
    /// - Returns: its name, and who has to go to make room.
    public mutating func accepted(_ member: Member) -> (ticket: Ticket, evicted: Member?) {
        let ticket = Ticket(number: next)
        next += 1
        silent.append(member, ticket.number)
        return (ticket, silent.count > maximumSilent ? silent.removeOldest() : nil)
    }

    /// Its first bytes have come, and its handshake begins.
    ///
    /// - Returns: who has to go to make room.
    public mutating func began(_ ticket: Ticket) -> Member? {
        guard let member = silent.remove(ticket.number) else { return nil }
        inProgress.append(member, ticket.number)
        return inProgress.count > maximumInProgress ? inProgress.removeOldest() : nil
    }

    /// A step of its handshake is done. Bytes alone are no progress.
    public mutating func progressed(_ ticket: Ticket) { inProgress.moveToEnd(ticket.number) }

    /// Its handshake has ended, well or not.
    public mutating func ended(_ ticket: Ticket) {
        if silent.remove(ticket.number) == nil { _ = inProgress.remove(ticket.number) }
    }

    /// Makes room where there is none for another reason: a silent one goes first.
    public mutating func evictOldest() -> Member? { silent.removeOldest() ?? inProgress.removeOldest() }
}
