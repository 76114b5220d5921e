import MQTTCodec
import Testing

@Suite struct MQTTPacketExplanationTests {
    @Test func `A good packet, field by field`() {
        let explanation = MQTTPacketExplanation(frame(0x32, "0003 'a/b' 0007 {23 0001} 'hi'"), version: .v5)
        #expect(
            explanation.description == """
                PUBLISH, read as MQTT 5
                   0  32              packet type and flags  PUBLISH, QoS 1
                   1  0d              remaining length       13 bytes
                   2  00 03 61 2f 62  topic name             "a/b"
                   7  00 07           packet identifier      7
                   9  03              property length        3 bytes
                  10  23              property identifier    topic alias
                  11  00 01           topic alias            1
                  13  68 69           payload                2 bytes
                PUBLISH "a/b" qos=1 id=7 payload=2B {topicAlias=1}
                """)
    }

    @Test func `A bad packet, up to the byte that is wrong`() {
        let explanation = MQTTPacketExplanation(frame(0x82, "0001 0001 'a' 03"), version: .v3_1_1)
        #expect(
            explanation.description == """
                SUBSCRIBE, read as MQTT 3.1.1
                  0  82        packet type and flags  SUBSCRIBE
                  1  06        remaining length       6 bytes
                  2  00 01     packet identifier      1
                  4  00 01 61  topic filter           "a"
                  7  03        requested QoS          QoS 3
                fault at byte 7, 0x03: the requested QoS is 3
                rule MQTT-3-8.3-4; reason code Protocol Error
                """)
        #expect(explanation.packet == nil)
    }

    @Test func `A packet that isn't all there lacks bytes and has no fault`() {
        let whole = frame(0x10, "0004 'MQTT' 04 c2 003c 0001 'c' 0001 'u' 0001 'p'")
        for count in 0..<whole.count {
            let explanation = MQTTPacketExplanation(Array(whole.prefix(count)))
            #expect(explanation.fault == nil)
            #expect(explanation.packet == nil)
            #expect(explanation.missingByteCount > 0)
            if count >= 2 { #expect(explanation.missingByteCount == whole.count - count) }
        }
        let more = MQTTPacketExplanation(whole + [1, 2, 3])
        #expect(more.packet != nil)
        #expect(more.followingByteCount == 3)
        #expect(more.description.hasSuffix("3 bytes after the packet"))
    }

    @Test func `The version comes from the caller, from CONNECT, or is a guess that says so`() {
        let connect = MQTTPacketExplanation(frame(0x10, "0004 'MQTT' 04 03 0000 0000"))
        #expect(connect.version == .v3_1_1)
        #expect(!connect.isVersionAssumed)
        #expect(connect.fault?.statement == "MQTT-3.1.2-3")
        let older = MQTTPacketExplanation(frame(0x30, "0001 'a' 'x'"))
        #expect(older.version == .v3_1_1)
        #expect(older.isVersionAssumed)
        #expect(older.description.contains("(assumed)"))
        #expect(MQTTPacketExplanation(frame(0x30, "0001 'a' 00 'x'")).version == .v5)
    }
}
