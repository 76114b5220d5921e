import BrokerCore
import HeapModule

/// Deadlines of the connections on one event loop.
///
/// A connection has one entry at most that matters. Deadlines mostly move later (every packet resets the
/// keep-alive), so entries are not moved: when one comes due, its connection says when to look again.
struct DeadlineQueue {
    private struct Entry: Comparable {
        let due: BrokerInstant
        let connection: UInt64

        static func < (left: Entry, right: Entry) -> Bool {
            (left.due, left.connection) < (right.due, right.connection)
        }
    }

    private var heap = Heap<Entry>()

    var count: Int { heap.count }

    mutating func schedule(_ connection: UInt64, at due: BrokerInstant) {
        heap.insert(Entry(due: due, connection: connection))
    }

    /// Forgets the entries of connections that have gone.
    mutating func keep(where isAlive: (UInt64) -> Bool) {
        heap = Heap(heap.unordered.filter { isAlive($0.connection) })
    }

    /// The next connection whose entry is due.
    mutating func popDue(now: BrokerInstant) -> UInt64? {
        guard let first = heap.min, first.due <= now else { return nil }
        return heap.popMin()?.connection
    }
}
