import MQTTCodec
import NIOCore
import Testing

/// What exhausted other people's brokers, as far as it is the codec's to prevent.
@Suite struct ExhaustionTests {
    @Test func `mosquitto CVE-2017-7651 and CVE-2023-0809, a great length before CONNECT is accepted`() {
        let largest: [UInt8] = [0xFF, 0xFF, 0xFF, 0x7F]
        let connect = #expect(throws: MQTTFault.self) {
            try decode([0x10] + largest, role: .server, version: nil)
        }
        #expect(connect?.kind == .packetTooLarge)
        // Not CONNECT: refused by the first byte, whatever length follows.
        for first: UInt8 in [0x30, 0x82, 0xC0, 0xF0] {
            let other = #expect(throws: MQTTFault.self) { try decode([first], role: .server, version: nil) }
            #expect(other?.statement == "MQTT-3.1.0-1")
        }
    }

    @Test func `mosquitto CVE-2021-41039 and EMQX 17569, user properties in linear time`() throws {
        func nanosecondsEach(_ count: Int) throws -> Double {
            var properties = MQTTProperties()
            properties.userProperties = Array(
                repeating: MQTTUserProperty(name: "k", value: "v"), count: count)
            let packet = MQTTPacket.publish(
                MQTTPublish(topic: "a", payload: ByteBuffer(), properties: properties))
            let wire = try encode(packet, version: .v5)
            var best = Double.infinity
            for _ in 0..<5 {
                let start = ContinuousClock.now
                let decoded = try decode(wire, role: .server, version: .v5)
                guard case .publish(let publish)? = decoded else { return .infinity }
                #expect(publish.properties.userProperties.count == count)
                best = min(best, (ContinuousClock.now - start) / .nanoseconds(1))
            }
            return best / Double(count)
        }
        // Quadratic work would cost 64 times as much each.
        #expect(try nanosecondsEach(64_000) < 32 * nanosecondsEach(1_000))
    }

    @Test func `mosquitto CVE-2019-11779, a topic of 65,535 levels`() throws {
        let deep = String(repeating: "/", count: 65_535)
        let packet = MQTTPacket.publish(MQTTPublish(topic: deep, payload: ByteBuffer()))
        for version in both {
            #expect(
                try decode(try encode(packet, version: version), role: .server, version: version) == packet)
        }
        let filter = try MQTTTopicFilter(String(repeating: "+/", count: 32_767) + "#")
        #expect(try filter.matches(MQTTTopicName(deep)))
        #expect(try !MQTTTopicFilter(String(repeating: "+/", count: 32_767)).matches(MQTTTopicName(deep)))
    }
}
