import BrokerCore
import MQTTCodec
import Testing

@Suite struct DeliveryTermsTests {
    private func terms(_ message: BrokerMessage, _ options: [SubscriptionOptions]) -> DeliveryTerms? {
        let matches = options.map { SubscriptionMatch(session: 1, options: $0) }
        return DeliveryTerms(message, matches: matches.span)
    }

    // MQTT-3.3.4-2, -3: one delivery, highest QoS, every identifier.
    @Test func overlappingSubscriptionsMerge() {
        let options = [
            SubscriptionOptions(qos: .atMostOnce, subscriptionIdentifier: 7),
            SubscriptionOptions(qos: .atLeastOnce),
            SubscriptionOptions(qos: .atMostOnce, subscriptionIdentifier: 9),
        ]
        #expect(
            terms(message(qos: .atLeastOnce), options)
                == DeliveryTerms(qos: .atLeastOnce, retain: false, subscriptionIdentifiers: [7, 9]))
        #expect(terms(message(qos: .atMostOnce), options)?.qos == .atMostOnce)
        #expect(terms(message(), []) == nil)
    }

    @Test func neverExceedsEitherSidesQoS() {
        for published in MQTTQoS.allCases {
            for granted in MQTTQoS.allCases {
                let qos = terms(message(qos: published), [SubscriptionOptions(qos: granted)])?.qos
                #expect(qos == min(published, granted, .atLeastOnce))
            }
        }
    }

    // MQTT-3.8.3-3.
    @Test func noLocalWithholdsOnesOwn() {
        let withheld = SubscriptionOptions(qos: .atLeastOnce, noLocal: true, subscriptionIdentifier: 1)
        let open = SubscriptionOptions(qos: .atMostOnce, subscriptionIdentifier: 2)
        #expect(terms(message(publisher: 1), [withheld]) == nil)
        #expect(terms(message(publisher: 2), [withheld]) != nil)
        #expect(terms(message(publisher: nil), [withheld]) != nil)
        #expect(
            terms(message(publisher: 1), [withheld, open])
                == DeliveryTerms(qos: .atMostOnce, retain: false, subscriptionIdentifiers: [2]))
    }

    // MQTT-3.3.1-12, -13.
    @Test func retainIsKeptOnlyWhenAskedFor() {
        let plain = SubscriptionOptions(qos: .atLeastOnce)
        let keeps = SubscriptionOptions(qos: .atLeastOnce, retainAsPublished: true)
        #expect(terms(message(retain: true), [plain])?.retain == false)
        #expect(terms(message(retain: true), [plain, keeps])?.retain == true)
        #expect(terms(message(retain: false), [keeps])?.retain == false)
    }

    // MQTT-3.3.1-8.
    @Test func retainedMessagesAreMarked() {
        let options = SubscriptionOptions(qos: .atMostOnce, noLocal: true, subscriptionIdentifier: 5)
        #expect(
            DeliveryTerms(retained: message(retain: true, publisher: 1), options: options)
                == DeliveryTerms(qos: .atMostOnce, retain: true, subscriptionIdentifiers: [5]))
    }
}
