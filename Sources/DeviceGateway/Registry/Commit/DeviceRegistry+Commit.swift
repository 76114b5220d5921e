import HashTreeCollections
import Synchronization

extension DeviceRegistry {
    /// How many writes wait for the store, those it is working on included.
    public var pendingWrites: Int { writes.withLock { $0.count } }

    /// Queues a write; returns why not, if it cannot be.
    func enqueue(_ write: PendingWrite) -> RegistryError? {
        switch writes.withLock({ $0.enqueue(write, bound: limits.pendingWrites) }) {
        case .waits:
            return nil
        case .startDraining:
            // A task of its own: the caller's cancellation must not reach the store in mid-write.
            Task.detached { await self.drain() }
            return nil
        case .refused:
            return RegistryError(
                .busy,
                "\(limits.pendingWrites) writes are waiting for the registry's store; try again later")
        }
    }

    /// Group commit: what arrives while the store is busy is committed together the next time.
    private func drain() async {
        while true {
            let batch = writes.withLock { $0.nextBatch(atMost: limits.writesPerTransaction) }
            if batch.isEmpty { return }
            await commit(batch)
        }
    }

    private func commit(_ batch: [PendingWrite]) async {
        var (draft, history) = state.withLock { ($0.snapshot, $0.history) }
        var changes: [RegistryChange] = []
        var effect = RegistryEffect.none
        var answers: [@Sendable (RegistryError?) -> Void] = []
        for write in batch {
            var transaction = RegistryTransaction(
                // The whole batch makes one generation; within it, whoever comes after a change is on no known one.
                draft: draft, generation: changes.isEmpty ? generation : generation &+ 1, history: history,
                limits: limits, requirements: requirements)
            let attempt = write.attempt(&transaction)
            if attempt.error == nil {
                draft = transaction.draft
                history.record(transaction.undo)
                changes += transaction.changes
                effect.formUnion(transaction.effect)
            }
            answers.append(attempt.answer)
        }

        if !changes.isEmpty {
            do {
                try await store.apply(changes)
            } catch {
                // Refusals too may rest on what has not come to pass.
                let failure = RegistryError(
                    .storage, "nothing was changed, the registry's store failed: \(error)")
                for answer in answers { answer(failure) }
                return
            }
            state.withLock {
                $0.snapshot = draft
                $0.history = history
            }
            lastGeneration.wrappingAdd(1, ordering: .acquiringAndReleasing)
            await notify(effect)
        }
        for answer in answers { answer(nil) }
    }
}
