import Testing

@testable import X509Auth

@Suite("DER reader")
struct DERReaderTests {
    @Test("values one after the other, and inside each other")
    func reads() throws {
        var reader = DERReader(DER.sequence(DER.tlv(0x02, [5]), DER.boolean(true)) + DER.null)
        let outer = try reader.next(DERTag.sequence)
        var inner = reader.inside(outer)
        #expect(try inner.smallInteger() == 5)
        #expect(try inner.boolean())
        try inner.finish()
        #expect(reader.content(try reader.next(DERTag.null)) == [])
        #expect(reader.isAtEnd)
    }

    @Test(
        "lengths that are cut, indefinite or not in their shortest form; high tag numbers",
        arguments: [
            [], [0x30], [0x30, 1], [0x30, 0x80, 0, 0], [0x30, 0x81, 1, 5],
            [0x30, 0x82, 0, 0x80] + [UInt8](repeating: 0, count: 128),
            [0x30, 0x85, 0, 0, 0, 0, 1, 0], [0x1f, 0x81, 0], [0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            [0x30, 0x81],
        ] as [[UInt8]])
    func refuses(_ bytes: [UInt8]) {
        #expect(throws: DERFailure.self) {
            var reader = DERReader(bytes)
            _ = try reader.next()
        }
    }

    @Test("long lengths in their shortest form", arguments: [127, 128, 255, 256, 65_535, 65_536])
    func lengths(_ count: Int) throws {
        var reader = DERReader(DER.octets([UInt8](repeating: 1, count: count)))
        #expect(try reader.next(DERTag.octetString).content.count == count)
        try reader.finish()
    }

    @Test(
        "times as RFC 5280 writes them",
        arguments: [
            (0x17, "490101000000Z", 2_493_072_000), (0x17, "500101000000Z", -631_152_000),
            (0x18, "20500101000000Z", 2_524_608_000), (0x18, "99991231235959Z", 253_402_300_799),
            (0x17, "000229000000Z", 951_782_400), (0x17, "010229000000Z", nil), (0x17, "491301000000Z", nil),
            (0x17, "490101240000Z", nil), (0x17, "4901010000Z", nil), (0x17, "490101000000+0000", nil),
            (0x18, "20500101000000.5Z", nil), (0x18, "205001010000Z", nil), (0x16, "490101000000Z", nil),
        ] as [(UInt8, String, Int64?)])
    func times(_ tag: UInt8, _ text: String, _ seconds: Int64?) {
        #expect(DERTime.seconds(tag: tag, Array(text.utf8)[...]) == seconds)
    }

    @Test("times agree with their text, year by year")
    func timesBothWays() {
        for seconds in stride(from: Int64(-631_152_000), to: 253_402_300_799, by: 31_557_600 * 7 + 12_345) {
            let digits = UTCTime.string(seconds).utf8.filter { (0x30...0x39).contains($0) }
            #expect(DERTime.seconds(tag: DERTag.generalizedTime, (digits + [0x5a])[...]) == seconds)
        }
    }

    @Test(
        "booleans, integers, bit strings and identifiers that are not canonical",
        arguments: [
            [0x01, 1, 1], [0x01, 0], [0x02, 0], [0x02, 2, 0, 0x7f], [0x02, 2, 0xff, 0x80], [0x03, 0],
            [0x03, 1, 1],
            [0x03, 2, 8, 0], [0x03, 2, 4, 0x0f], [0x06, 0], [0x06, 2, 0x80, 1], [0x06, 1, 0x80],
        ] as [[UInt8]])
    func values(_ bytes: [UInt8]) {
        #expect(throws: DERFailure.self) {
            var reader = DERReader(bytes)
            switch bytes[0] {
            case 1: _ = try reader.boolean()
            case 2: _ = try reader.integer()
            case 3: _ = try reader.bitString()
            default: _ = try reader.objectIdentifier()
            }
        }
    }

    @Test(
        "identifiers",
        arguments: ["1.2.840.113549.1.1.11", "2.5.29.15", "2.999.3", "0.9.2342.19200300.100.1.25"])
    func identifiers(_ text: String) throws {
        var reader = DERReader(try #require(DERWriter.objectIdentifier(text)))
        #expect(try reader.objectIdentifier() == text)
    }

    @Test("any bytes: an end, never a trap, and never past the end")
    func anyBytes() {
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                [0x30, 0x02, 0x81, 0x80, 0x01, 0x05, UInt8.random(in: 0...255, using: &generator)]
                    .randomElement(using: &generator) ?? 0
            }
            var reader = DERReader(bytes)
            while let element = try? reader.next() {
                #expect(
                    element.content.upperBound <= bytes.count && element.whole.upperBound == reader.position)
            }
        }
    }
}
