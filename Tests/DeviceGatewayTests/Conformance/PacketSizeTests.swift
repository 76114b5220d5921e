import DeviceGateway
import MQTTCodec
import NIOCore
import Testing

/// Maximum Packet Size in both directions (MQTT 5, 3.1.2.11.4 and 3.2.2.3.6).
@Suite(.timeLimit(.minutes(2)))
struct PacketSizeTests {
    static func size(_ packet: MQTTPacket) -> Int { packet.encodedSize(version: .v5) }

    /// A PUBLISH at QoS 0 to `t` of so many bytes in all; between 128 and 16,383.
    static func message(of bytes: Int) -> String { String(repeating: "x", count: bytes - 7) }

    @Test(
        "MQTT-3.1.2-24: no packet of the gateway exceeds it, whatever it is",
        arguments: [1, 4, 5, 20, 45, 127, 128, 129, 200] as [UInt32])
    func nothingExceedsTheClientsMaximum(maximum: UInt32) async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.openAnonymously()
            try await client.send(
                .connect(
                    MQTTConnect(
                        version: .v5, clientID: "", keepAlive: 60_000,
                        properties: .with { $0.maximumPacketSize = maximum })),
                .subscribe(
                    MQTTSubscribe(
                        packetID: 1,
                        subscriptions: (0..<100).map { MQTTSubscription(filter: "t\($0)") })),
                .unsubscribe(MQTTUnsubscribe(packetID: 2, filters: (0..<100).map { "t\($0)" })),
                .pingreq,
                .disconnect(MQTTDisconnect(reasonCode: .success)))
            let (packets, _) = try await client.closed()
            for packet in packets { #expect(Self.size(packet) <= Int(maximum), "\(packet)") }
            if maximum >= 128 {
                #expect(packets.contains(.pingresp), "100 codes fit into \(maximum) bytes: \(packets)")
            }
        }
    }

    @Test(
        "MQTT-3.1.2-24: a request whose answer would not fit ends the connection; the answer is not left out",
        arguments: [true, false])
    func anAnswerThatDoesNotFit(isSubscribe: Bool) async throws {
        try await TestGateway.runOpen {
            $0.limits.maximumFiltersPerRequest = 1_000
        } _: { test in
            let client = try await test.connectAnonymously(
                "a", properties: .with { $0.maximumPacketSize = 128 })
            func request(_ count: Int) -> MQTTPacket {
                let filters = Array(repeating: "t", count: count)
                return isSubscribe
                    ? .subscribe(
                        MQTTSubscribe(
                            packetID: 1, subscriptions: filters.map { MQTTSubscription(filter: $0) }))
                    : .unsubscribe(MQTTUnsubscribe(packetID: 1, filters: filters))
            }
            // The answers have a byte for each filter.
            #expect(Self.size(try await client.request(request(120))) <= 128)
            try await client.send(request(130), .pingreq)
            #expect(
                try await client.closed().packets
                    == [.disconnect(MQTTDisconnect(reasonCode: .quotaExceeded))])
        }
    }

    @Test(
        "MQTT-3.1.2-24, -25: a message too large for the client is dropped as if sent, and the next one comes",
        arguments: [MQTTQoS.atMostOnce, .atLeastOnce])
    func tooLargeMessages(qos: MQTTQoS) async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.connectAnonymously(
                "a",
                properties: .with {
                    $0.maximumPacketSize = 200
                    $0.receiveMaximum = 1
                })
            _ = try await client.subscribe("t", qos: qos)
            let host = test.gateway.client("host")
            // At QoS 1 two bytes more for the packet identifier.
            let fits = qos == .atMostOnce ? 200 : 198
            for bytes in [fits + 1, fits, fits + 1, fits] {
                try host.publish(Self.message(of: bytes), to: "t", qos: qos)
            }
            for _ in 0..<2 {
                let message = try await client.message()
                #expect(Self.size(.publish(message)) == 200)
            }
            #expect(try await client.hasNothing())
        }
    }

    @Test("MQTT-3.2.2-15: the gateway accepts a packet of its maximum, and answers one byte more with 0x95")
    func theGatewaysMaximum() async throws {
        try await TestGateway.runOpen {
            $0.limits.maximumPacketSize = 1_000
        } _: { test in
            let client = try await test.connectAnonymously("a")
            let subscriber = try await test.connectAnonymously("s")
            _ = try await subscriber.subscribe("t")
            let largest = MQTTPacket.publish(
                MQTTPublish(topic: "t", payload: ByteBuffer(string: Self.message(of: 1_000))))
            #expect(Self.size(largest) == 1_000)
            try await client.send(largest)
            #expect(try await subscriber.message().payload.readableBytes == 993)
            try await client.send(
                .publish(MQTTPublish(topic: "t", payload: ByteBuffer(string: Self.message(of: 1_001)))))
            #expect(
                try await client.closed().packets
                    == [.disconnect(MQTTDisconnect(reasonCode: .packetTooLarge))])
            #expect(try await subscriber.hasNothing())
        }
    }

    @Test("3.1.2.11.4: a Maximum Packet Size of 0 is a protocol error")
    func zero() async throws {
        try await TestGateway.runOpen { test in
            let client = try await test.openAnonymously()
            let body: [UInt8] =
                [0, 4, 0x4D, 0x51, 0x54, 0x54, 5, 2, 0, 60, 5, 0x27, 0, 0, 0, 0, 0, 1, 0x61]
            try await client.send(bytes: ByteBuffer(bytes: [0x10, UInt8(body.count)] + body))
            let (packets, _) = try await client.closed()
            guard case .connack(let connack)? = packets.first else {
                Issue.record("no CONNACK: \(packets)")
                return
            }
            #expect(connack.reasonCode == .protocolError)
        }
    }
}
