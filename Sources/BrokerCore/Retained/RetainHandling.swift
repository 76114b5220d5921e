public import MQTTCodec

extension MQTTRetainHandling {
    /// Whether a SUBSCRIBE is answered with the retained messages that match its filter
    /// (MQTT-3.3.1-9, -10, -11).
    ///
    /// - Parameter outcome: what the trie said to the subscription.
    public func sendsRetained(after outcome: SubscribeOutcome) -> Bool {
        switch (self, outcome) {
        case (_, .refused), (.doNotSend, _), (.sendIfNew, .replaced): false
        case (.send, _), (.sendIfNew, .added): true
        }
    }
}
