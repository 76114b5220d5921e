import NIOCore

/// Whoever drains a session: a connection on its event loop, or a subscription of the host's.
///
/// `wake` is called from any thread, never under a lock, at most once between two drains.
protocol DeliveryTarget: AnyObject, Sendable {
    /// The loop the target lives on.
    var eventLoop: any EventLoop { get }
    /// Deliver what the session holds. Called on ``eventLoop``.
    func drain()
    /// Another connection has taken the session over. Called on ``eventLoop``.
    func supersede()
}

/// Wakes collected while one batch is published, handed over with one `execute` per event loop.
struct WakeList {
    private var targets: [any DeliveryTarget] = []

    var isEmpty: Bool { targets.isEmpty }

    mutating func append(_ target: any DeliveryTarget) {
        targets.append(target)
    }

    /// Drains targets of the current loop at once, the others with one task per loop.
    mutating func flush(current: (any EventLoop)?) {
        guard !targets.isEmpty else { return }
        let batch = targets
        targets.removeAll(keepingCapacity: true)
        var elsewhere: [ObjectIdentifier: [any DeliveryTarget]] = [:]
        for target in batch {
            if let current, target.eventLoop === current {
                target.drain()
            } else {
                elsewhere[ObjectIdentifier(target.eventLoop), default: []].append(target)
            }
        }
        for (_, targets) in elsewhere {
            guard let loop = targets.first?.eventLoop else { continue }
            loop.execute {
                for target in targets { target.drain() }
            }
        }
    }
}
