public import MQTTCodec

extension BrokerMessage {
    /// The message a Will is published as. Its expiry interval begins now, when it is published
    /// (MQTT 5, 3.1.3.2.4).
    public convenience init(will: MQTTWill, publisher: SessionID?, now: BrokerInstant) {
        var properties = will.properties
        properties.willDelayInterval = nil
        self.init(
            topic: will.topic.string, payload: will.payload, qos: will.qos, retain: will.retain,
            properties: properties,
            expiry: properties.messageExpiryInterval.map(now.adding(seconds:)) ?? .never,
            publisher: publisher)
    }
}
