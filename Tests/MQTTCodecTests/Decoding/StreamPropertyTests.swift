import MQTTCodec
import NIOCore
import Testing

/// Seeded properties of random packets.
@Suite struct StreamPropertyTests {
    static let sides: [(MQTTVersion, MQTTRole)] = MQTTVersion.allCases.flatMap { version in
        either.map { (version, $0) }
    }

    @Test(arguments: sides)
    func `Every packet survives the round trip, alike in both forms`(version: MQTTVersion, role: MQTTRole)
        throws
    {
        var generator = PacketGenerator(seed: 1, version: version)
        for _ in 0..<1000 {
            let packet = try generator.packet(for: role)
            var buffer = ByteBuffer()
            try packet.encode(into: &buffer, version: version)
            #expect(buffer.readableBytes == packet.encodedSize(version: version))
            #expect(try decode(buffer.array, role: role, version: version) == packet)
            #expect(try decodeHotThenOwned(buffer.array, role: role, version: version) == packet)
            let explanation = MQTTPacketExplanation(buffer.array, version: version, role: role)
            #expect(explanation.packet == packet)
            #expect(!packet.description.contains("\n"))
        }
    }

    @Test(arguments: MQTTVersion.allCases)
    func `Every CONNECT survives the round trip`(version: MQTTVersion) throws {
        var generator = PacketGenerator(seed: 2, version: version)
        for _ in 0..<800 {
            let packet = MQTTPacket.connect(try generator.connect())
            var buffer = ByteBuffer()
            try packet.encode(into: &buffer, version: version)
            #expect(buffer.readableBytes == packet.encodedSize(version: version))
            #expect(try decode(buffer.array, role: .server, version: nil) == packet)
            #expect(try decodeHotThenOwned(buffer.array, role: .server, version: nil) == packet)
        }
    }

    @Test(arguments: sides)
    func `A stream cut at every byte gives the same packets`(version: MQTTVersion, role: MQTTRole) throws {
        var generator = PacketGenerator(seed: 3, version: version)
        for _ in 0..<12 {
            var packets: [MQTTPacket] = role == .server ? [.connect(try generator.connect())] : []
            for _ in 0..<3 { packets.append(try generator.packet(for: role)) }
            var stream = ByteBuffer()
            for packet in packets { try packet.encode(into: &stream, version: version) }
            let bytes = stream.array
            for cut in 0...bytes.count {
                #expect(try decodeAll(bytes, cuts: [cut], role: role, version: version) == packets)
            }
            #expect(
                try decodeAll(bytes, cuts: Array(0...bytes.count), role: role, version: version) == packets)
            #expect(try countHot(bytes, role: role, version: version) == packets.count)
        }
    }

    private func decodeAll(
        _ bytes: [UInt8], cuts: [Int], role: MQTTRole, version: MQTTVersion
    ) throws -> [MQTTPacket] {
        var decoder = MQTTDecoder(role: role, version: role == .server ? nil : version)
        var buffer = ByteBuffer()
        var packets: [MQTTPacket] = []
        var written = 0
        for cut in cuts + [bytes.count] {
            buffer.writeBytes(bytes[written..<max(cut, written)])
            written = max(cut, written)
            while let packet = try decoder.decode(&buffer) { packets.append(packet) }
        }
        #expect(buffer.readableBytes == 0)
        return packets
    }

    /// Offers the hot decoder one byte more each time, as a connection that reads slowly does.
    private func countHot(_ bytes: [UInt8], role: MQTTRole, version: MQTTVersion) throws -> Int {
        var decoder = MQTTDecoder(role: role, version: role == .server ? nil : version)
        var offset = 0
        var count = 0
        try bytes.withUnsafeBytes { memory in
            for end in 0...bytes.count {
                let before = offset
                if try decoder.decodeHot(UnsafeRawBufferPointer(rebasing: memory[..<end]), &offset) == nil {
                    #expect(offset == before)
                } else {
                    #expect(offset == end)
                    count += 1
                }
            }
        }
        #expect(offset == bytes.count)
        return count
    }
}
