/// How long a command waits for a gateway's directory: as long as its lock changes hands, and some time for each holder.
struct LockPatience {
    private let limit: Duration
    private var turn: UInt64?
    private var deadline: ContinuousClock.Instant?

    /// - Parameter limit: how long one holder is waited for.
    init(_ limit: Duration) {
        self.limit = limit
    }

    /// Whether to go on waiting for whoever holds the lock now.
    mutating func waits(for held: DirectoryLock.Held, now: ContinuousClock.Instant) -> Bool {
        guard let deadline, held.turn == turn else {
            turn = held.turn
            deadline = now + limit
            return true
        }
        return now < deadline
    }
}
