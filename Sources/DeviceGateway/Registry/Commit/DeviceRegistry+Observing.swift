import Synchronization

extension DeviceRegistry {
    /// Calls `handler` after every change that may concern a connection: when memory has changed, before
    /// the write returns, on the writer's task, outside every lock. The write and those behind it wait for the
    /// handler. It may read the registry; it must not block, and must not wait for a write.
    ///
    /// - Returns: What ends the observation; it need not be kept.
    @discardableResult
    public func observe(
        _ handler: @escaping @Sendable (RegistryEffect) async -> Void
    ) -> RegistryObservation {
        let number = observers.withLock { $0.add(handler) }
        return RegistryObservation { [weak self] in
            self?.observers.withLock { $0.remove(number) }
        }
    }

    func notify(_ effect: RegistryEffect) async {
        guard effect != .none else { return }
        for handler in observers.withLock({ $0.handlers }) { await handler(effect) }
    }
}

/// Ends an observation when told to.
public struct RegistryObservation: Sendable {
    private let end: @Sendable () -> Void

    init(_ end: @escaping @Sendable () -> Void) {
        self.end = end
    }

    /// Ends the observation. A call already under way is not interrupted.
    public func cancel() {
        end()
    }
}

struct ObserverList {
    private var entries: [(number: UInt64, handler: @Sendable (RegistryEffect) async -> Void)] = []
    private var lastNumber: UInt64 = 0

    var handlers: [@Sendable (RegistryEffect) async -> Void] { entries.map(\.handler) }

    mutating func add(_ handler: @escaping @Sendable (RegistryEffect) async -> Void) -> UInt64 {
        lastNumber += 1
        entries.append((lastNumber, handler))
        return lastNumber
    }

    mutating func remove(_ number: UInt64) {
        entries.removeAll { $0.number == number }
    }
}
