import BrokerCore
import MQTTCodec
import Testing

/// A session as plain arrays, written for obviousness: one queue in order of arrival, one list of what is in
/// flight in order of sending.
private struct ToySession {
    struct Waiting {
        var number: Int
        var qos: MQTTQoS
        var expiry: BrokerInstant
    }

    struct Flying {
        var number: Int
        var packetID: UInt16
        var isSent: Bool
    }

    var limits: SessionLimits
    var queue: [Waiting] = []
    var flying: [Flying] = []
    var window = 0
    var epoch: UInt64?
    var lifetime: UInt32 = 0
    var deadline: BrokerInstant?

    var outstanding: Int { flying.count { $0.isSent } }

    mutating func enqueue(_ new: Waiting, now: BrokerInstant) -> (kept: Bool, displaced: Int) {
        if epoch == nil, new.qos == .atMostOnce || deadline == nil { return (false, 0) }
        if new.expiry <= now { return (false, 0) }
        var displaced = 0
        while queue.count >= limits.maximumQueuedMessages {
            let evicts = limits.overflowPolicy == .dropOldest
            let victim =
                (new.qos == .atLeastOnce || evicts ? queue.firstIndex { $0.qos == .atMostOnce } : nil)
                ?? (new.qos == .atLeastOnce && evicts ? queue.indices.first : nil)
            guard let victim else { return (false, 0) }
            queue.remove(at: victim)
            displaced += 1
        }
        queue.append(new)
        return (true, displaced)
    }

    /// What must be sent next: a repetition, or a waiting message.
    mutating func next(now: BrokerInstant) -> (number: Int, qos: MQTTQoS, repeats: UInt16?)? {
        if let index = flying.firstIndex(where: { !$0.isSent }), outstanding < window {
            flying[index].isSent = true
            return (flying[index].number, .atLeastOnce, flying[index].packetID)
        }
        let admitsNew = flying.allSatisfy(\.isSent) && outstanding < window
        while let index = queue.firstIndex(where: { $0.qos == .atMostOnce || admitsNew }) {
            let item = queue.remove(at: index)
            if item.expiry > now { return (item.number, item.qos, nil) }
        }
        return nil
    }

    mutating func forget() {
        queue = []
        flying = []
    }
}

@Suite struct SessionModelTests {
    // Random schedules of everything that can happen to a session agree with the toy, step by step. On the
    // way: the window is never exceeded, nothing acknowledged comes again, and QoS 1 is neither lost nor
    // reordered within the bounds. At the end every packet identifier has come back.
    @Test(arguments: Array(UInt64(1)...12), OverflowPolicy.allCases)
    func agreesWithTheToy(_ seed: UInt64, _ policy: OverflowPolicy) throws {
        var random = SeededGenerator(seed: seed &* 2 &+ (policy == .dropOldest ? 1 : 0))
        let limits = SessionLimits(
            maximumQueuedMessages: .random(in: 1...40, using: &random), overflowPolicy: policy,
            maximumInflight: .random(in: 1...30, using: &random))
        var session = SessionStateMachine(clientID: "c", limits: limits)
        var toy = ToySession(limits: limits)
        var now = BrokerInstant.seconds(1)
        var number = 0
        var acknowledged: Set<Int> = []
        var newest = -1

        for _ in 0..<1_000 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0:
                let connection = SessionConnection.resuming(
                    cleanStart: Int.random(in: 0..<6, using: &random) == 0,
                    expiry: [0, 5, 100, .max].randomElement(using: &random) ?? 0,
                    receiveMaximum: .random(in: 1...40, using: &random))
                let action = session.attach(connection, now: now)
                let isThere =
                    toy.epoch != nil ? toy.lifetime > 0 : toy.deadline.map { $0 > now } ?? false
                #expect(action.sessionPresent == (isThere && !connection.cleanStart))
                #expect(action.supersededEpoch == toy.epoch)
                if !action.sessionPresent { toy.forget() }
                toy.queue.removeAll { $0.qos == .atMostOnce }
                for index in toy.flying.indices { toy.flying[index].isSent = false }
                toy.window = min(Int(connection.receiveMaximum), limits.maximumInflight)
                toy.epoch = action.epoch
                toy.lifetime = connection.expiryInterval
                #expect(action.wake == !(toy.queue.isEmpty && toy.flying.isEmpty))
            case 1:
                guard let epoch = toy.epoch else { continue }
                let action = session.detach(epoch: epoch, now: now)
                toy.epoch = nil
                toy.queue.removeAll { $0.qos == .atMostOnce }
                if toy.lifetime == 0 {
                    toy.forget()
                    toy.deadline = nil
                    #expect(action == .end(subscriptions: []))
                } else {
                    let deadline = toy.lifetime == .max ? .never : now.adding(seconds: toy.lifetime)
                    toy.deadline = deadline
                    #expect(action == .keepUntil(deadline))
                }
            case 2:
                now = now.adding(seconds: .random(in: 0...3, using: &random))
                let action = session.expire(now: now)
                if toy.epoch == nil, let deadline = toy.deadline {
                    if deadline <= now {
                        toy.forget()
                        toy.deadline = nil
                        #expect(action == .end(subscriptions: []))
                    } else {
                        #expect(action == .keepUntil(deadline))
                    }
                } else {
                    #expect(action == .ignored)
                }
            case 3:
                // What a superseded connection says changes nothing.
                guard let epoch = toy.epoch, epoch > 1 else { continue }
                let stale = UInt64.random(in: 0..<epoch, using: &random)
                let packetID = toy.flying.first?.packetID ?? 1
                #expect(session.acknowledged(packetID: packetID, epoch: stale) == .ignored)
                #expect(session.refusedDelivery(packetID: packetID, epoch: stale) == .ignored)
                #expect(session.detach(epoch: stale, now: now) == .ignored)
                let delivery = session.nextDelivery(epoch: stale, now: now)
                #expect(delivery == nil)
            case 4..<11:
                number += 1
                let qos: MQTTQoS = Int.random(in: 0..<3, using: &random) == 0 ? .atMostOnce : .atLeastOnce
                let expiry: BrokerInstant =
                    Int.random(in: 0..<4, using: &random) == 0
                    ? now.adding(seconds: .random(in: 0...4, using: &random)) : .never
                let expected = toy.enqueue(.init(number: number, qos: qos, expiry: expiry), now: now)
                let action = session.enqueue(
                    message("t", String(number), expiry: expiry),
                    terms: DeliveryTerms(qos: qos, retain: false), now: now)
                switch action {
                case .queued: #expect(expected.kept && expected.displaced == 0)
                case .queuedDisplacing(let count, _): #expect(expected.kept && expected.displaced == count)
                case .dropped, .ignored: #expect(!expected.kept)
                }
            case 11..<16:
                guard let epoch = toy.epoch else { continue }
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    let expected = toy.next(now: now)
                    let delivery = session.nextDelivery(epoch: epoch, now: now)
                    guard let delivery, let expected else {
                        #expect(delivery == nil && expected == nil)
                        break
                    }
                    let sent = try #require(Int(delivery.message.text))
                    #expect(sent == expected.number && delivery.delivery.qos == expected.qos)
                    #expect(!acknowledged.contains(sent))
                    guard let packetID = delivery.packetID else { continue }
                    #expect(delivery.delivery.dup == (expected.repeats != nil))
                    if let repeated = expected.repeats {
                        #expect(packetID == repeated)
                    } else {
                        #expect(sent > newest)
                        newest = sent
                        #expect(packetID > 0 && !toy.flying.contains { $0.packetID == packetID })
                        toy.flying.append(.init(number: sent, packetID: packetID, isSent: true))
                    }
                    #expect(toy.outstanding <= toy.window)
                    if Int.random(in: 0..<10, using: &random) == 0 {
                        let action = session.refusedDelivery(packetID: packetID, epoch: epoch)
                        #expect(action != .unknown && action != .ignored)
                        toy.flying.removeAll { $0.packetID == packetID }
                    }
                }
            default:
                guard let epoch = toy.epoch else { continue }
                let isBogus = Int.random(in: 0..<8, using: &random) == 0
                let packetID =
                    isBogus
                    ? UInt16.random(in: 0...UInt16.max, using: &random)
                    : toy.flying.randomElement(using: &random)?.packetID ?? 0
                let index = toy.flying.firstIndex { $0.packetID == packetID }
                let action = session.acknowledged(packetID: packetID, epoch: epoch)
                #expect((action == .unknown) == (index == nil))
                if let index { acknowledged.insert(toy.flying.remove(at: index).number) }
            }
            #expect(session.queuedCount == toy.queue.count)
            #expect(session.inflightCount == toy.flying.count)
        }

        let attached = session.attach(.resuming(), now: now)
        while session.inflightCount + session.queuedCount > 0 {
            while let delivery = session.nextDelivery(epoch: attached.epoch, now: now) {
                guard let packetID = delivery.packetID else { continue }
                let action = session.acknowledged(packetID: packetID, epoch: attached.epoch)
                #expect(action == .released(wake: false))
            }
        }
        #expect(session.queuedByteCount == 0)
    }

    // A driver that drains only when it is told to misses nothing.
    @Test(arguments: UInt64(1)...8)
    func wakesAreEnough(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var session = SessionStateMachine(clientID: "c", limits: SessionLimits(maximumInflight: 3))
        let epoch = session.attach(.resuming(), now: .seconds(1)).epoch
        var flying: [UInt16] = []
        var isWoken = false
        for _ in 0..<2_000 {
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let qos: MQTTQoS = Bool.random(using: &random) ? .atMostOnce : .atLeastOnce
                let action = session.enqueue(
                    message(), terms: DeliveryTerms(qos: qos, retain: false), now: .seconds(1))
                if case .queued(wake: true) = action {
                    #expect(!isWoken)
                    isWoken = true
                }
            case 1:
                guard isWoken else { continue }
                while let delivery = session.nextDelivery(epoch: epoch, now: .seconds(1)) {
                    if let packetID = delivery.packetID { flying.append(packetID) }
                }
                isWoken = false
            default:
                guard let packetID = flying.randomElement(using: &random) else { continue }
                flying.removeAll { $0 == packetID }
                if case .released(wake: true) = session.acknowledged(packetID: packetID, epoch: epoch) {
                    #expect(!isWoken)
                    isWoken = true
                }
            }
            let waitsForWindow = flying.count == 3
            if !isWoken, !waitsForWindow { #expect(session.queuedCount == 0) }
        }
    }
}
