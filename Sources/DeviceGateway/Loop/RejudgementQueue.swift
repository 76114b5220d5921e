import DequeModule

/// Which of a loop's connections are still to be judged by the registry as it has become.
///
/// Whoever takes the next one judges it by the registry of that moment, so one that still waits when the registry
/// changes again need not wait twice. Those that a change names come before those that it may concern among all.
/// Bounded by the number of connections.
struct RejudgementQueue {
    private var named: Deque<UInt64> = []
    private var isNamed: Set<UInt64> = []
    /// The connections there were when their turn came, and how many of them have been taken.
    private var everyone: [UInt64] = []
    private var taken = 0
    /// Something has changed since ``everyone`` was begun: those that have been taken, and those that have come since, are
    /// due once more.
    private var isEveryoneDue = false

    /// Whether nobody waits.
    var isEmpty: Bool { named.isEmpty && taken == everyone.count && !isEveryoneDue }

    /// A change concerns these.
    mutating func add(_ connections: some Sequence<UInt64>) {
        for id in connections where isNamed.insert(id).inserted { named.append(id) }
    }

    /// A change may concern any.
    mutating func addEveryone() { isEveryoneDue = true }

    /// The next to be judged. It may have gone.
    ///
    /// - Parameter present: the connections there are.
    mutating func next(_ present: () -> [UInt64]) -> UInt64? {
        if let id = named.popFirst() {
            isNamed.remove(id)
            return id
        }
        if taken == everyone.count {
            everyone = isEveryoneDue ? present() : []
            taken = 0
            isEveryoneDue = false
        }
        guard taken < everyone.count else { return nil }
        taken += 1
        return everyone[taken - 1]
    }
}
