public import MQTTCodec

/// The Will of one connection (MQTT 5, 3.1.2.5, 3.1.3.2.2): held while the connection lives, and published,
/// delayed or forgotten when it ends.
///
/// ```
///   armed ── DISCONNECT 0x00 ──────────────────────────▶ settled (forgotten)
///     │ ─── ends otherwise, no delay ──────────────────▶ settled (published)
///     ▼ ─── ends otherwise, delay ─▶ delayed ─ timer ──▶ settled (published)
///                                      │ ─── session ends ▶ settled (published)
///                                      │ ─── resumed ─────▶ settled (forgotten)
/// ```
///
/// A connection has one machine; a delayed one is kept with the session until it settles. Authorise the
/// Will again when it is published: policies may have changed since CONNECT.
public struct WillStateMachine: ~Copyable {
    private enum State: ~Copyable {
        case armed(MQTTWill)
        case delayed(MQTTWill, until: BrokerInstant)
        case settled
    }

    private var state: State

    /// The Will of a CONNECT, or none.
    public init(_ will: MQTTWill?) {
        if let will { state = .armed(will) } else { state = .settled }
    }

    private init(state: consuming State) {
        self.state = state
    }

    /// When a delayed Will is due; `nil` unless it is delayed.
    public var deadline: BrokerInstant? {
        switch state {
        case .delayed(_, let deadline): deadline
        case .armed: nil
        case .settled: nil
        }
    }

    /// The connection ended, and the session with it or not.
    ///
    /// - Parameters:
    ///   - ending: how.
    ///   - session: what ``SessionStateMachine/detach(epoch:expiryInterval:now:)`` said of the session.
    ///   - now: the time.
    public mutating func connectionEnded(
        _ ending: ConnectionEnding, session: SessionRemainder, now: BrokerInstant
    ) -> WillAction {
        switch consume self.state {
        case .armed(let will):
            switch ending {
            case .disconnected:
                // MQTT-3.1.2-10: removed without publication.
                self = .init(state: .settled)
                return .none
            case .disconnectedWithWill, .abnormal:
                guard let deadline = Self.deadline(will, session, now) else {
                    self = .init(state: .settled)
                    return .publish(will)
                }
                self = .init(state: .delayed(will, until: deadline))
                return .schedule(deadline)
            }
        case .delayed(let will, let deadline):
            self = .init(state: .delayed(will, until: deadline))
            return .none
        case .settled:
            self = .init(state: .settled)
            return .none
        }
    }

    /// Another connection took over the client identifier (MQTT 5, 3.1.4). The old connection is closed by
    /// the server, so its Will is due, unless it is delayed and the session goes on (3.1.3.2.2).
    ///
    /// - Parameter sessionContinues: whether the new connection resumes the session
    ///   (``AttachAction/sessionPresent``).
    public mutating func takenOver(sessionContinues: Bool) -> WillAction {
        switch consume self.state {
        case .armed(let will):
            self = .init(state: .settled)
            let isDelayed = will.properties.willDelayInterval ?? 0 > 0
            return isDelayed && sessionContinues ? .none : .publish(will)
        case .delayed(let will, _):
            self = .init(state: .settled)
            return sessionContinues ? .cancelTimer : .publish(will)
        case .settled:
            self = .init(state: .settled)
            return .none
        }
    }

    /// The session was resumed by a new connection: a delayed Will is forgotten (MQTT-3.1.3-9).
    public mutating func sessionResumed() -> WillAction {
        switch consume self.state {
        case .delayed:
            self = .init(state: .settled)
            return .cancelTimer
        case .armed(let will):
            self = .init(state: .armed(will))
            return .none
        case .settled:
            self = .init(state: .settled)
            return .none
        }
    }

    /// The session ended, by expiry, Clean Start or an administrator: a delayed Will is due at once.
    public mutating func sessionEnded() -> WillAction {
        switch consume self.state {
        case .delayed(let will, _):
            self = .init(state: .settled)
            return .publish(will)
        case .armed(let will):
            self = .init(state: .armed(will))
            return .none
        case .settled:
            self = .init(state: .settled)
            return .none
        }
    }

    /// The timer of ``WillAction/schedule(_:)`` fired. Harmless when it fires early or twice.
    public mutating func timerFired(now: BrokerInstant) -> WillAction {
        switch consume self.state {
        case .delayed(let will, let deadline):
            guard deadline <= now else {
                self = .init(state: .delayed(will, until: deadline))
                return .schedule(deadline)
            }
            self = .init(state: .settled)
            return .publish(will)
        case .armed(let will):
            self = .init(state: .armed(will))
            return .none
        case .settled:
            self = .init(state: .settled)
            return .none
        }
    }

    /// When a Will is due: after its delay or when the session ends, whichever comes first
    /// (MQTT 5, 3.1.3.2.2); `nil` for now.
    private static func deadline(
        _ will: MQTTWill, _ session: SessionRemainder, _ now: BrokerInstant
    ) -> BrokerInstant? {
        let delay = will.properties.willDelayInterval ?? 0
        guard delay > 0, case .until(let sessionExpiry) = session, sessionExpiry > now else { return nil }
        return min(now.adding(seconds: delay), sessionExpiry)
    }
}

/// How a connection ended, as far as its Will is concerned.
public enum ConnectionEnding: Hashable, Sendable {
    /// The client sent DISCONNECT, in MQTT 5 with reason code 0x00.
    case disconnected
    /// The client sent DISCONNECT with any other reason code, 0x04 "Disconnect with Will Message" or an
    /// error (MQTT 5, 3.14.4).
    case disconnectedWithWill
    /// Everything else: the network failed, keep alive passed, or the server closed the connection.
    case abnormal
}

/// What remains of a session after its connection.
public enum SessionRemainder: Hashable, Sendable {
    /// Nothing: it ended with the connection.
    case ended
    /// It waits until then.
    case until(BrokerInstant)
}

extension DetachAction {
    /// What remains of the session, for its Will. `ignored` means that there is none of one's own left.
    public var remainder: SessionRemainder {
        switch self {
        case .end, .ignored: .ended
        case .keepUntil(let expiry): .until(expiry)
        }
    }
}

/// What is to be done with a Will.
public enum WillAction: Hashable, Sendable {
    /// Nothing.
    case none
    /// Publish it now: ``BrokerMessage/init(will:publisher:now:)``.
    case publish(MQTTWill)
    /// Call ``WillStateMachine/timerFired(now:)`` then.
    case schedule(BrokerInstant)
    /// The delayed Will is forgotten; its timer may be cancelled.
    case cancelTimer
}
