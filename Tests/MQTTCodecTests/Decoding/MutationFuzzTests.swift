import MQTTCodec
import NIOCore
import Testing

/// Damaged packets, seeded: the decoder may refuse them or not, but never traps, both forms agree, and
/// what it accepts is a packet the encoder would write.
@Suite struct MutationFuzzTests {
    @Test(arguments: StreamPropertyTests.sides)
    func `Damaged packets are refused alike or are packets`(version: MQTTVersion, role: MQTTRole) throws {
        var generator = PacketGenerator(seed: 4, version: version)
        var refused = 0
        var accepted = 0
        for _ in 0..<2000 {
            let isConnect = role == .server && generator.number(0...4) == 0
            let packet = isConnect ? .connect(try generator.connect()) : try generator.packet(for: role)
            var buffer = ByteBuffer()
            try packet.encode(into: &buffer, version: version)
            var bytes = buffer.array
            for _ in 0...generator.number(0...2) { damage(&bytes, &generator) }
            let known = isConnect ? nil : version

            let owned = Result { try decode(bytes, role: role, version: known) }
            let hot = Result { try decodeHotThenOwned(bytes, role: role, version: known) }
            _ = MQTTPacketExplanation(bytes, version: version, role: role).description
            switch (owned, hot) {
            case (.success(let first), .success(let second)):
                #expect(first == second)
                if let first {
                    accepted += 1
                    try roundTrip(
                        first, role: role, version: known ?? connectVersion(first) ?? version, known)
                }
            case (.failure(let first), .failure(let second)):
                #expect(first as? MQTTFault == second as? MQTTFault)
                refused += 1
            default: Issue.record("forms differ: \(hexadecimal(bytes))")
            }
        }
        // The damage is neither always fatal nor always harmless.
        #expect(refused > 200)
        #expect(accepted > 200)
    }

    @Test func `Noise never traps`() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<4000 {
            let noise = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            for role in either {
                for version in [nil, .v3_1_1, .v5] as [MQTTVersion?] {
                    let owned = Result { try decode(noise, role: role, version: version) }
                    let hot = Result { try decodeHotThenOwned(noise, role: role, version: version) }
                    #expect((owned.success == nil) == (hot.success == nil))
                }
            }
        }
    }

    private func connectVersion(_ packet: MQTTPacket) -> MQTTVersion? {
        if case .connect(let connect) = packet { connect.version } else { nil }
    }

    private func roundTrip(
        _ packet: MQTTPacket, role: MQTTRole, version: MQTTVersion, _ known: MQTTVersion?
    ) throws {
        var buffer = ByteBuffer()
        try packet.encode(into: &buffer, version: version)
        #expect(try decode(buffer.array, role: role, version: known) == packet)
    }

    private func damage(_ bytes: inout [UInt8], _ generator: inout PacketGenerator) {
        guard !bytes.isEmpty else { return }
        let index = generator.number(0...bytes.count - 1)
        switch generator.number(0...5) {
        case 0: bytes[index] ^= 1 << UInt8(generator.number(0...7))
        case 1: bytes[index] = UInt8([0, 1, 0x7F, 0x80, 0xFF][generator.number(0...4)])
        case 2: bytes.remove(at: index)
        case 3: bytes.insert(UInt8(generator.number(0...255)), at: index)
        case 4: bytes.removeLast(generator.number(0...bytes.count - 1))
        default: bytes += bytes[index...].prefix(8)
        }
        // Often the length is made to fit again, or most damage would end there.
        if generator.bool(), bytes.count > 2, bytes.count < 130 { bytes[1] = UInt8(bytes.count - 2) }
    }
}
