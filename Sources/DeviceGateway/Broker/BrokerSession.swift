import BrokerCore
import MQTTCodec
import Synchronization

/// One session and the lock that guards it. Outlives its connections.
///
/// Under the lock there is only the state machine: no authorizer, no observer and no event loop is
/// called there, so a slow receiver never holds up a publisher.
///
/// Lock order: ``Broker``'s before a session's; never two sessions' at once.
final class BrokerSession: Sendable {
    let id: SessionID
    let clientID: String
    /// Who opened it. Another principal with the same client identifier starts afresh: a client
    /// identifier is only a claim.
    let principal: Principal

    struct Guarded: ~Copyable {
        var machine: SessionStateMachine
        var target: (any DeliveryTarget)?
        /// The Will of the connection that is attached, or of one that has ended and whose delay runs.
        var will = WillStateMachine(nil)
        /// Whose Will it is.
        var willIdentity: DeviceIdentity?
        /// The interval of an MQTT 5 DISCONNECT, waiting for the connection to close.
        var expiryInterval: UInt32?
    }

    private let guarded: Mutex<Guarded>

    init(id: SessionID, clientID: String, principal: Principal, limits: SessionLimits) {
        self.id = id
        self.clientID = clientID
        self.principal = principal
        guarded = Mutex(Guarded(machine: SessionStateMachine(clientID: clientID, limits: limits)))
    }

    func withLock<Result>(_ body: (inout Guarded) -> Result) -> Result {
        guarded.withLock { guarded in
            // The result of a body is a value of ours that nothing in the lock refers to.
            nonisolated(unsafe) let result = body(&guarded)
            return result
        }
    }

    // MARK: Publisher's side

    struct Enqueued {
        /// To be woken; `nil` if it is awake or there is none.
        var wake: (any DeliveryTarget)?
        var dropped: Int
    }

    /// Queues a message.
    func enqueue(_ message: BrokerMessage, _ terms: DeliveryTerms, now: BrokerInstant) -> Enqueued {
        withLock { guarded in
            switch guarded.machine.enqueue(message, terms: terms, now: now) {
            case .queued(let wake):
                Enqueued(wake: wake ? guarded.target : nil, dropped: 0)
            case .queuedDisplacing(let count, let wake):
                Enqueued(wake: wake ? guarded.target : nil, dropped: count)
            case .dropped:
                Enqueued(wake: nil, dropped: 1)
            case .ignored:
                Enqueued(wake: nil, dropped: 0)
            }
        }
    }

    // MARK: Receiver's side

    /// Takes deliveries until there is no more to take or a bound is reached.
    ///
    /// - Returns: whether the session has run dry; if not, the caller comes back by itself.
    func nextDeliveries(
        into batch: inout [Delivery], limit: Int, bytes: Int, epoch: UInt64, now: BrokerInstant
    ) -> Bool {
        guarded.withLock { guarded in
            var size = 0
            while batch.count < limit, size < bytes {
                guard let delivery = guarded.machine.nextDelivery(epoch: epoch, now: now) else { return true }
                size += delivery.message.byteCount
                batch.append(delivery)
            }
            return false
        }
    }

    /// - Returns: whether there is room again for messages that wait.
    func acknowledged(_ packetID: UInt16, epoch: UInt64) -> Bool {
        guarded.withLock { guarded in
            guarded.machine.acknowledged(packetID: packetID, epoch: epoch) == .released(wake: true)
        }
    }

    /// The authorizer refused a delivery.
    ///
    /// - Returns: whether there is room again for messages that wait.
    func refused(_ delivery: Delivery, epoch: UInt64) -> Bool {
        guarded.withLock { guarded in
            guarded.machine.refusedDelivery(packetID: delivery.packetID, epoch: epoch)
                == .released(wake: true)
        }
    }

    /// The client changed its Session Expiry Interval with DISCONNECT.
    func setExpiryInterval(_ interval: UInt32, epoch: UInt64) {
        guarded.withLock { guarded in
            if guarded.machine.isCurrent(epoch) { guarded.expiryInterval = interval }
        }
    }
}
