import MQTTCodec
import NIOCore
import Testing

/// What went wrong in other people's decoders, one test each: reading past the end, and lengths.
@Suite struct DecoderBoundsTests {
    @Test(arguments: either, [nil, .v3_1_1, .v5] as [MQTTVersion?])
    func `NanoMQ CVE-2026-21888, a remaining length of five bytes`(role: MQTTRole, version: MQTTVersion?) {
        let first: UInt8 = role == .server && version == nil ? 0x10 : 0x30
        for last: UInt8 in [0x01, 0x7F, 0x80, 0xFF] {
            let fault = #expect(throws: MQTTFault.self) {
                try decode([first, 0x80, 0x80, 0x80, 0x80, last], role: role, version: version)
            }
            #expect(fault?.kind == .malformed)
            #expect(fault?.offset == 1)
            // The fourth byte is enough to know.
            #expect(throws: MQTTFault.self) {
                try decode([first, 0xFF, 0xFF, 0xFF, 0xFF], role: role, version: version)
            }
        }
    }

    @Test func `NanoMQ CVE-2026-21888, a property length of five bytes`() {
        let fault = #expect(throws: MQTTFault.self) {
            try decode(frame(0x30, "0001 'a' 8080808001"), role: .client, version: .v5)
        }
        #expect(fault?.kind == .malformed)
    }

    @Test(arguments: v3 + v5)
    func `NanoMQ CVE-2026-25627, a remaining length beyond what has come`(version: MQTTVersion) throws {
        for length: [UInt8] in [[0x7F], [0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0x7F]] {
            let wire = [0x30] + length + bytes("0001 'a' 00 'x'")
            for count in 1...wire.count {
                let nothing = try decode(Array(wire.prefix(count)), role: .client, version: version)
                #expect(nothing == nil)
            }
        }
    }

    @Test(arguments: v3 + v5)
    func `NanoMQ CVE-2023-34488 and CVE-2024-42648, CONNECT with lengths beyond it`(
        version: MQTTVersion
    ) throws {
        var generator = PacketGenerator(seed: 31, version: version)
        for _ in 0..<10 {
            let wire = try encode(.connect(try generator.connect()), version: version)
            tryLengths(in: wire, role: .server, version: nil)
        }
    }

    @Test(arguments: v3 + v5)
    func `mosquitto CVE-2021-34432, a topic of no bytes`(version: MQTTVersion) {
        let properties = version == .v5 ? "00" : ""
        for first: UInt8 in [0x30, 0x31] {
            let fault = #expect(throws: MQTTFault.self) {
                try decode(frame(first, "0000 \(properties) 'x'"), role: .server, version: version)
            }
            #expect(fault?.kind == .protocolError)
        }
        #expect(throws: MQTTFault.self) {
            try decode(frame(0x30, "0000 \(properties)"), role: .client, version: version)
        }
    }

    @Test(arguments: v3 + v5)
    func `mosquitto CVE-2024-10525, SUBACK without reason codes`(version: MQTTVersion) {
        let properties = version == .v5 ? "00" : ""
        let fault = #expect(throws: MQTTFault.self) {
            try decode(frame(0x90, "0001 \(properties)"), role: .client, version: version)
        }
        #expect(fault?.kind == .malformed)
        for body in ["", "00", "0001"] where version == .v5 || body.count < 4 {
            #expect(throws: MQTTFault.self) {
                try decode(frame(0x90, body), role: .client, version: version)
            }
        }
    }

    @Test(arguments: v3 + v5)
    func `MQTT-C CVE-2026-54412, PUBLISH shorter than its own header`(version: MQTTVersion) {
        // QoS 1: topic length, topic and identifier reach beyond the remaining length, which would be
        // less than nothing as the payload's.
        for body in ["", "00", "0001", "0005 'abc'", "0001 'a'", "0001 'a' 00", "ffff 'a' 0001"] {
            for following in ["", "30 00 00 00 00 00 00 00 00"] {
                let fault = #expect(throws: MQTTFault.self) {
                    try decode(frame(0x32, body) + bytes(following), role: .client, version: version)
                }
                #expect(fault?.kind == .malformed, "\(body)")
            }
        }
    }

    @Test(arguments: either, v3 + v5)
    func `Mongoose CVE-2019-19307, every packet takes bytes`(role: MQTTRole, version: MQTTVersion) {
        var random = SeededGenerator(seed: 37)
        for _ in 0..<1000 {
            let wire = (0..<64).map { _ in
                [0x00, 0x01, 0x02, 0x30, 0x40, 0xC0, 0xD0].randomElement(using: &random) ?? 0
            }
            var decoder = MQTTDecoder(role: role, version: version)
            var buffer = ByteBuffer(bytes: wire.map(UInt8.init))
            var count = 0
            while let packet = try? decoder.decode(&buffer) {
                count += 1
                #expect(packet.type != .connect)
            }
            #expect(count <= 32)
        }
    }

    /// The whole class: any two bytes may be a length. At 0, 1, one less and one more, and the largest.
    @Test(arguments: try PacketCase.all)
    func `Every length of every packet at its edges`(row: PacketCase) {
        for version in row.versions {
            for role in row.roles {
                let isConnect = row.wire[0] == 0x10 && role == .server
                tryLengths(in: row.wire, role: role, version: isConnect ? nil : version)
            }
        }
    }

    private func tryLengths(in wire: [UInt8], role: MQTTRole, version: MQTTVersion?) {
        guard wire.count > 3 else { return }
        for position in 1..<wire.count - 1 {
            let value = UInt16(wire[position]) << 8 | UInt16(wire[position + 1])
            for other in [0, 1, value &- 1, value &+ 1, UInt16(wire.count), 0x7FFF, 0x8000, .max] {
                var damaged = wire
                damaged[position] = UInt8(other >> 8)
                damaged[position + 1] = UInt8(truncatingIfNeeded: other)
                let owned = Result { try decode(damaged, role: role, version: version) }
                let hot = Result { try decodeHotThenOwned(damaged, role: role, version: version) }
                switch (owned, hot) {
                case (.success(let first), .success(let second)) where first == second: break
                case (.failure(let first as MQTTFault), .failure(let second as MQTTFault))
                where first == second: break
                default: Issue.record("the forms differ: \(hexadecimal(damaged))")
                }
            }
        }
    }
}
