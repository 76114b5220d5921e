import Synchronization

/// Who is connected: for the host and for operators, never on a packet's path.
final class LiveConnections: Sendable {
    private let summaries = Mutex<[UInt64: ConnectionSummary]>([:])

    func add(_ summary: ConnectionSummary) {
        summaries.withLock { $0[summary.id] = summary }
    }

    func remove(_ id: UInt64) {
        summaries.withLock { _ = $0.removeValue(forKey: id) }
    }

    func contains(_ id: UInt64) -> Bool {
        summaries.withLock { $0[id] != nil }
    }

    var all: [ConnectionSummary] {
        summaries.withLock { Array($0.values) }.sorted { $0.id < $1.id }
    }

    var count: Int {
        summaries.withLock { $0.count }
    }
}
