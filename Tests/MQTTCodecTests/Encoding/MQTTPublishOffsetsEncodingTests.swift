import MQTTCodec
import NIOCore
import Testing

@Suite struct MQTTPublishOffsetsEncodingTests {
    @Test(arguments: MQTTVersion.allCases)
    func `A PUBLISH is forwarded with another delivery, all else as it came`(version: MQTTVersion) throws {
        var generator = PacketGenerator(seed: 17, version: version)
        for _ in 0..<1000 {
            var publish = generator.publish(fromServer: true)
            let bytes = try encode(.publish(publish), version: version)
            var decoder = MQTTDecoder(role: .client, version: version)
            var forwarded = ByteBuffer()
            let other = generator.publish(fromServer: true)
            try bytes.withUnsafeBytes { bytes in
                var offset = 0
                guard case .publish(let offsets)? = try decoder.decodeHot(bytes, &offset) else {
                    Issue.record("no PUBLISH")
                    return
                }
                let count = offsets.encode(
                    from: bytes, into: &forwarded, delivery: other.delivery, retain: other.retain)
                #expect(count == forwarded.readableBytes)
            }
            publish.delivery = other.delivery
            publish.retain = other.retain
            #expect(try decode(forwarded.array, role: .client, version: version) == .publish(publish))
        }
    }

    @Test func `Bytes that are too few give nothing`() throws {
        let packet = frame(0x32, "0001 'a' 0007 {01 01} 'payload'")
        var decoder = MQTTDecoder(role: .client, version: .v5)
        var offset = 0
        let hot = try packet.withUnsafeBytes { try decoder.decodeHot($0, &offset) }
        guard case .publish(let offsets)? = hot else {
            Issue.record("no PUBLISH")
            return
        }
        var buffer = ByteBuffer()
        for count in 0..<packet.count {
            let written = packet.prefix(count).withUnsafeBytes {
                offsets.encode(from: $0, into: &buffer, delivery: .atMostOnce, retain: false)
            }
            #expect(written == 0)
        }
        #expect(buffer.readableBytes == 0)
    }
}
