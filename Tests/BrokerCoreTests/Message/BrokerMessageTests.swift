import BrokerCore
import MQTTCodec
import NIOCore
import Testing

@Suite struct BrokerMessageTests {
    // MQTT 5, 3.3.2.3: these three are not forwarded as they came.
    @Test func dropsWhatIsPerConnectionOrMoment() {
        var properties = MQTTProperties()
        properties.topicAlias = 3
        properties.subscriptionIdentifiers = [1]
        properties.messageExpiryInterval = 60
        properties.responseTopic = "r"
        let kept = message(properties: properties).properties
        #expect(kept.topicAlias == nil && kept.subscriptionIdentifiers.isEmpty)
        #expect(kept.messageExpiryInterval == nil && kept.responseTopic == "r")
    }

    @Test func countsWhatItHolds() {
        var properties = MQTTProperties()
        properties.contentType = "0123456789"
        properties.correlationData = ByteBuffer(string: "0123456789")
        properties.userProperties = [MQTTUserProperty(name: "01234", value: "56789")]
        let empty = message("", "").byteCount
        #expect(message("0123456789", "0123456789").byteCount == empty + 20)
        #expect(message("", "", properties: properties).byteCount >= empty + 30)
    }

    @Test func expires() {
        #expect(!message().isExpired(at: BrokerInstant(nanoseconds: .max - 1)))
        #expect(!message(expiry: .seconds(2)).isExpired(at: .seconds(1)))
        #expect(message(expiry: .seconds(2)).isExpired(at: .seconds(2)))
    }

    @Test func deliveriesAreWrittenInTheReceiversVersion() throws {
        var session = SessionStateMachine(clientID: "c")
        for version in MQTTVersion.allCases {
            let epoch = session.attach(.resuming(version: version, cleanStart: true), now: .seconds(1)).epoch
            let sent = message("a/b", "payload", expiry: .seconds(61))
            let terms = DeliveryTerms(qos: .atLeastOnce, retain: true, subscriptionIdentifiers: [300])
            _ = session.enqueue(sent, terms: terms, now: .seconds(1))
            let next = session.nextDelivery(epoch: epoch, now: .seconds(1))
            let delivery = try #require(next)
            var buffer = ByteBuffer()
            delivery.write(into: &buffer, version: version)
            var decoder = MQTTDecoder(role: .client, limits: MQTTLimits(), version: version)
            guard case .publish(let publish) = try decoder.decode(&buffer) else {
                Issue.record("not a PUBLISH")
                continue
            }
            #expect(publish.topic == "a/b" && String(buffer: publish.payload) == "payload")
            #expect(publish.retain && publish.delivery == .atLeastOnce(packetID: 1, dup: false))
            #expect(publish.properties.messageExpiryInterval == (version == .v5 ? 60 : nil))
            #expect(publish.properties.subscriptionIdentifiers == (version == .v5 ? [300] : []))
        }
    }

    @Test func saysWhyItCannotBeEncoded() {
        let impossible = message(String(repeating: "t", count: 65_536))
        #expect(throws: MQTTFault.self) { _ = try impossible.template(for: .v3_1_1) }
        #expect(throws: MQTTFault.self) { _ = try impossible.template(for: .v5) }
    }
}
