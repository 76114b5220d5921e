/// A write waiting for its turn, with the type of its result erased.
struct PendingWrite: Sendable {
    /// What a write did to the transaction it was given, and how to answer whoever asked for it.
    struct Attempt: Sendable {
        /// Why it was refused by the rules, if it was.
        var error: RegistryError?
        /// Answers, once: with the store's error, or with the write's own result.
        var answer: @Sendable (_ storeError: RegistryError?) -> Void
    }

    let attempt: @Sendable (inout RegistryTransaction) -> Attempt
}

/// Writes in the order they came.
struct WriteQueue {
    private var waiting: [PendingWrite] = []
    /// Whether a task is committing; it goes on until nothing waits.
    private var isBeingDrained = false
    private var beingCommitted = 0

    /// Writes that have not been answered.
    var count: Int { waiting.count + beingCommitted }

    enum Enqueued {
        case waits
        case startDraining
        case refused
    }

    mutating func enqueue(_ write: PendingWrite, bound: Int) -> Enqueued {
        guard waiting.count < bound else { return .refused }
        waiting.append(write)
        if isBeingDrained { return .waits }
        isBeingDrained = true
        return .startDraining
    }

    /// The next writes to commit together; none: the drain has ended.
    mutating func nextBatch(atMost count: Int) -> [PendingWrite] {
        guard !waiting.isEmpty else {
            isBeingDrained = false
            beingCommitted = 0
            return []
        }
        let batch = Array(waiting.prefix(max(1, count)))
        waiting.removeFirst(batch.count)
        beingCommitted = batch.count
        return batch
    }
}
