import NIOCore
import Testing

@testable import GatewayTLS

@Suite("PROXY headers in pieces, and garbage")
struct PROXYHeaderParserTests {
    private static let headers: [[UInt8]] = [
        Array("PROXY TCP4 192.0.2.1 192.0.2.2 1 65535\r\n".utf8), Array("PROXY UNKNOWN\r\n".utf8),
        PROXYHeaders.v2(), PROXYHeaders.v2(0x20, family: 0, addresses: []),
        PROXYHeaders.v2(family: 0x21, addresses: PROXYHeaders.inet6),
        PROXYHeaders.checksummed(PROXYHeaders.tlv(0x01, "mqtt") + PROXYHeaders.tlv(0x02, "name")),
        PROXYHeaders.v2(
            tlvs: PROXYHeaders.tlv(0x20, [7, 0, 0, 0, 0] + PROXYHeaders.tlv(0x21, "TLSv1.2"))),
    ]

    @Test("reads the same however its bytes are split", arguments: headers)
    func splits(_ bytes: [UInt8]) throws {
        let expected = try PROXYHeaders.read(bytes).header
        let behind: [UInt8] = [0x16, 3, 1, 0]
        for split in 1..<bytes.count {
            var parser = PROXYHeaderParser()
            #expect(try parser.receive(Array(bytes[..<split])) == .needMore)
            let rest = Array(bytes[split...])
            #expect(try parser.receive(rest + behind) == .complete(expected, consumed: rest.count))
        }
        var parser = PROXYHeaderParser()
        for byte in bytes.dropLast() { #expect(try parser.receive([byte]) == .needMore) }
        #expect(try parser.receive([bytes[bytes.count - 1]]) == .complete(expected, consumed: 1))
    }

    @Test(
        "altered headers are read or refused alike in one piece and byte by byte", arguments: UInt64(1)...20)
    func mutations(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var bytes = try #require(Self.headers.randomElement(using: &random))
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: index)
                default: bytes.remove(at: index)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            var whole = PROXYHeaderParser()
            let expected = Result { try whole.receive(bytes) }
            var parser = PROXYHeaderParser()
            var taken = 0
            var piecewise = Result<PROXYHeaderParser.Progress, any Error>.success(.needMore)
            for byte in bytes {
                piecewise = Result { try parser.receive([byte]) }
                taken += 1
                if case .success(.needMore) = piecewise { continue }
                break
            }
            switch (expected, piecewise) {
            case (.success(.needMore), .success(.needMore)): break
            case (.success(.complete(let one, let consumed)), .success(.complete(let other, _))):
                #expect(one == other && consumed == taken)
            case (.failure(let one as PROXYHeaderError), .failure(let other as PROXYHeaderError)):
                #expect(one == other)
            default: Issue.record("\(bytes): \(expected) but \(piecewise)")
            }
        }
    }

    @Test("trusted peers are those of the list, and nobody without an address")
    func trust() throws {
        let rule = PROXYProtocol(trustedPeers: try [#require(AddressPrefix("10.0.0.0/8"))])
        #expect(rule.isRequired(of: try .init(ipAddress: "10.1.2.3", port: 1)))
        #expect(rule.isRequired(of: try .init(ipAddress: "::ffff:10.1.2.3", port: 1)))
        #expect(!rule.isRequired(of: try .init(ipAddress: "11.0.0.1", port: 1)))
        #expect(!rule.isRequired(of: nil))
        #expect(!PROXYProtocol(trustedPeers: []).isRequired(of: try .init(ipAddress: "10.1.2.3", port: 1)))
    }
}
