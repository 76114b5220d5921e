import MQTTCodec
import NIOCore
import Testing

@Suite struct MQTTDecoderTests {
    private let connect = frame(0x10, "0004 'MQTT' 05 02 0000 00 0001 'c'")

    @Test func `MQTT-3.1.0-1, only CONNECT comes first, refused by its first byte`() {
        for type in UInt8(2)...15 {
            var decoder = MQTTDecoder(role: .server)
            var buffer = ByteBuffer(bytes: [type << 4])
            let fault = #expect(throws: MQTTFault.self) { try decoder.decode(&buffer) }
            #expect(fault?.statement == "MQTT-3.1.0-1")
            #expect(buffer.readableBytes == 1)
        }
    }

    @Test func `MQTT-3.1.0-2, CONNECT comes once, in either form`() throws {
        var decoder = MQTTDecoder(role: .server)
        var buffer = ByteBuffer(bytes: connect + connect)
        #expect(try decoder.decode(&buffer)?.type == .connect)
        #expect(decoder.version == .v5)
        #expect(throws: MQTTFault.self) { try decoder.decode(&buffer) }

        (connect + connect).withUnsafeBytes { bytes in
            var decoder = MQTTDecoder(role: .server)
            var offset = 0
            #expect(throws: Never.self) { _ = try decoder.decodeHot(bytes, &offset) }
            #expect(offset == connect.count)
            let fault = #expect(throws: MQTTFault.self) { try decoder.decodeHot(bytes, &offset) }
            #expect(fault?.statement == "MQTT-3.1.0-2")
            #expect(fault?.offset == 0)
            #expect(offset == connect.count)
        }
    }

    @Test func `A server learns the version from CONNECT and reads on in it`() throws {
        var decoder = MQTTDecoder(role: .server)
        #expect(decoder.version == nil)
        var buffer = ByteBuffer(
            bytes: frame(0x10, "0004 'MQTT' 04 02 0000 0001 'c'") + frame(0x30, "0001 'a' 'x'"))
        _ = try decoder.decode(&buffer)
        #expect(decoder.version == .v3_1_1)
        #expect(
            try decoder.decode(&buffer) == .publish(MQTTPublish(topic: "a", payload: ByteBuffer(string: "x")))
        )
        #expect(buffer.readableBytes == 0)
    }

    @Test func `A fault consumes nothing and comes again`() {
        var decoder = MQTTDecoder(role: .server)
        var buffer = ByteBuffer(bytes: frame(0x10, "0004 'MQTT' 05 03 0000 00 0000"))
        let first = #expect(throws: MQTTFault.self) { try decoder.decode(&buffer) }
        let second = #expect(throws: MQTTFault.self) { try decoder.decode(&buffer) }
        #expect(first == second)
    }

    @Test func `Before CONNECT is accepted the smaller limit holds, at its edge`() throws {
        let limits = MQTTLimits(maximumPacketSize: 1000, maximumConnectPacketSize: connect.count)
        var decoder = MQTTDecoder(role: .server, limits: limits)
        var buffer = ByteBuffer(bytes: connect)
        #expect(try decoder.decode(&buffer) != nil)
        // 2 bytes of header announce more than is allowed; nothing of the body has to arrive.
        let publish = frame(0x30, [0, 1, 0x61, 0] + Array(repeating: 0, count: 200))
        buffer = ByteBuffer(bytes: publish.prefix(3))
        let fault = #expect(throws: MQTTFault.self) { try decoder.decode(&buffer) }
        #expect(fault?.kind == .packetTooLarge)
        #expect(fault?.reasonCode == .packetTooLarge)
        #expect(fault?.statement == "MQTT-3.2.2-15")
        decoder.connectionAccepted()
        #expect(try decoder.decode(&buffer) == nil)
    }

    @Test(arguments: [(MQTTRole.server, "MQTT-3.2.2-15"), (.client, "MQTT-3.1.2-24")])
    func `The maximum packet size holds at its edge, fixed header included`(role: MQTTRole, statement: String)
        throws
    {
        let publish = frame(0x30, "0001 'a' 00 '12345'")
        for (limit, isAccepted) in [(publish.count, true), (publish.count - 1, false)] {
            var decoder = MQTTDecoder(role: role, limits: MQTTLimits(maximumPacketSize: limit), version: .v5)
            var buffer = ByteBuffer(bytes: publish)
            if isAccepted {
                #expect(try decoder.decode(&buffer) != nil)
            } else {
                let fault = #expect(throws: MQTTFault.self) { try decoder.decode(&buffer) }
                #expect(fault?.statement == statement)
            }
        }
    }

    @Test(arguments: [0, 1, 126, 127, 128, 16_382, 16_383, 16_384, 2_097_151, 2_097_152])
    func `Remaining lengths at every edge of their encoding`(payloadCount: Int) throws {
        let packet = MQTTPacket.publish(
            MQTTPublish(topic: "a", payload: ByteBuffer(repeating: 7, count: payloadCount)))
        var buffer = ByteBuffer()
        try packet.encode(into: &buffer, version: .v3_1_1)
        var decoder = MQTTDecoder(role: .client, version: .v3_1_1)
        var short = buffer.getSlice(at: 0, length: buffer.readableBytes - 1) ?? ByteBuffer()
        #expect(try decoder.decode(&short) == nil)
        #expect(try decoder.decode(&buffer) == packet)
    }

    @Test func `The largest remaining length is waited for, not buffered`() throws {
        var decoder = MQTTDecoder(role: .client, version: .v5)
        var buffer = ByteBuffer(bytes: bytes("30 ff ff ff 7f 0001 'a'"))
        #expect(try decoder.decode(&buffer) == nil)
        #expect(buffer.readableBytes == 8)
    }

    @Test func `Payloads are slices of the buffer they came in`() throws {
        var decoder = MQTTDecoder(role: .client, version: .v5)
        var buffer = ByteBuffer(bytes: [0xAA] + frame(0x30, "0001 'a' 00 'payload'"))
        buffer.moveReaderIndex(forwardBy: 1)
        let whole = buffer
        guard case .publish(let publish)? = try decoder.decode(&buffer) else {
            Issue.record("no PUBLISH")
            return
        }
        let addresses = (
            whole.withUnsafeReadableBytes { $0.baseAddress.map { $0 + 6 } },
            publish.payload.withUnsafeReadableBytes { $0.baseAddress }
        )
        #expect(addresses.0 == addresses.1)
    }

    @Test func `A range that isn't one packet is refused`() throws {
        let decoder = MQTTDecoder(role: .server, version: .v5)
        let two = bytes("c0 00 c0 00")
        try two.withUnsafeBytes { bytes in
            let second = try decoder.decodeOwned(bytes, 2..<4)
            #expect(second == .pingreq)
            for range in [0..<0, 0..<1, 0..<3, 0..<4, 0..<5, 4..<4] {
                #expect(throws: MQTTFault.self) { try decoder.decodeOwned(bytes, range) }
            }
        }
    }

    @Test func `Offsets make packets only of bytes they fit`() throws {
        let packet = frame(0x30, "0001 'a' {01 01} 'payload'")
        var offset = 0
        var decoder = MQTTDecoder(role: .client, version: .v5)
        let hot = try packet.withUnsafeBytes { try decoder.decodeHot($0, &offset) }
        guard case .publish(let offsets)? = hot else {
            Issue.record("no PUBLISH")
            return
        }
        for count in 0..<packet.count {
            #expect(throws: MQTTFault.self) {
                try packet.prefix(count).withUnsafeBytes { try decoder.decodeOwned($0, offsets) }
            }
        }
        var other = packet
        other[6] = 0xFF
        #expect(throws: MQTTFault.self) {
            try other.withUnsafeBytes { try decoder.decodeOwned($0, offsets) }
        }
    }
}
