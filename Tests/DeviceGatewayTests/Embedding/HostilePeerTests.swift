import DeviceGateway
import GatewayTLS
import IoTPolicy
import MQTTCodec
import NIOCore
import NIOPosix
import Synchronization
import Testing
import X509Auth

/// What an attacker tried, and what must hold.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct HostilePeerTests {
    /// Everything but receiving on one topic.
    private static let allButSecret = """
        {"Version": "2012-10-17", "Statement": [
          {"Effect": "Allow", "Action": "iot:*", "Resource": "*"},
          {"Effect": "Deny", "Action": "iot:Receive",
           "Resource": "arn:aws:iot:us-east-1:123456789012:topic/secret"}
        ]}
        """

    // MARK: Output larger than the channel's high-water mark

    /// Writing more than the mark makes the channel unwritable and, once the socket has taken it, writable
    /// again, inside `writeAndFlush`: nothing may be sent twice.
    @Test(arguments: [300_000, 1_000_000])
    func aMessageAboveTheHighWaterMarkArrivesOnce(bytes: Int) async throws {
        try await TestGateway.run { test in
            let client = try await test.connect(try await test.device("device1"), clientID: "device1")
            _ = try await client.subscribe("devices/device1/#")
            let backend = test.gateway.client("backend")
            for letter in ["a", "b", "c"] {
                try backend.publish(String(repeating: letter, count: bytes), to: "devices/device1/large")
            }
            for letter in ["a", "b", "c"] {
                let message = try await client.message()
                #expect(message.payload.readableBytes == bytes)
                #expect(message.payload.readableBytesView.first == letter.utf8.first)
            }
            #expect(try await client.hasNothing())
        }
    }

    // MARK: Deliveries that are refused

    /// Refused deliveries give their places in the window back; who waits behind them must be fetched.
    @Test func moreRefusedDeliveriesThanTheWindowHoldDoNotStopTheOthers() async throws {
        try await TestGateway.run { test in
            _ = try await test.registry.putPolicy(name: "all-but-secret", text: Self.allButSecret)
            let client = try await test.connect(
                try await test.device("device1", policy: "all-but-secret"), clientID: "device1")
            _ = try await client.subscribe("#")
            let thief = try await test.connect(
                try await test.device("device2", policy: "everything"), clientID: "device2")
            // One write, so that they wait together.
            var burst = ByteBuffer()
            for number in 1...250 {
                try MQTTPacket.publish(
                    MQTTPublish(
                        topic: "secret", payload: ByteBuffer(string: "x"),
                        delivery: .atLeastOnce(packetID: UInt16(number), dup: false))
                ).encode(into: &burst, version: .v5)
            }
            try await thief.send(bytes: burst)
            for _ in 1...250 { _ = try await thief.packet() }
            _ = try await thief.publish("open", "still here")
            #expect(try await client.message().topic == "open")
        }
    }

    // MARK: The host's subscription

    /// A burst beyond the window of the host's session must not stop it.
    @Test func aBurstBeyondTheWindowReachesTheHost() async throws {
        try await TestGateway.run { test in
            let backend = try test.gateway.client("backend").subscribe(to: "devices/#")
            let client = try await test.connect(try await test.device("device1"), clientID: "device1")
            var burst = ByteBuffer()
            for number in 1...250 {
                try MQTTPacket.publish(
                    MQTTPublish(
                        topic: "devices/device1/n", payload: ByteBuffer(string: "\(number)"),
                        delivery: .atLeastOnce(packetID: UInt16(number), dup: false))
                ).encode(into: &burst, version: .v5)
            }
            try await client.send(bytes: burst)
            for _ in 1...250 { _ = try await client.packet() }
            // A subscription that has stopped is caught by the suite's time limit.
            var messages = backend.makeAsyncIterator()
            for number in 1...250 { #expect(await messages.next()?.text == "\(number)") }
        }
    }

    // MARK: SUBSCRIBE as an amplifier

    /// One SUBSCRIBE that names a filter often must not be answered with the retained messages as often.
    @Test func oneSubscribeDoesNotMultiplyRetainedMessages() async throws {
        try await TestGateway.run {
            $0.limits.maximumQueuedMessages = 500
        } _: { test in
            let client = try await test.connect(try await test.device("device1"), clientID: "device1")
            let backend = test.gateway.client("backend")
            for number in 0..<200 {
                try backend.publish("x", to: "devices/device1/\(number)", retain: true)
            }
            let filters = Array(
                repeating: MQTTSubscription(filter: "devices/device1/#", qos: .atMostOnce), count: 100)
            let deliveries = try await client.messagesAfter(
                MQTTSubscribe(packetID: 1, subscriptions: filters))
            #expect((200...500).contains(deliveries), "\(deliveries)")
            try await client.send(
                .subscribe(
                    MQTTSubscribe(
                        packetID: 2, subscriptions: Array(repeating: filters[0], count: 40_000))))
            #expect(
                try await client.closed().packets
                    == [.disconnect(MQTTDisconnect(reasonCode: .quotaExceeded))])
        }
    }

    /// Nor may filters that find little walk all topics, each anew, while everybody waits for the broker: the levels
    /// looked at are counted over the whole SUBSCRIBE.
    @Test(arguments: [(1_000, 100), (50, 50)])
    func wildcardsDoNotWalkTheRetainedTreeWithoutBound(levels: Int, most: Int) async throws {
        try await TestGateway.run {
            $0.limits.maximumRetainedLevelsVisited = levels
        } _: { test in
            let client = try await test.connect(
                try await test.device("device1", policy: "everything"), clientID: "device1")
            let backend = test.gateway.client("backend")
            for number in 0..<100 { try backend.publish("x", to: "d/\(number)/a", retain: true) }
            let fruitless = Array(repeating: "+/+/missing", count: levels < 100 ? 50 : 0)
            let deliveries = try await client.messagesAfter(
                MQTTSubscribe(
                    packetID: 1,
                    subscriptions: (["+/+/a"] + fruitless + ["d/#"]).map {
                        MQTTSubscription(filter: $0, qos: .atMostOnce)
                    }))
            if levels < 100 {
                #expect(deliveries < most)
            } else {
                #expect(deliveries == 2 * most, "enough for both filters")
            }
        }
    }

    // MARK: Back-pressure

    /// Whoever does not read the answers is not read from either: else they pile up in memory.
    @Test func aClientThatReadsNothingIsNotReadFromForEver() async throws {
        try await TestGateway.run {
            $0.plaintext?.anonymousPolicies = ["everything"]
        } _: { test in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .channelOption(.socketOption(.so_rcvbuf), value: 65_536)
                .channelOption(.socketOption(.so_sndbuf), value: 65_536)
                .connect(host: "127.0.0.1", port: test.plaintextPort).get()
            var connect = ByteBuffer()
            try MQTTPacket.connect(
                MQTTConnect(version: .v5, clientID: "deaf", cleanStart: true, keepAlive: 60)
            ).encode(into: &connect, version: .v5)
            try await channel.writeAndFlush(connect)
            let pings = ByteBuffer(repeating: 0, count: 0).with(pings: 32_768)
            let taken = Atomic<Int>(0)
            let writer = Task {
                for _ in 0..<256 {
                    try await channel.writeAndFlush(pings)
                    taken.add(pings.readableBytes, ordering: .relaxed)
                }
            }
            // Until nothing more is taken.
            var before = -1
            while before != taken.load(ordering: .relaxed) {
                before = taken.load(ordering: .relaxed)
                try await Task.sleep(for: .seconds(1))
            }
            #expect(before < 14 << 20, "what the kernel's buffers hold, and no more")
            try? await channel.close()
            _ = try? await writer.value
        }
    }
}

extension TestClient {
    /// How many messages answer a SUBSCRIBE.
    fileprivate func messagesAfter(_ subscribe: MQTTSubscribe) async throws -> Int {
        guard case .suback = try await request(.subscribe(subscribe)) else { throw TimedOut() }
        try await send(.pingreq)
        var count = 0
        while case .publish = try await packet() { count += 1 }
        return count
    }
}

extension ByteBuffer {
    fileprivate func with(pings count: Int) -> ByteBuffer {
        var buffer = self
        for _ in 0..<count { buffer.writeInteger(0xC000 as UInt16) }
        return buffer
    }
}
