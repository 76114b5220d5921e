import DeviceGateway
import IoTPolicy
import MQTTCodec
import NIOCore
import Testing

/// The host's own client: its policies, its bounds, and what it may not ask for.
@Suite(.timeLimit(.minutes(2)))
struct GatewayClientTests {
    static func policy(_ statements: String) throws -> [NamedPolicy] {
        [
            NamedPolicy(
                name: "host",
                document: try PolicyDocument(
                    json: #"{"Version": "2012-10-17", "Statement": [\#(statements)]}"#))
        ]
    }

    static func allow(_ action: String, _ resource: String) -> String {
        #"{"Effect": "Allow", "Action": "\#(action)", "Resource": "arn:aws:iot:us-east-1:123456789012:\#(resource)"}"#
    }

    static let notAuthorized = GatewayError(.notAuthorized, "")
    static let invalidRequest = GatewayError(.invalidRequest, "")

    @Test("without policies a client may do anything, with none in the list nothing")
    func noPolicies() async throws {
        try await TestGateway.run { test in
            try test.gateway.client("host").publish("x", to: "t")
            let nobody = test.gateway.client("nobody", policies: [])
            #expect(throws: Self.notAuthorized) { try nobody.publish("x", to: "t") }
            #expect(throws: Self.notAuthorized) { _ = try nobody.subscribe(to: "t") }
        }
    }

    @Test("with policies: iot:Publish and iot:RetainPublish by topic, and the error explains")
    func publishing() async throws {
        try await TestGateway.run { test in
            let client = test.gateway.client(
                "host", policies: try Self.policy(Self.allow("iot:Publish", "topic/own/*")))
            try client.publish("x", to: "own/a")
            #expect(throws: Self.notAuthorized) { try client.publish("x", to: "own/a", retain: true) }
            let error = #expect(throws: GatewayError.self) { try client.publish("x", to: "other/a") }
            #expect(error?.code == .notAuthorized)
            #expect(error?.message.contains("other/a") == true, "\(error?.message ?? "")")
        }
    }

    @Test(
        "with policies: iot:Subscribe by filter, iot:Receive by topic; the client identifier is the client's name"
    )
    func subscribing() async throws {
        try await TestGateway.run { test in
            let policies = try Self.policy(
                [
                    Self.allow("iot:Subscribe", "topicfilter/${iot:ClientId}/*"),
                    Self.allow("iot:Receive", "topic/${iot:ClientId}/open"),
                ].joined(separator: ","))
            let client = test.gateway.client("backend", policies: policies)
            #expect(throws: Self.notAuthorized) { _ = try client.subscribe(to: "#") }
            var messages = try client.subscribe(to: "backend/#")
                .makeAsyncIterator()
            for topic in ["backend/secret", "backend/open"] {
                try test.gateway.client("host").publish(topic, to: topic)
            }
            #expect(await messages.next()?.topic == "backend/open")
        }
    }

    @Test(
        "a topic with wildcards, without length, at QoS 2, or a filter that is none, is refused",
        arguments: ["", "a/#", "+", "a\0"])
    func invalidTopics(topic: String) async throws {
        try await TestGateway.run { test in
            let client = test.gateway.client("host")
            #expect(throws: Self.invalidRequest) { try client.publish("x", to: topic) }
            #expect(throws: Self.invalidRequest) { try client.publish("x", to: "t", qos: .exactlyOnce) }
            for filter in ["", "a/#/b", "a+", "$share/g/t"] {
                #expect(throws: Self.invalidRequest) { _ = try client.subscribe(to: filter) }
            }
        }
    }

    @Test("the host may publish below $, where devices may not")
    func reservedTopics() async throws {
        try await TestGateway.run { test in
            var messages = try test.gateway.client("host").subscribe(to: "$host/#").makeAsyncIterator()
            try test.gateway.client("host").publish("x", to: "$host/a")
            #expect(await messages.next()?.topic == "$host/a")
        }
    }

    @Test("maximumHostQueuedMessages: the newest stay")
    func maximumHostQueuedMessages() async throws {
        try await TestGateway.run {
            $0.limits.maximumHostQueuedMessages = 3
        } _: { test in
            // Both subscriptions live on the client's event loop, so what comes by the second follows the first's.
            let host = test.gateway.client("host")
            let subscription = try host.subscribe(to: "t")
            var end = try host.subscribe(to: "end").makeAsyncIterator()
            for number in 1...5 { try host.publish("\(number)", to: "t") }
            try host.publish("x", to: "end")
            #expect(await end.next()?.text == "x")
            subscription.cancel()
            var texts: [String] = []
            for await message in subscription { texts.append(message.text) }
            #expect(texts == ["3", "4", "5"])
        }
    }

    @Test("a full broker refuses to retain, and says so")
    func retainedWhenFull() async throws {
        try await TestGateway.run {
            $0.limits.maximumRetainedMessages = 1
        } _: { test in
            let client = test.gateway.client("host")
            try client.publish("x", to: "a", retain: true)
            #expect(throws: GatewayError(.limitExceeded, "")) {
                try client.publish("x", to: "b", retain: true)
            }
            try client.publish("y", to: "a", retain: true)
        }
    }

    @Test("a cancelled subscription gets nothing more, and its sequence ends")
    func cancelling() async throws {
        try await TestGateway.runOpen { test in
            let subscription = try test.gateway.client("host").subscribe(to: "t")
            subscription.cancel()
            let client = try await test.connectAnonymously("a")
            #expect(try await client.publish("t", "x") == .noMatchingSubscribers)
            var messages = subscription.makeAsyncIterator()
            #expect(await messages.next() == nil)
        }
    }
}
