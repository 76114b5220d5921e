import BrokerCore
import MQTTCodec
import NIOCore
import Testing

@Suite struct SessionStateMachineTests {
    private let now = BrokerInstant.seconds(100)

    // MARK: Sessions (MQTT 5, 3.1.2.4, 3.1.2.11.2, 4.1)

    @Test func resumesUntilExpiry() throws {
        var session = SessionStateMachine(clientID: "c")
        let first = session.attach(.resuming(expiry: 10), now: now)
        #expect(!first.sessionPresent && first.epoch == 1 && first.supersededEpoch == nil && !first.wake)
        let pattern = try filter("a/#")
        let added = session.subscribed(pattern, options: .init(qos: .atLeastOnce), epoch: 1)
        #expect(added == .added)
        #expect(session.detach(epoch: 1, now: now) == .keepUntil(.seconds(110)))
        #expect(session.expire(now: .seconds(109)) == .keepUntil(.seconds(110)))
        let second = session.attach(.resuming(expiry: 10), now: .seconds(109))
        #expect(second.sessionPresent && second.epoch == 2 && second.discardedSubscriptions.isEmpty)
        #expect(session.subscriptions.count == 1)
        #expect(session.detach(epoch: 2, now: .seconds(109)) == .keepUntil(.seconds(119)))
        let third = session.attach(.resuming(expiry: 10), now: .seconds(119))
        #expect(!third.sessionPresent && third.discardedSubscriptions == [pattern])
        #expect(session.subscriptions.isEmpty)
    }

    @Test func expiryEndsTheSession() throws {
        var session = SessionStateMachine(clientID: "c")
        let epoch = session.attach(.resuming(expiry: 1), now: now).epoch
        let pattern = try filter("a")
        let added = session.subscribed(pattern, options: .init(qos: .atLeastOnce), epoch: epoch)
        #expect(added == .added)
        #expect(session.detach(epoch: epoch, now: now) == .keepUntil(.seconds(101)))
        #expect(session.expire(now: .seconds(101)) == .end(subscriptions: [pattern]))
        #expect(session.isEnded == true)
        #expect(session.expire(now: .seconds(101)) == .ignored)
        #expect(session.enqueue(message(), terms: .atLeastOnce, now: now) == .ignored)
    }

    @Test func intervalZeroEndsWithTheConnection() {
        var session = SessionStateMachine(clientID: "c")
        let epoch = session.attach(.resuming(expiry: 0), now: now).epoch
        #expect(session.detach(epoch: epoch, now: now) == .end(subscriptions: []))
        #expect(session.detach(epoch: epoch, now: now) == .ignored)
    }

    @Test func theGreatestIntervalNeverExpires() {
        var session = SessionStateMachine(clientID: "c")
        let epoch = session.attach(.resuming(expiry: .max), now: now).epoch
        #expect(session.detach(epoch: epoch, now: now) == .keepUntil(.never))
        #expect(session.expire(now: .seconds(.max)) == .keepUntil(.never))
    }

    // MQTT 5, 3.14.2.2.2.
    @Test func disconnectMayChangeTheIntervalButNotReviveZero() {
        var session = SessionStateMachine(clientID: "c")
        var epoch = session.attach(.resuming(expiry: 10), now: now).epoch
        #expect(session.acceptsExpiryInterval(20, epoch: epoch) == true)
        #expect(session.detach(epoch: epoch, expiryInterval: 20, now: now) == .keepUntil(.seconds(120)))
        epoch = session.attach(.resuming(expiry: 10), now: now).epoch
        #expect(session.detach(epoch: epoch, expiryInterval: 0, now: now) == .end(subscriptions: []))
        epoch = session.attach(.resuming(expiry: 0), now: now).epoch
        #expect(session.acceptsExpiryInterval(0, epoch: epoch) == true)
        #expect(session.acceptsExpiryInterval(1, epoch: epoch) == false)
        #expect(session.detach(epoch: epoch, expiryInterval: 1, now: now) == .end(subscriptions: []))
    }

    @Test func cleanStartDiscards() throws {
        var session = SessionStateMachine(clientID: "c")
        let epoch = session.attach(.resuming(), now: now).epoch
        let pattern = try filter("a")
        let added = session.subscribed(pattern, options: .init(qos: .atLeastOnce), epoch: epoch)
        #expect(added == .added)
        #expect(session.enqueue(message(), terms: .atLeastOnce, now: now) == .queued(wake: true))
        #expect(session.nextDelivery(epoch: epoch, now: now) != nil)
        #expect(session.enqueue(message(), terms: .atLeastOnce, now: now) == .queued(wake: false))
        let clean = session.attach(.resuming(cleanStart: true), now: now)
        #expect(clean.supersededEpoch == epoch && !clean.sessionPresent && !clean.wake)
        #expect(clean.discardedSubscriptions == [pattern])
        #expect(session.queuedCount == 0 && session.inflightCount == 0 && session.queuedByteCount == 0)
    }

    // AWS IoT Core, "MQTT persistent sessions": versions are not mixed.
    @Test(arguments: [true, false])
    func resumingAcrossVersionsIsASwitch(_ allowed: Bool) {
        var session = SessionStateMachine(
            clientID: "c", limits: SessionLimits(resumesAcrossVersions: allowed))
        _ = session.attach(.resuming(version: .v3_1_1), now: now)
        let live = session.attach(.resuming(version: .v5), now: now)
        #expect(live.sessionPresent == allowed)
        #expect(session.detach(epoch: live.epoch, now: now) == .keepUntil(.seconds(3_700)))
        #expect(session.attach(.resuming(version: .v3_1_1), now: now).sessionPresent == allowed)
    }

    // MQTT-3.1.4-3, and CVE class "a superseded connection must never touch its successor's state".
    @Test func supersededConnectionsAreIgnored() throws {
        var session = SessionStateMachine(clientID: "c")
        let old = session.attach(.resuming(), now: now).epoch
        #expect(session.enqueue(message("t", "1"), terms: .atLeastOnce, now: now) == .queued(wake: true))
        let delivery = session.nextDelivery(epoch: old, now: now)
        let packetID = try #require(delivery?.packetID)
        let new = session.attach(.resuming(), now: now)
        #expect(new.supersededEpoch == old && new.sessionPresent && new.wake)
        #expect(!session.isCurrent(old) && session.isCurrent(new.epoch))
        #expect(session.nextDelivery(epoch: old, now: now) == nil)
        #expect(session.acknowledged(packetID: packetID, epoch: old) == .ignored)
        #expect(session.refusedDelivery(packetID: packetID, epoch: old) == .ignored)
        let subscribed = session.subscribed(try filter("a"), options: .init(qos: .atMostOnce), epoch: old)
        #expect(subscribed == .ignored)
        #expect(session.detach(epoch: old, now: now) == .ignored)
        #expect(session.isAttached && session.inflightCount == 1)
        #expect(
            session.nextDelivery(epoch: new.epoch, now: now)?.delivery
                == .atLeastOnce(packetID: packetID, dup: true))
    }

    @Test func takingOverASessionThatEndsWithItsConnectionStartsAnew() {
        var session = SessionStateMachine(clientID: "c")
        _ = session.attach(.resuming(expiry: 0), now: now)
        #expect(!session.attach(.resuming(expiry: 0), now: now).sessionPresent)
    }

    @Test func anAdministratorEndsAnySession() {
        var session = SessionStateMachine(clientID: "c")
        let epoch = session.attach(.resuming(), now: now).epoch
        #expect(session.end() == [])
        #expect(session.isEnded && !session.isAttached && !session.isCurrent(epoch))
        #expect(session.nextDelivery(epoch: epoch, now: now) == nil)
        #expect(session.detach(epoch: epoch, now: now) == .ignored)
    }

    // MARK: Subscriptions

    @Test func subscriptionsAreBounded() throws {
        var session = SessionStateMachine(clientID: "c", limits: SessionLimits(maximumSubscriptions: 1))
        let epoch = session.attach(.resuming(), now: now).epoch
        let options = SubscriptionOptions(qos: .atMostOnce)
        var outcomes: [SessionSubscribeAction] = []
        for string in ["a", "a", "b"] {
            outcomes.append(session.subscribed(try filter(string), options: options, epoch: epoch))
        }
        #expect(outcomes == [.added, .replaced, .refusedTooMany])
        let removed = [
            session.unsubscribed(try filter("b"), epoch: epoch),
            session.unsubscribed(try filter("a"), epoch: epoch),
        ]
        #expect(removed == [false, true])
        let again = session.subscribed(try filter("b"), options: options, epoch: epoch)
        #expect(again == .added)
    }

    // MARK: Window (MQTT-3.3.4-9)

    @Test func windowIsTheLesserOfReceiveMaximumAndLimit() {
        for (receiveMaximum, limit, expected) in [(2, 100, 2), (65_535, 3, 3), (1, 1, 1)] {
            var session = SessionStateMachine(clientID: "c", limits: SessionLimits(maximumInflight: limit))
            let epoch = session.attach(.resuming(receiveMaximum: UInt16(receiveMaximum)), now: now).epoch
            for _ in 0..<5 { _ = session.enqueue(message(), terms: .atLeastOnce, now: now) }
            var sent = 0
            while session.nextDelivery(epoch: epoch, now: now) != nil { sent += 1 }
            #expect(sent == expected)
        }
    }

    @Test func aWindowOfAllPacketIdentifiersWorks() {
        var session = SessionStateMachine(
            clientID: "c",
            limits: SessionLimits(
                maximumQueuedMessages: 65_536, maximumQueuedBytes: .max, maximumInflight: 65_535))
        let epoch = session.attach(.resuming(), now: now).epoch
        let shared = message()
        for _ in 0..<65_536 { _ = session.enqueue(shared, terms: .atLeastOnce, now: now) }
        var identifiers: Set<UInt16> = []
        while let delivery = session.nextDelivery(epoch: epoch, now: now) {
            if let packetID = delivery.packetID { identifiers.insert(packetID) }
        }
        #expect(identifiers.count == 65_535 && !identifiers.contains(0))
        #expect(session.acknowledged(packetID: 77, epoch: epoch) == .released(wake: true))
        #expect(session.nextDelivery(epoch: epoch, now: now)?.packetID == 77)
        #expect(session.nextDelivery(epoch: epoch, now: now) == nil)
    }

    @Test func atMostOncePassesAFullWindow() throws {
        var session = SessionStateMachine(clientID: "c")
        let epoch = session.attach(.resuming(receiveMaximum: 1), now: now).epoch
        var order: [String] = []
        for (text, terms) in [
            ("1a", DeliveryTerms.atLeastOnce), ("0a", .atMostOnce), ("1b", .atLeastOnce), ("0b", .atMostOnce),
        ] {
            _ = session.enqueue(message("t", text), terms: terms, now: now)
        }
        while let delivery = session.nextDelivery(epoch: epoch, now: now) {
            order.append(delivery.message.text)
        }
        #expect(order == ["1a", "0a", "0b"])
        // The window is full: QoS 1 wakes nobody, QoS 0 does.
        #expect(session.enqueue(message("t", "1c"), terms: .atLeastOnce, now: now) == .queued(wake: false))
        #expect(session.enqueue(message("t", "0c"), terms: .atMostOnce, now: now) == .queued(wake: true))
        #expect(session.acknowledged(packetID: 1, epoch: epoch) == .released(wake: false))
        #expect(session.nextDelivery(epoch: epoch, now: now)?.message.text == "1b")
    }

    // MARK: Redelivery (MQTT-4.4.0-1)

    @Test func unacknowledgedComesAgainInOrderWithinTheNewWindow() {
        var session = SessionStateMachine(clientID: "c")
        var epoch = session.attach(.resuming(), now: now).epoch
        for number in 1...40 {
            _ = session.enqueue(message("t", String(number)), terms: .atLeastOnce, now: now)
        }
        for _ in 1...30 { _ = session.nextDelivery(epoch: epoch, now: now) }
        // Free early identifiers, so that identifiers and order no longer agree.
        for packetID in UInt16(1)...20 { _ = session.acknowledged(packetID: packetID, epoch: epoch) }
        for _ in 31...35 { _ = session.nextDelivery(epoch: epoch, now: now) }
        #expect(session.detach(epoch: epoch, now: now) == .keepUntil(.seconds(3_700)))
        _ = session.enqueue(message("t", "41"), terms: .atLeastOnce, now: now)

        epoch = session.attach(.resuming(receiveMaximum: 4), now: now).epoch
        var seen: [String] = []
        var flying: [UInt16] = []
        while true {
            while let delivery = session.nextDelivery(epoch: epoch, now: now) {
                seen.append((delivery.delivery.dup ? "dup " : "") + delivery.message.text)
                if let packetID = delivery.packetID { flying.append(packetID) }
            }
            #expect(flying.count <= 4)
            guard let packetID = flying.popLast() else { break }
            #expect(session.acknowledged(packetID: packetID, epoch: epoch) != .unknown)
        }
        #expect(seen == (21...35).map { "dup \($0)" } + (36...41).map { String($0) })
    }

    @Test func acknowledgementBeforeRepetitionCounts() {
        var session = SessionStateMachine(clientID: "c")
        _ = session.attach(.resuming(), now: now)
        for text in ["1", "2"] { _ = session.enqueue(message("t", text), terms: .atLeastOnce, now: now) }
        while session.nextDelivery(epoch: 1, now: now) != nil {}
        let epoch = session.attach(.resuming(receiveMaximum: 1), now: now).epoch
        #expect(session.acknowledged(packetID: 1, epoch: epoch) == .released(wake: false))
        #expect(session.nextDelivery(epoch: epoch, now: now)?.message.text == "2")
        #expect(session.nextDelivery(epoch: epoch, now: now) == nil)
        #expect(session.inflightCount == 1)
    }

    // A PUBACK for nothing costs nothing and changes nothing; identifiers are not reused at once.
    @Test func unknownAcknowledgementsAreHarmless() {
        var session = SessionStateMachine(clientID: "c")
        let epoch = session.attach(.resuming(), now: now).epoch
        for packetID in [UInt16(0), 1, 2, 65_535] {
            #expect(session.acknowledged(packetID: packetID, epoch: epoch) == .unknown)
        }
        for expected in UInt16(1)...16 {
            _ = session.enqueue(message(), terms: .atLeastOnce, now: now)
            #expect(session.nextDelivery(epoch: epoch, now: now)?.packetID == expected)
            #expect(session.acknowledged(packetID: expected, epoch: epoch) == .released(wake: false))
            #expect(session.acknowledged(packetID: expected, epoch: epoch) == .unknown)
        }
        _ = session.enqueue(message(), terms: .atLeastOnce, now: now)
        #expect(session.nextDelivery(epoch: epoch, now: now)?.packetID == 1)
    }

    @Test func aRefusedDeliveryGivesItsIdentifierBack() {
        var session = SessionStateMachine(clientID: "c")
        let epoch = session.attach(.resuming(receiveMaximum: 1), now: now).epoch
        for text in ["1", "2"] { _ = session.enqueue(message("t", text), terms: .atLeastOnce, now: now) }
        let first = session.nextDelivery(epoch: epoch, now: now)
        #expect(session.refusedDelivery(packetID: first?.packetID, epoch: epoch) == .released(wake: false))
        #expect(session.nextDelivery(epoch: epoch, now: now)?.message.text == "2")
        #expect(session.inflightCount == 1)
        #expect(session.refusedDelivery(packetID: nil, epoch: epoch) == .released(wake: false))
        #expect(session.drops[.notAuthorized] == 2)
    }

    // MARK: QoS 0

    @Test func atMostOnceNeedsAConnection() {
        var session = SessionStateMachine(clientID: "c")
        let epoch = session.attach(.resuming(), now: now).epoch
        #expect(session.enqueue(message(), terms: .atMostOnce, now: now) == .queued(wake: true))
        _ = session.detach(epoch: epoch, now: now)
        #expect(session.queuedCount == 0 && session.drops[.notConnected] == 1)
        #expect(session.enqueue(message(), terms: .atMostOnce, now: now) == .dropped(.notConnected))
        #expect(session.drops[.notConnected] == 2)
    }

    // MARK: Expiry (MQTT 5, 3.3.2.3.3)

    @Test func expiredMessagesAreDropped() {
        var session = SessionStateMachine(clientID: "c")
        let epoch = session.attach(.resuming(), now: now).epoch
        #expect(session.enqueue(message(expiry: now), terms: .atLeastOnce, now: now) == .dropped(.expired))
        _ = session.enqueue(message("t", "old", expiry: .seconds(110)), terms: .atLeastOnce, now: now)
        _ = session.enqueue(message("t", "new", expiry: .seconds(111)), terms: .atLeastOnce, now: now)
        let delivery = session.nextDelivery(epoch: epoch, now: .seconds(110))
        #expect(delivery?.message.text == "new" && delivery?.messageExpiryInterval == 1)
        #expect(session.drops[.expired] == 2)
        #expect(session.inflightCount == 1 && session.queuedByteCount == 0)
    }

    @Test func remainingIntervalIsForwarded() {
        var session = SessionStateMachine(clientID: "c")
        let epoch = session.attach(.resuming(), now: now).epoch
        _ = session.enqueue(message(expiry: .seconds(110)), terms: .atLeastOnce, now: now)
        _ = session.enqueue(message(), terms: .atLeastOnce, now: now)
        #expect(session.nextDelivery(epoch: epoch, now: .seconds(103))?.messageExpiryInterval == 7)
        let second = session.nextDelivery(epoch: epoch, now: .seconds(103))
        #expect(second != nil && second?.messageExpiryInterval == nil)
        // Delivery had begun, so it is completed (MQTT-4.4.0-1) though the message has expired.
        let again = session.attach(.resuming(), now: .seconds(200)).epoch
        let repeated = session.nextDelivery(epoch: again, now: .seconds(200))
        #expect(repeated?.delivery.dup == true && repeated?.messageExpiryInterval == 0)
    }

    // MARK: Maximum Packet Size (MQTT-3.1.2-24, -25)

    @Test func tooLargeForTheReceiverIsDropped() throws {
        let large = message("t", String(repeating: "x", count: 100))
        let size = try large.template(for: .v5).encodedSize(
            delivery: .atLeastOnce(packetID: 1, dup: false), subscriptionIdentifiers: [],
            messageExpiryInterval: nil)
        for (maximum, isSent) in [(size, true), (size - 1, false)] {
            var session = SessionStateMachine(clientID: "c")
            let epoch = session.attach(.resuming(maximumPacketSize: UInt32(maximum)), now: now).epoch
            _ = session.enqueue(large, terms: .atLeastOnce, now: now)
            _ = session.enqueue(message("t", "small"), terms: .atLeastOnce, now: now)
            let delivery = session.nextDelivery(epoch: epoch, now: now)
            #expect(delivery?.message.text == (isSent ? large.text : "small"))
            #expect(session.drops[.packetTooLarge] == (isSent ? 0 : 1))
            // A smaller limit on resumption holds for repetitions, too.
            let again = session.attach(.resuming(maximumPacketSize: 20), now: now).epoch
            #expect(session.nextDelivery(epoch: again, now: now)?.message.text == "small")
            #expect(session.inflightCount == 1)
        }
    }

    @Test func whatHasNoWireFormIsDropped() {
        var session = SessionStateMachine(clientID: "c")
        let epoch = session.attach(.resuming(), now: now).epoch
        let impossible = message(String(repeating: "t", count: 65_536))
        _ = session.enqueue(impossible, terms: .atLeastOnce, now: now)
        #expect(session.nextDelivery(epoch: epoch, now: now) == nil)
        #expect(session.drops[.notEncodable] == 1 && session.inflightCount == 0)
    }

    // MARK: Bounds

    @Test func queueIsBoundedInCount() {
        var newest = SessionStateMachine(clientID: "c", limits: SessionLimits(maximumQueuedMessages: 2))
        _ = newest.attach(.resuming(), now: now)
        #expect(newest.enqueue(message(), terms: .atLeastOnce, now: now) == .queued(wake: true))
        #expect(newest.enqueue(message(), terms: .atLeastOnce, now: now) == .queued(wake: false))
        #expect(newest.enqueue(message(), terms: .atLeastOnce, now: now) == .dropped(.queueFull))
        #expect(newest.drops[.queueFull] == 1 && newest.drops.total == 1)

        var oldest = SessionStateMachine(
            clientID: "c", limits: SessionLimits(maximumQueuedMessages: 2, overflowPolicy: .dropOldest))
        let epoch = oldest.attach(.resuming(), now: now).epoch
        for text in ["1", "2"] { _ = oldest.enqueue(message("t", text), terms: .atLeastOnce, now: now) }
        #expect(
            oldest.enqueue(message("t", "3"), terms: .atLeastOnce, now: now)
                == .queuedDisplacing(count: 1, wake: false))
        #expect(oldest.nextDelivery(epoch: epoch, now: now)?.message.text == "2")
        #expect(oldest.drops[.displaced] == 1)
    }

    @Test func queueIsBoundedInBytes() {
        let size = message().byteCount
        var session = SessionStateMachine(
            clientID: "c", limits: SessionLimits(maximumQueuedBytes: 2 * size, overflowPolicy: .dropOldest))
        _ = session.attach(.resuming(), now: now)
        #expect(session.enqueue(message(), terms: .atLeastOnce, now: now) == .queued(wake: true))
        #expect(session.enqueue(message(), terms: .atLeastOnce, now: now) == .queued(wake: false))
        #expect(session.queuedByteCount == 2 * size)
        // One byte more than one message takes the room of both.
        #expect(
            session.enqueue(message("t", "xx"), terms: .atLeastOnce, now: now)
                == .queuedDisplacing(count: 2, wake: false))
        // What can never fit displaces nothing.
        let huge = message("t", String(repeating: "x", count: 2 * size))
        #expect(session.enqueue(huge, terms: .atLeastOnce, now: now) == .dropped(.queueFull))
        #expect(session.queuedCount == 1 && session.queuedByteCount == size + 1)
    }

    @Test(arguments: OverflowPolicy.allCases)
    func atMostOnceGivesWayToAtLeastOnceAndNeverTheReverse(_ policy: OverflowPolicy) {
        var session = SessionStateMachine(
            clientID: "c", limits: SessionLimits(maximumQueuedMessages: 2, overflowPolicy: policy))
        let epoch = session.attach(.resuming(), now: now).epoch
        for text in ["0a", "0b"] { _ = session.enqueue(message("t", text), terms: .atMostOnce, now: now) }
        for text in ["1a", "1b"] {
            #expect(
                session.enqueue(message("t", text), terms: .atLeastOnce, now: now)
                    == .queuedDisplacing(count: 1, wake: false))
        }
        #expect(session.enqueue(message("t", "0c"), terms: .atMostOnce, now: now) == .dropped(.queueFull))
        #expect(session.nextDelivery(epoch: epoch, now: now)?.message.text == "1a")
    }

    @Test func aQueueOfNothingKeepsNothing() {
        var session = SessionStateMachine(
            clientID: "c", limits: SessionLimits(maximumQueuedMessages: 0, overflowPolicy: .dropOldest))
        _ = session.attach(.resuming(), now: now)
        #expect(session.enqueue(message(), terms: .atLeastOnce, now: now) == .dropped(.queueFull))
    }

    @Test func beforeTheFirstConnectionNothingIsKept() {
        var session = SessionStateMachine(clientID: "c")
        #expect(session.enqueue(message(), terms: .atLeastOnce, now: now) == .ignored)
        #expect(session.detach(epoch: 0, now: now) == .ignored)
        #expect(session.nextDelivery(epoch: 0, now: now) == nil)
    }
}
