import MQTTCodec
import NIOCore
import Testing

@Suite struct MQTTPacketDescriptionTests {
    @Test func `Packets are one tidy line`() throws {
        let publish = MQTTPublish(
            topic: "a/b", payload: ByteBuffer(string: "hello"),
            delivery: .atLeastOnce(packetID: 7, dup: true),
            retain: true, properties: properties { $0.topicAlias = 3 })
        #expect(
            MQTTPacket.publish(publish).description
                == #"PUBLISH "a/b" qos=1 id=7 dup retain payload=5B {topicAlias=3}"#)
        #expect(
            MQTTPacket.suback(MQTTSuback(packetID: 2, reasonCodes: [.grantedQoS0, .notAuthorized]))
                .description
                == "SUBACK id=2 [Granted QoS 0, Not authorized]")
        #expect(
            MQTTPacket.pubrec(MQTTAcknowledgement(packetID: 2)).description == "PUBREC id=2 (Success)")
        #expect(
            MQTTPacket.subscribe(
                MQTTSubscribe(
                    packetID: 1,
                    subscriptions: [
                        MQTTSubscription(filter: "#", qos: .exactlyOnce, retainHandling: .doNotSend)
                    ])
            ).description == ##"SUBSCRIBE id=1 ["#" qos=2 retainHandling=2]"##)
        #expect(MQTTPacket.pingreq.description == "PINGREQ")
        #expect(MQTTPacket.disconnect(MQTTDisconnect()).description == "DISCONNECT (Normal disconnection)")
    }

    @Test func `Secrets and payloads are not printed`() throws {
        let secret = ByteBuffer(string: "hunter2")
        let connect = MQTTPacket.connect(
            MQTTConnect(
                version: .v5, clientID: "c",
                will: MQTTWill(topic: try MQTTTopicName("w"), payload: ByteBuffer(string: "gone")),
                userName: "u", password: secret,
                properties: properties {
                    $0.authenticationMethod = "m"
                    $0.authenticationData = secret
                }))
        var wire = ByteBuffer()
        try connect.encode(into: &wire, version: .v5)
        let texts = [
            connect.description, String(describing: connect), MQTTPacketExplanation(wire.array).description,
        ]
        for text in texts {
            #expect(!text.contains("hunter2"))
            #expect(!text.contains("68 75 6e 74"))
        }
        #expect(connect.description.contains("password=(7B)"))
        #expect(MQTTPacketExplanation(wire.array).description.contains("not shown"))
    }

    @Test func `A peer can't forge a log line`() {
        let packet = MQTTPacket.publish(
            MQTTPublish(topic: "a\"\n\u{1B}[0m\u{202E}\u{FEFF}b\\", payload: ByteBuffer()))
        #expect(
            packet.description
                == #"PUBLISH "a\"\u{A}\u{1B}[0m\u{202E}\u{FEFF}b\\" qos=0 payload=0B"#)
        let long = MQTTPublish(topic: String(repeating: "x", count: 65_535), payload: ByteBuffer())
        #expect(long.description.count < 400)
    }
}
