import BrokerCore
import MQTTCodec
import NIOCore
import Testing

@Suite struct WillStateMachineTests {
    private let now = BrokerInstant.seconds(100)

    private func will(delay: UInt32? = nil) throws -> MQTTWill {
        var properties = MQTTProperties()
        properties.willDelayInterval = delay
        return MQTTWill(
            topic: try MQTTTopicName("gone"), payload: ByteBuffer(string: "x"), qos: .atLeastOnce,
            properties: properties)
    }

    // MQTT-3.1.2-10.
    @Test func disconnectForgetsIt() throws {
        var machine = WillStateMachine(try will(delay: 5))
        #expect(machine.connectionEnded(.disconnected, session: .until(.never), now: now) == .none)
        #expect(machine.connectionEnded(.abnormal, session: .ended, now: now) == .none)
        #expect(machine.sessionEnded() == .none)
    }

    // MQTT-3.1.2-8.
    @Test(arguments: [ConnectionEnding.abnormal, .disconnectedWithWill])
    func otherEndingsPublishItOnce(_ ending: ConnectionEnding) throws {
        var machine = WillStateMachine(try will())
        #expect(machine.connectionEnded(ending, session: .until(.never), now: now) == .publish(try will()))
        #expect(machine.connectionEnded(ending, session: .until(.never), now: now) == .none)
        #expect(machine.timerFired(now: now) == .none)
    }

    // MQTT 5, 3.1.3.2.2: after the delay or at the session's end, whichever is first.
    @Test func delayIsBoundedByTheSession() throws {
        for (session, deadline) in [
            (SessionRemainder.until(.never), BrokerInstant.seconds(110)),
            (.until(.seconds(111)), .seconds(110)), (.until(.seconds(104)), .seconds(104)),
        ] {
            var machine = WillStateMachine(try will(delay: 10))
            #expect(machine.connectionEnded(.abnormal, session: session, now: now) == .schedule(deadline))
            #expect(machine.deadline == deadline)
            let early = BrokerInstant(nanoseconds: deadline.nanoseconds - 1)
            #expect(machine.timerFired(now: early) == .schedule(deadline))
            #expect(machine.timerFired(now: deadline) == .publish(try will(delay: 10)))
            #expect(machine.deadline == nil)
            #expect(machine.timerFired(now: deadline) == .none)
        }
        var machine = WillStateMachine(try will(delay: 10))
        #expect(
            machine.connectionEnded(.abnormal, session: .ended, now: now) == .publish(try will(delay: 10)))
    }

    // MQTT-3.1.3-9.
    @Test func resumptionCancelsADelayedWill() throws {
        var machine = WillStateMachine(try will(delay: 10))
        #expect(machine.sessionResumed() == .none)
        _ = machine.connectionEnded(.abnormal, session: .until(.never), now: now)
        #expect(machine.sessionResumed() == .cancelTimer)
        #expect(machine.timerFired(now: .never) == .none)
        #expect(machine.sessionEnded() == .none)
    }

    @Test func theSessionsEndPublishesADelayedWill() throws {
        var machine = WillStateMachine(try will(delay: 10))
        #expect(machine.sessionEnded() == .none)
        _ = machine.connectionEnded(.abnormal, session: .until(.never), now: now)
        #expect(machine.sessionEnded() == .publish(try will(delay: 10)))
        #expect(machine.sessionEnded() == .none)
    }

    // MQTT 5, 3.1.4, note on Wills at take-over.
    @Test func takingOverPublishesUnlessDelayedAndResumed() throws {
        for (delay, continues, isPublished) in [
            (UInt32?.none, true, true), (.none, false, true), (10, true, false), (10, false, true),
            (0, true, true),
        ] {
            var machine = WillStateMachine(try will(delay: delay))
            let action = machine.takenOver(sessionContinues: continues)
            #expect(action == (isPublished ? .publish(try will(delay: delay)) : .none))
            // The superseded connection's own end comes later and changes nothing.
            #expect(machine.connectionEnded(.abnormal, session: .ended, now: now) == .none)
        }
        var delayed = WillStateMachine(try will(delay: 10))
        _ = delayed.connectionEnded(.abnormal, session: .until(.never), now: now)
        #expect(delayed.takenOver(sessionContinues: true) == .cancelTimer)
    }

    @Test func withoutAWillNothingHappens() {
        var machine = WillStateMachine(nil)
        #expect(machine.connectionEnded(.abnormal, session: .ended, now: now) == .none)
        #expect(machine.takenOver(sessionContinues: false) == .none)
        #expect(machine.deadline == nil)
    }

    @Test func sessionsSayWhatRemains() {
        #expect(DetachAction.end(subscriptions: []).remainder == .ended)
        #expect(DetachAction.ignored.remainder == .ended)
        #expect(DetachAction.keepUntil(now).remainder == .until(now))
    }

    // MQTT 5, 3.1.3.2.4: the expiry interval begins when the Will is published.
    @Test func becomesAMessage() throws {
        var will = try will(delay: 10)
        will.properties.messageExpiryInterval = 60
        will.properties.contentType = "text/plain"
        will.retain = true
        let message = BrokerMessage(will: will, publisher: 4, now: now)
        #expect(message.topic == "gone" && message.text == "x" && message.qos == .atLeastOnce)
        #expect(message.retain && message.publisher == 4 && message.expiry == .seconds(160))
        #expect(message.properties.contentType == "text/plain")
        #expect(message.properties.willDelayInterval == nil)
        #expect(message.properties.messageExpiryInterval == nil)
    }
}
