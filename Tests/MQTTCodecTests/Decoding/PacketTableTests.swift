import MQTTCodec
import NIOCore
import Testing

/// The table of packets against the decoder, in both forms, and the encoder.
@Suite struct PacketTableTests {
    /// Calls `body` with every version and side a row is for; nil for a server's version at CONNECT.
    private func forEach(
        _ row: PacketCase, _ body: (MQTTRole, MQTTVersion, _ known: MQTTVersion?) throws -> Void
    ) rethrows {
        for version in row.versions {
            for role in row.roles {
                let isConnect = row.wire[0] == 0x10 && role == .server
                try body(role, version, isConnect ? nil : version)
            }
        }
    }

    @Test(arguments: try PacketCase.all)
    func `Both forms decode a row alike`(row: PacketCase) throws {
        forEach(row) { role, version, known in
            for form in [decode, decodeHotThenOwned] {
                switch row.expected {
                case .packet(let packet), .longForm(let packet):
                    let decoded = Result { try form(row.wire, role, known) }
                    #expect(decoded.success == .some(packet), "\(decoded)")
                case .fault(let kind, let reasonCode, let offset):
                    let fault = #expect(throws: MQTTFault.self) { try form(row.wire, role, known) }
                    #expect(fault?.statement == row.statement)
                    #expect(fault?.kind == kind)
                    #expect(fault?.reasonCode == reasonCode)
                    #expect(fault?.offset == offset)
                }
            }
        }
    }

    @Test(arguments: try PacketCase.all)
    func `The encoder writes what the table has`(row: PacketCase) throws {
        let packet: MQTTPacket
        switch row.expected {
        case .packet(let expected), .longForm(let expected): packet = expected
        case .fault: return
        }
        try forEach(row) { role, version, known in
            var buffer = ByteBuffer()
            try packet.encode(into: &buffer, version: version)
            #expect(buffer.readableBytes == packet.encodedSize(version: version))
            if case .longForm = row.expected {
                #expect(buffer.readableBytes < row.wire.count)
                #expect(try decode(buffer.array, role: role, version: known) == packet)
            } else {
                #expect(hexadecimal(buffer.array) == hexadecimal(row.wire))
            }
        }
    }

    @Test(arguments: try PacketCase.all)
    func `A valid packet cut short inside is truncated, whatever its length says`(row: PacketCase) throws {
        guard case .packet = row.expected else { return }
        let body = Array(row.wire.dropFirst(2))
        forEach(row) { role, version, known in
            for count in 0..<body.count {
                // Some packets may end earlier; then they are other valid packets. None may be misread.
                let bytes = frame(row.wire[0], Array(body.prefix(count)))
                let owned = Result { try decode(bytes, role: role, version: known) }
                let hot = Result { try decodeHotThenOwned(bytes, role: role, version: known) }
                switch (owned, hot) {
                case (.success(let first), .success(let second)):
                    #expect(first == second)
                    #expect(first != nil)
                case (.failure(let first), .failure(let second)):
                    #expect(first as? MQTTFault == second as? MQTTFault)
                default: Issue.record("forms differ after \(count) bytes")
                }
            }
        }
    }

    @Test(arguments: try PacketCase.all)
    func `A row cut anywhere waits for the rest, or faults as the whole does`(row: PacketCase) throws {
        forEach(row) { role, version, known in
            let whole = Result { try decode(row.wire, role: role, version: known) }
            for cut in 0..<row.wire.count {
                let decoder = MQTTDecoder(role: role, version: known)
                var owned = decoder
                var hot = decoder
                var buffer = ByteBuffer(bytes: row.wire.prefix(cut))
                do {
                    #expect(try owned.decode(&buffer) == nil)
                    #expect(buffer.readableBytes == cut)
                    buffer.writeBytes(row.wire.dropFirst(cut))
                    let joined = Result { try owned.decode(&buffer) }
                    #expect(joined.success == whole.success)
                } catch {
                    // What is wrong is known before all has come.
                    #expect((error as? MQTTFault) == (whole.failure as? MQTTFault))
                }
                row.wire.prefix(cut).withUnsafeBytes { bytes in
                    var offset = 0
                    if let packet = try? hot.decodeHot(bytes, &offset) { Issue.record("\(packet)") }
                    #expect(offset == 0)
                }
            }
        }
    }

    @Test func `Every row that faults has its explanation`() throws {
        for row in try PacketCase.all {
            guard case .fault(_, _, let offset) = row.expected else { continue }
            forEach(row) { role, version, known in
                let explanation = MQTTPacketExplanation(row.wire, version: version, role: role)
                #expect(
                    explanation.fault?.statement == row.statement || known == nil, "\(row.testDescription)")
                #expect(explanation.fault?.offset == offset, "\(row.testDescription)")
            }
        }
    }
}

extension Result {
    var success: Success? { try? get() }
    var failure: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}
