import DeviceGateway
import MQTTCodec
import NIOCore
import Testing

/// SUBSCRIBE, UNSUBSCRIBE and what they bring about (MQTT 5, 3.8 to 3.11 and 4.7).
@Suite(.timeLimit(.minutes(2)))
struct SubscribeTests {
    @Test(
        "MQTT-3.3.1-9, -10, -11: Retain Handling 0 sends retained messages always, 1 when new, 2 never",
        arguments: [
            (.send, [true, true]), (.sendIfNew, [true, false]), (.doNotSend, [false, false]),
        ] as [(MQTTRetainHandling, [Bool])])
    func retainHandling(handling: MQTTRetainHandling, sends: [Bool]) async throws {
        try await TestGateway.runOpen { test in
            try test.gateway.client("host").publish("kept", to: "t", retain: true)
            let client = try await test.connectAnonymously("a")
            for isSent in sends {
                #expect(
                    try await client.subscribe(
                        to: MQTTSubscription(filter: "t", qos: .atLeastOnce, retainHandling: handling))
                        == [.grantedQoS1])
                if isSent {
                    let message = try await client.message()
                    #expect(message.text == "kept")
                    #expect(message.retain, "[MQTT-3.3.1-8]")
                }
                #expect(try await client.hasNothing())
            }
        }
    }

    @Test("3.8.3.1: after UNSUBSCRIBE a subscription is new again for Retain Handling 1")
    func retainHandlingAfterUnsubscribe() async throws {
        try await TestGateway.runOpen { test in
            try test.gateway.client("host").publish("kept", to: "t", retain: true)
            let client = try await test.connectAnonymously("a")
            let subscription = MQTTSubscription(filter: "t", qos: .atLeastOnce, retainHandling: .sendIfNew)
            for _ in 0..<2 {
                _ = try await client.subscribe(to: subscription)
                #expect(try await client.message().text == "kept")
                #expect(try await client.unsubscribe("t") == [.success])
            }
        }
    }

    @Test(
        "MQTT-3.3.1-12, -13: RETAIN of a live message is forwarded with Retain As Published alone",
        arguments: [true, false])
    func retainAsPublished(isSet: Bool) async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            _ = try await client.subscribe(
                to: MQTTSubscription(filter: "t", qos: .atLeastOnce, retainAsPublished: isSet))
            try test.gateway.client("host").publish("retained", to: "t", retain: true)
            try test.gateway.client("host").publish("not retained", to: "t")
            #expect(try await client.message().retain == isSet)
            #expect(try await client.message().retain == false)
        }
    }

    @Test("MQTT-3.3.1-9 (3.1.1): RETAIN is 0 for live messages")
    func retainIsNotForwardedOver311() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a", version: .v3_1_1)
            _ = try await client.subscribe("t")
            try test.gateway.client("host").publish("x", to: "t", retain: true)
            #expect(try await client.message().retain == false)
        }
    }

    @Test("MQTT-3.8.3-3: No Local keeps a client's own messages from it, and nobody else's")
    func noLocal() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            let other = try await test.connectAnonymously("b")
            for each in [client, other] {
                _ = try await each.subscribe(
                    to: MQTTSubscription(filter: "t", qos: .atLeastOnce, noLocal: true))
            }
            #expect(try await client.publish("t", "mine") == .success)
            #expect(try await other.message().text == "mine")
            #expect(try await client.hasNothing())
            #expect(try await other.publish("t", "yours") == .success)
            #expect(try await client.message().text == "yours")
        }
    }

    @Test(
        "MQTT-3.3.4-3, -4: overlapping filters give one message with all their identifiers, at the highest QoS"
    )
    func overlappingFilters() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            for (filter, qos, identifier) in [
                ("s/#", MQTTQoS.atMostOnce, 1), ("s/+", .atLeastOnce, 268_435_455), ("s/t", .atMostOnce, nil),
            ] as [(String, MQTTQoS, UInt32?)] {
                _ = try await client.subscribe(
                    to: MQTTSubscription(filter: filter, qos: qos), identifier: identifier)
            }
            try test.gateway.client("host").publish("x", to: "s/t")
            let message = try await client.message()
            #expect(message.delivery.qos == .atLeastOnce)
            #expect(Set(message.properties.subscriptionIdentifiers) == [1, 268_435_455])
            #expect(message.properties.subscriptionIdentifiers.count == 2)
            #expect(try await client.hasNothing())
        }
    }

    @Test("MQTT-3.8.4-3: a repeated filter replaces the subscription, QoS and identifier included")
    func replaced() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            _ = try await client.subscribe(
                to: MQTTSubscription(filter: "t", qos: .atLeastOnce), identifier: 1)
            #expect(
                try await client.subscribe(
                    to: MQTTSubscription(filter: "t", qos: .atMostOnce), identifier: 2) == [.grantedQoS0])
            try test.gateway.client("host").publish("x", to: "t")
            let message = try await client.message()
            #expect(message.delivery == .atMostOnce)
            #expect(message.properties.subscriptionIdentifiers == [2])
            #expect(try await client.hasNothing())
        }
    }

    @Test("MQTT-3.8.4-2, -6: SUBACK has the packet identifier and one code for each filter, in order")
    func reasonCodes() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            let filters = ["a", "a/#/b", "b", "$share/g/t", "+a", "c"]
            try await client.send(
                .subscribe(
                    MQTTSubscribe(
                        packetID: 513,
                        subscriptions: filters.enumerated().map { index, filter in
                            MQTTSubscription(
                                filter: filter, qos: MQTTQoS(rawValue: UInt8(index % 3)) ?? .atMostOnce)
                        })))
            #expect(
                try await client.packet()
                    == .suback(
                        MQTTSuback(
                            packetID: 513,
                            reasonCodes: [
                                .grantedQoS0, .topicFilterInvalid, .grantedQoS1,
                                .sharedSubscriptionsNotSupported, .topicFilterInvalid, .grantedQoS1,
                            ])))
        }
    }

    @Test("3.11.3: UNSUBACK 0x00 for what was subscribed, 0x11 for what was not, in order")
    func unsubscribe() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            _ = try await client.subscribe("s/#")
            #expect(
                try await client.unsubscribe("s/t", "s/#", "s/#")
                    == [.noSubscriptionExisted, .success, .noSubscriptionExisted])
            try test.gateway.client("host").publish("x", to: "s/t")
            #expect(try await client.hasNothing(), "[MQTT-3.10.4-1]")
        }
    }

    @Test("MQTT-3.10.4-5 (3.1.1): UNSUBACK comes even if there was no subscription")
    func unsubscribeOver311() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a", version: .v3_1_1)
            guard
                case .unsuback(let unsuback) = try await client.request(
                    .unsubscribe(MQTTUnsubscribe(packetID: 9, filters: ["t"])))
            else {
                Issue.record("no UNSUBACK")
                return
            }
            #expect(unsuback.packetID == 9)
        }
    }

    @Test(
        "MQTT-4.7.1-2, -3, MQTT-4.7.3-1: wildcards match whole levels, empty ones included, and case counts",
        arguments: [
            ("s/#", "s", true), ("s/#", "s/", true), ("s/#", "st", false), ("+/t", "/t", true),
            ("+/+", "/", true), ("+", "/t", false), ("s/+", "s", false), ("s/+", "s/", true),
            ("S", "s", false), ("/s", "s", false), ("#", "s/t/u", true),
        ] as [(String, String, Bool)])
    func wildcards(filter: String, topic: String, isMatch: Bool) async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            _ = try await client.subscribe(filter)
            try test.gateway.client("host").publish("live", to: topic)
            if isMatch { #expect(try await client.message().text == "live") }
            #expect(try await client.hasNothing())
        }
    }

    @Test("MQTT-4.7.2-1: wildcards at the beginning do not match topics that begin with $")
    func reservedTopics() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            _ = try await client.subscribe("#", "+/t")
            try test.gateway.client("host").publish("reserved", to: "$host/t", retain: true)
            #expect(try await client.hasNothing())
            _ = try await client.subscribe("$host/#")
            #expect(try await client.message().text == "reserved")
            #expect(try await client.hasNothing())
        }
    }

    @Test(
        "MQTT-3.8.3-2, MQTT-3.10.3-2: a request without any filter is a protocol error",
        arguments: [0x82, 0xA2] as [UInt8])
    func noFilter(type: UInt8) async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously("a")
            try await client.send(bytes: ByteBuffer(bytes: [type, 3, 0, 1, 0]))
            guard case .disconnect(let disconnect)? = try await client.closed().packets.last else {
                Issue.record("no DISCONNECT")
                return
            }
            #expect(disconnect.reasonCode == .protocolError)
        }
    }

    @Test("AWS IoT: iot:Receive withholds a retained message that iot:Subscribe let in")
    func receiveIsJudgedForRetainedMessages() async throws {
        try await TestGateway.run { test in
            _ = try await test.registry.putPolicy(
                name: "all-but-secret",
                text: """
                    {"Version": "2012-10-17", "Statement": [
                      {"Effect": "Allow", "Action": "iot:*", "Resource": "*"},
                      {"Effect": "Deny", "Action": "iot:Receive",
                       "Resource": "arn:aws:iot:us-east-1:123456789012:topic/secret"}
                    ]}
                    """)
            for topic in ["secret", "open"] {
                try test.gateway.client("host").publish(topic, to: topic, retain: true)
            }
            let client = try await test.connect(
                try await test.device("device1", policy: "all-but-secret"), clientID: "device1")
            _ = try await client.subscribe("#")
            #expect(try await client.message().text == "open")
            #expect(try await client.hasNothing())
        }
    }
}
