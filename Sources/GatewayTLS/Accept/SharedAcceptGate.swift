public import NIOCore
import Synchronization

/// An ``AcceptGate`` for the event loops and endpoints that share its limits.
public final class SharedAcceptGate: Sendable {
    private let gate: Mutex<AcceptGate>

    /// Creates a gate that has seen nobody.
    public init(limits: TLSAcceptLimits = TLSAcceptLimits()) {
        gate = Mutex(AcceptGate(limits: limits))
    }

    /// How often what has happened so far.
    public var counters: AcceptCounters { gate.withLock { $0.counters } }

    /// Connections let in and not yet gone.
    public var connectionCount: Int { gate.withLock { $0.connectionCount } }

    /// See ``AcceptGate/admit(from:now:)``.
    public func admit(
        from address: SocketAddress?, now: NIODeadline
    ) -> Result<AcceptPermit, AcceptRefusal> {
        gate.withLock { gate in
            Result { () throws(AcceptRefusal) in try gate.admit(from: address, now: now) }
        }
    }

    /// See ``AcceptGate/identify(_:as:now:)``.
    ///
    /// - Returns: why the connection is refused, or nil.
    public func identify(
        _ permit: inout AcceptPermit, as address: SocketAddress, now: NIODeadline
    ) -> AcceptRefusal? {
        var changed = permit
        defer { permit = changed }
        return gate.withLock { gate in
            do throws(AcceptRefusal) {
                try gate.identify(&changed, as: address, now: now)
                return nil
            } catch {
                return error
            }
        }
    }

    /// See ``AcceptGate/release(_:now:)``.
    public func release(_ permit: AcceptPermit, now: NIODeadline) {
        gate.withLock { $0.release(permit, now: now) }
    }

    /// Counts something that happened behind the gate.
    public func count(_ event: AcceptEvent) {
        gate.withLock { $0.counters[event] += 1 }
    }
}
