import BrokerCore
import MQTTCodec
import Testing

@Suite struct RetainHandlingTests {
    // MQTT-3.3.1-9, -10, -11.
    @Test(arguments: [
        (MQTTRetainHandling.send, SubscribeOutcome.added, true), (.send, .replaced, true),
        (.sendIfNew, .added, true), (.sendIfNew, .replaced, false),
        (.doNotSend, .added, false), (.doNotSend, .replaced, false),
        (.send, .refused(.tooManyBytes), false), (.sendIfNew, .refused(.tooManyLevels), false),
    ])
    func decides(_ handling: MQTTRetainHandling, _ outcome: SubscribeOutcome, _ sends: Bool) {
        #expect(handling.sendsRetained(after: outcome) == sends)
    }
}
