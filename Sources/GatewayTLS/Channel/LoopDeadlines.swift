import NIOCore

/// Deadlines of one event loop's handlers.
///
/// Deadlines of the same length come due in the order in which they were set, so each length has a queue
/// and a timer of its own, and a connection costs two entries instead of two timers.
final class LoopDeadlines {
    /// One deadline's name.
    struct Ticket {
        fileprivate var length: TimeAmount
        fileprivate var number: UInt64
        fileprivate var owner: LoopDeadlines
    }

    private struct Entry {
        var number: UInt64
        var due: NIODeadline
        var kind: TLSHandlerDeadline
        var handler: TLSHandler
    }

    let eventLoop: any EventLoop
    private var lanes: [TimeAmount: ArrivalOrder<UInt64, Entry>] = [:]
    private var next: UInt64 = 0

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func set(_ kind: TLSHandlerDeadline, for handler: TLSHandler, in length: TimeAmount) -> Ticket {
        let entry = Entry(number: next, due: eventLoop.now + length, kind: kind, handler: handler)
        next += 1
        if lanes[length] == nil {
            lanes[length] = ArrivalOrder()
            schedule(length, at: entry.due)
        }
        lanes[length]?.append(entry, entry.number)
        return Ticket(length: length, number: entry.number, owner: self)
    }

    static func cancel(_ ticket: Ticket?) {
        guard let ticket else { return }
        _ = ticket.owner.lanes[ticket.length]?.remove(ticket.number)
    }

    /// A lane has a timer as long as it exists; the timer is not moved when its deadline is cancelled, but
    /// looks again.
    private func schedule(_ length: TimeAmount, at due: NIODeadline) {
        eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.look(length) }
    }

    private func look(_ length: TimeAmount) {
        while let entry = lanes[length]?.oldest() {
            guard entry.due <= eventLoop.now else { return schedule(length, at: entry.due) }
            _ = lanes[length]?.remove(entry.number)
            entry.handler.deadlineReached(entry.kind)
        }
        lanes[length] = nil
    }
}
