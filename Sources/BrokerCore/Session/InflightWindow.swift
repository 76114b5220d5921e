import MQTTCodec

/// QoS 1 messages sent and not yet acknowledged, by packet identifier.
///
/// Identifiers index an array, so finding one, or finding that it is unknown, costs one look. They are
/// reused in the order they came back and only after a cycle of at least ``shortestCycle``, so that a
/// belated or repeated PUBACK rarely meets a new message. The array grows only as far as the receiver lets
/// deliveries pile up.
struct InflightWindow {
    struct Slot {
        var message: BrokerMessage
        var subscriptionIdentifiers: [UInt32]
        /// Position in the order of sending.
        var sequence: UInt64
        var retain: Bool
        /// In flight from an earlier connection and not yet repeated on this one.
        var awaitsResend: Bool
    }

    private enum Place {
        case free(next: UInt16)
        case taken(Slot)
    }

    /// Identifiers go round at least this many before one is used again.
    static let shortestCycle = 16

    /// Identifier n is at index n - 1.
    private var places: [Place] = []
    private var firstFree: UInt16 = 0
    private var lastFree: UInt16 = 0
    private var nextSequence: UInt64 = 0
    /// Identifiers to be repeated, last first.
    private var resend: [UInt16] = []

    /// Messages not acknowledged, repeated or not.
    private(set) var count = 0
    /// Messages sent on this connection and not acknowledged: what Receive Maximum bounds.
    private(set) var outstanding = 0

    /// Whether messages from an earlier connection wait to be repeated.
    var hasResend: Bool { !resend.isEmpty }

    /// Takes an identifier for a message about to be sent. Call with fewer than 65,535 outstanding and
    /// nothing to be repeated: then one of the 65,535 is free.
    mutating func open(
        _ message: BrokerMessage, _ subscriptionIdentifiers: [UInt32], retain: Bool
    ) -> UInt16 {
        let slot = Slot(
            message: message, subscriptionIdentifiers: subscriptionIdentifiers, sequence: nextSequence,
            retain: retain, awaitsResend: false)
        let packetID: UInt16
        if firstFree != 0, places.count >= Self.shortestCycle,
            case .free(let next) = places[Int(firstFree) - 1]
        {
            packetID = firstFree
            firstFree = next
            if next == 0 { lastFree = 0 }
            places[Int(packetID) - 1] = .taken(slot)
        } else {
            places.append(.taken(slot))
            packetID = UInt16(places.count)
        }
        nextSequence += 1
        count += 1
        outstanding += 1
        return packetID
    }

    /// Gives an identifier back.
    ///
    /// - Returns: whether it was taken.
    mutating func close(_ packetID: UInt16) -> Bool {
        guard packetID > 0, Int(packetID) <= places.count,
            case .taken(let slot) = places[Int(packetID) - 1]
        else { return false }
        places[Int(packetID) - 1] = .free(next: 0)
        if lastFree != 0 { places[Int(lastFree) - 1] = .free(next: packetID) } else { firstFree = packetID }
        lastFree = packetID
        count -= 1
        if !slot.awaitsResend { outstanding -= 1 }
        return true
    }

    /// A new connection: everything not acknowledged is to be repeated, in the order it was first sent
    /// (MQTT-4.4.0-1, MQTT-4.6.0-1).
    mutating func beginConnection() {
        outstanding = 0
        var order: [(sequence: UInt64, packetID: UInt16)] = []
        order.reserveCapacity(count)
        for index in places.indices {
            guard case .taken(var slot) = places[index] else { continue }
            slot.awaitsResend = true
            places[index] = .taken(slot)
            order.append((slot.sequence, UInt16(index + 1)))
        }
        order.sort { $0.sequence > $1.sequence }
        resend = order.map(\.packetID)
    }

    /// The next message to be repeated, now outstanding again.
    mutating func nextResend() -> (packetID: UInt16, slot: Slot)? {
        while let packetID = resend.popLast() {
            // Acknowledged meanwhile, it may be free or hold a newer message.
            guard case .taken(var slot) = places[Int(packetID) - 1], slot.awaitsResend else { continue }
            slot.awaitsResend = false
            places[Int(packetID) - 1] = .taken(slot)
            outstanding += 1
            return (packetID, slot)
        }
        return nil
    }
}
