import BrokerCore
import HeapModule
import MQTTCodec
import Synchronization

/// One receiver of a message and the terms it gets it on.
struct Route {
    let session: BrokerSession
    let terms: DeliveryTerms
}

/// The message broker: who has a session, who subscribes to what, what is retained.
///
/// Routing is decided under one lock, briefly: matching yields a list of sessions, and everything that
/// follows happens outside it, under each session's own lock.
final class Broker: Sendable {
    private struct State {
        var trie: SubscriptionTrie
        var retained: RetainedMessages
        var byClientID: [String: BrokerSession] = [:]
        var slots: [Slot] = []
        var freeSlots: [UInt32] = []
        var matches: [SubscriptionMatch] = []
        var timers = Heap<Timer>()

        var sessionCount: Int { slots.count - freeSlots.count }
    }

    /// A place in the table of sessions.
    private struct Slot {
        var session: BrokerSession?
        /// The earliest timer outstanding; others of the session are of no account.
        var timer: BrokerInstant?
    }

    /// A session to look at when its time has come.
    private struct Timer: Comparable {
        let due: BrokerInstant
        let session: BrokerSession

        static func < (left: Timer, right: Timer) -> Bool { left.due < right.due }
        static func == (left: Timer, right: Timer) -> Bool {
            left.due == right.due && left.session === right.session
        }
    }

    private let state: Mutex<State>
    private let maximumSessions: Int
    private let sessionLimits: SessionLimits
    private let admission: Admission

    init(configuration: GatewayConfiguration, admission: Admission) {
        let limits = configuration.limits
        maximumSessions = limits.maximumSessions
        sessionLimits = SessionLimits(
            maximumQueuedMessages: limits.maximumQueuedMessages,
            maximumQueuedBytes: limits.maximumQueuedBytes,
            maximumInflight: Int(limits.maximumInflight),
            maximumSubscriptions: limits.maximumSubscriptionsPerSession)
        self.admission = admission
        let multiLevelWildcard: MultiLevelWildcard =
            configuration.behaviour.multiLevelWildcardMatchesParent ? .includesParent : .excludesParent
        var random = SystemRandomNumberGenerator()
        state = Mutex(
            State(
                trie: SubscriptionTrie(seed: random.next(), multiLevelWildcard: multiLevelWildcard),
                retained: RetainedMessages(
                    seed: random.next(),
                    limits: RetainedLimits(
                        maximumMessages: limits.maximumRetainedMessages,
                        maximumBytes: limits.maximumRetainedBytes),
                    multiLevelWildcard: multiLevelWildcard)))
    }

    // MARK: Sessions

    struct OpenedSession {
        var session: BrokerSession
        var epoch: UInt64
        var isResumed: Bool
        /// The connection that was taken over, to be closed.
        var superseded: (any DeliveryTarget)?
        /// Messages already wait.
        var wake: Bool
    }

    enum OpenOutcome {
        case opened(OpenedSession)
        case refused(String)
    }

    /// Opens or resumes the session of an admitted connection. The grant is the only way in.
    func open(
        _ grant: consuming AdmissionGrant, clientID: String, terms: MQTTConnectionStateMachine.Terms,
        will: MQTTWill?, target: any DeliveryTarget, now: GatewayTime, wakes: inout WakeList
    ) -> OpenOutcome {
        let identity = grant.identity
        var wills: [DueWill] = []
        var outcome = OpenOutcome.refused("the broker has as many sessions as its limits allow")
        state.withLock { state in
            var superseded: (any DeliveryTarget)?
            var session = state.byClientID[clientID]
            if let existing = session, existing.principal != identity.principal {
                superseded = existing.withLock { guarded in
                    guarded.settle(guarded.will.takenOver(sessionContinues: false), into: &wills)
                    defer { guarded.target = nil }
                    return guarded.target
                }
                Self.remove(existing, filters: existing.withLock { $0.machine.end() }, &state)
                session = nil
            }
            if session == nil {
                session = add(clientID: clientID, principal: identity.principal, &state)
            }
            guard let session else { return }
            let connection = SessionConnection(
                version: terms.version, cleanStart: terms.cleanStart,
                expiryInterval: terms.sessionExpiryInterval, receiveMaximum: terms.receiveMaximum,
                maximumPacketSize: terms.maximumPacketSize)
            let (action, previous) = session.withLock { guarded in
                let action = guarded.machine.attach(connection, now: now.instant)
                guarded.settle(
                    guarded.will.takenOver(sessionContinues: action.sessionPresent), into: &wills)
                let previous = guarded.target
                guarded.target = target
                guarded.expiryInterval = nil
                guarded.will = WillStateMachine(will)
                guarded.willIdentity = will == nil ? nil : identity
                return (action, previous)
            }
            state.trie.removeAll(session: session.id, filters: action.discardedSubscriptions)
            outcome = .opened(
                OpenedSession(
                    session: session, epoch: action.epoch, isResumed: action.sessionPresent,
                    superseded: superseded ?? (action.supersededEpoch == nil ? nil : previous),
                    wake: action.wake))
        }
        publish(wills, now: now, wakes: &wakes)
        return outcome
    }

    /// A connection has ended.
    ///
    /// - Parameter identity: the connection's, as it was last judged.
    func close(
        _ session: BrokerSession, epoch: UInt64, identity: DeviceIdentity, ending: ConnectionEnding,
        now: GatewayTime, wakes: inout WakeList
    ) {
        var wills: [DueWill] = []
        state.withLock { state in
            var timer: BrokerInstant?
            let action = session.withLock { guarded -> DetachAction in
                guard guarded.machine.isCurrent(epoch) else { return .ignored }
                let action = guarded.machine.detach(
                    epoch: epoch, expiryInterval: guarded.expiryInterval, now: now.instant)
                guarded.target = nil
                if guarded.willIdentity != nil { guarded.willIdentity = identity }
                let will = guarded.will.connectionEnded(
                    ending, session: action.remainder, now: now.instant)
                if case .schedule(let instant) = will { timer = instant }
                guarded.settle(will, into: &wills)
                return action
            }
            if let timer { Self.schedule(session, at: timer, &state) }
            switch action {
            case .end(let filters):
                Self.remove(session, filters: filters, &state)
            case .keepUntil(let instant):
                Self.schedule(session, at: instant, &state)
            case .ignored:
                break
            }
        }
        publish(wills, now: now, wakes: &wakes)
    }

    /// Ends sessions, sends delayed Wills and forgets retained messages whose time has come.
    func expire(now: GatewayTime, wakes: inout WakeList) {
        var wills: [DueWill] = []
        state.withLock { state in
            if let expiry = state.retained.nextExpiry, expiry <= now.instant {
                _ = state.retained.removeExpired(now: now.instant)
            }
            while let timer = state.timers.min, timer.due <= now.instant {
                state.timers.removeMin()
                guard Self.isOutstanding(timer, state) else { continue }
                let session = timer.session
                state.slots[Int(session.id.rawValue)].timer = nil
                var again: BrokerInstant?
                let action = session.withLock { guarded -> DetachAction in
                    let will = guarded.will.timerFired(now: now.instant)
                    if case .schedule(let instant) = will { again = instant }
                    guarded.settle(will, into: &wills)
                    let action = guarded.machine.expire(now: now.instant)
                    if case .end = action { guarded.settle(guarded.will.sessionEnded(), into: &wills) }
                    return action
                }
                if let again { Self.schedule(session, at: again, &state) }
                switch action {
                case .end(let filters): Self.remove(session, filters: filters, &state)
                case .keepUntil(let instant): Self.schedule(session, at: instant, &state)
                case .ignored: break
                }
            }
        }
        publish(wills, now: now, wakes: &wakes)
    }

    private func add(clientID: String, principal: Principal, _ state: inout State) -> BrokerSession? {
        guard state.sessionCount < maximumSessions else { return nil }
        let slot: UInt32
        if let free = state.freeSlots.popLast() {
            slot = free
        } else {
            slot = UInt32(state.slots.count)
            state.slots.append(Slot())
        }
        let session = BrokerSession(
            id: SessionID(rawValue: slot), clientID: clientID, principal: principal, limits: sessionLimits)
        state.slots[Int(slot)] = Slot(session: session)
        if principal != .host { state.byClientID[clientID] = session }
        return session
    }

    private static func remove(_ session: BrokerSession, filters: [MQTTTopicFilter], _ state: inout State) {
        state.trie.removeAll(session: session.id, filters: filters)
        if state.byClientID[session.clientID] === session { state.byClientID[session.clientID] = nil }
        let slot = Int(session.id.rawValue)
        guard state.slots[slot].session === session else { return }
        state.slots[slot] = Slot()
        state.freeSlots.append(session.id.rawValue)
    }

    /// Looks at a session again at that time, or earlier if it is to be looked at earlier anyway.
    private static func schedule(_ session: BrokerSession, at due: BrokerInstant, _ state: inout State) {
        let slot = Int(session.id.rawValue)
        guard due < .never, state.slots[slot].session === session else { return }
        if let timer = state.slots[slot].timer, timer <= due { return }
        state.slots[slot].timer = due
        state.timers.insert(Timer(due: due, session: session))
        // Timers of sessions that have gone lie about until they are due; a client that comes and goes must not
        // pile them up.
        if state.timers.count > 1_024 + 2 * state.sessionCount {
            state.timers = Heap(state.timers.unordered.filter { isOutstanding($0, state) })
        }
    }

    private static func isOutstanding(_ timer: Timer, _ state: State) -> Bool {
        let slot = state.slots[Int(timer.session.id.rawValue)]
        return slot.session === timer.session && slot.timer == timer.due
    }

    // MARK: The host's sessions

    /// Opens a session for a subscription of the host. It has no client identifier, so no device can take it.
    func openHost(target: any DeliveryTarget, now: BrokerInstant) -> (BrokerSession, epoch: UInt64)? {
        var opened: (BrokerSession, epoch: UInt64)?
        state.withLock { state in
            guard let session = add(clientID: "", principal: .host, &state) else { return }
            let connection = SessionConnection(version: .v5, cleanStart: true, expiryInterval: 0)
            let epoch = session.withLock { guarded in
                guarded.target = target
                return guarded.machine.attach(connection, now: now).epoch
            }
            opened = (session, epoch)
        }
        return opened
    }

    /// Ends it.
    func closeHost(_ session: BrokerSession, epoch: UInt64, now: BrokerInstant) {
        state.withLock { state in
            let action = session.withLock { guarded in
                guarded.target = nil
                return guarded.machine.detach(epoch: epoch, now: now)
            }
            if case .end(let filters) = action { Self.remove(session, filters: filters, &state) }
        }
    }

    // MARK: Subscriptions

    /// A retained message that a new subscription asks for.
    struct RetainedDelivery {
        let message: BrokerMessage
        let terms: DeliveryTerms
    }

    enum SubscribeResult {
        case granted
        case refused
    }

    /// Subscribes a session; appends the retained messages it is to get, after its SUBACK.
    func subscribe(
        _ session: BrokerSession, epoch: UInt64, filter: MQTTTopicFilter, options: SubscriptionOptions,
        now: BrokerInstant, retained: inout [RetainedDelivery], visits: inout Int
    ) -> SubscribeResult {
        var found: [BrokerMessage] = []
        var result = SubscribeResult.refused
        state.withLock { state in
            let action = session.withLock { $0.machine.subscribed(filter, options: options, epoch: epoch) }
            guard action == .added || action == .replaced else { return }
            let outcome = state.trie.subscribe(filter, session: session.id, options: options)
            if case .refused = outcome {
                _ = session.withLock { $0.machine.unsubscribed(filter, epoch: epoch) }
                return
            }
            result = .granted
            guard options.retainHandling.sendsRetained(after: outcome) else { return }
            // No more than the session can hold, however many filters of one SUBSCRIBE they match.
            found = state.retained.matching(
                filter, now: now, limit: sessionLimits.maximumQueuedMessages - retained.count,
                visits: &visits)
        }
        for message in found {
            retained.append(
                RetainedDelivery(
                    message: message, terms: DeliveryTerms(retained: message, options: options)))
        }
        return result
    }

    /// - Returns: whether there was such a subscription.
    func unsubscribe(_ session: BrokerSession, epoch: UInt64, filter: MQTTTopicFilter) -> Bool {
        var existed = false
        state.withLock { state in
            existed = session.withLock { $0.machine.unsubscribed(filter, epoch: epoch) }
            if existed { state.trie.unsubscribe(filter, session: session.id) }
        }
        return existed
    }

    /// - Returns: whether the session is to be drained.
    func enqueue(_ retained: [RetainedDelivery], for session: BrokerSession, now: BrokerInstant) -> Bool {
        var wake = false
        for delivery in retained {
            if session.enqueue(delivery.message, delivery.terms, now: now).wake != nil { wake = true }
        }
        return wake
    }

    // MARK: Publishing

    struct PublishOutcome {
        var receivers = 0
        var dropped = 0
        /// It was to be retained, the bounds on retained messages stood in the way, and nobody got it.
        var isRetainRefused = false
    }

    /// Puts a message into every queue it belongs in. When this returns, the broker has accepted it.
    ///
    /// - Parameters:
    ///   - routes: the caller's scratch, empty before and after.
    ///   - wakes: receives those who now have something to do.
    func publish(
        _ message: BrokerMessage, now: BrokerInstant, routes: inout [Route], wakes: inout WakeList
    ) -> PublishOutcome {
        var outcome = PublishOutcome()
        var topic = message.topic
        topic.withUTF8 { topic in
            state.withLock { state in
                if message.retain, case .refused(let reason) = state.retained.store(message, now: now),
                    reason != .expired
                {
                    outcome.isRetainRefused = true
                    return
                }
                state.matches.removeAll(keepingCapacity: true)
                let matched = state.trie.match(topic, into: &state.matches)
                if matched == .none { return }
                let slots = state.slots
                state.matches.forEachSession(matched) { id, matches in
                    guard let session = slots[Int(id.rawValue)].session,
                        let terms = DeliveryTerms(message, matches: matches)
                    else { return }
                    routes.append(Route(session: session, terms: terms))
                }
            }
        }
        outcome.receivers = routes.count
        for route in routes {
            let enqueued = route.session.enqueue(message, route.terms, now: now)
            if let target = enqueued.wake { wakes.append(target) }
            outcome.dropped += enqueued.dropped
        }
        routes.removeAll(keepingCapacity: true)
        return outcome
    }

    // MARK: Wills

    /// A Will to be published, outside every lock.
    struct DueWill {
        let will: MQTTWill
        let identity: DeviceIdentity
    }

    /// Publishes Wills, each if its sender may still publish there: what was allowed at CONNECT may not be now.
    private func publish(_ wills: [DueWill], now: GatewayTime, wakes: inout WakeList) {
        for due in wills
        where admission.mayPublishWill(
            due.will.topic.string, retain: due.will.retain, of: due.identity, now: now.unixSeconds)
        {
            var routes: [Route] = []
            _ = publish(
                BrokerMessage(will: due.will, publisher: nil, now: now.instant), now: now.instant,
                routes: &routes, wakes: &wakes)
        }
    }
}

extension BrokerSession.Guarded {
    /// Notes what a Will's machine wants published.
    fileprivate mutating func settle(_ action: WillAction, into wills: inout [Broker.DueWill]) {
        if case .publish(let will) = action, let willIdentity {
            wills.append(Broker.DueWill(will: will, identity: willIdentity))
        }
    }
}
