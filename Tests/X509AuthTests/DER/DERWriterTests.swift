import Testing

@testable import X509Auth

@Suite("DER writer")
struct DERWriterTests {
    @Test("lengths take the shortest form", arguments: [0, 1, 127, 128, 255, 256, 65_535, 65_536])
    func lengths(_ count: Int) throws {
        let content = [UInt8](repeating: 7, count: count)
        let bytes = DERWriter.octetString(content)
        #expect(bytes == DER.octets(content))
        var reader = DERReader(bytes)
        #expect(reader.content(try reader.next(DERTag.octetString)) == content)
    }

    @Test("integers are minimal and not negative")
    func integers() {
        #expect(DERWriter.unsignedInteger([0, 0]) == [2, 1, 0])
        #expect(DERWriter.unsignedInteger([0, 0x7f]) == [2, 1, 0x7f])
        #expect(DERWriter.unsignedInteger([0x80]) == [2, 2, 0, 0x80])
        #expect(DERWriter.unsignedInteger(0) == [2, 1, 0])
        #expect(DERWriter.unsignedInteger(256) == [2, 2, 1, 0])
    }

    @Test(
        "object identifiers",
        arguments: ["2.5.4.3", "1.2.840.113549.1.9.1", "0.9.2342.19200300.100.1.25", "2.999.1", "2.5.4.0"])
    func objectIdentifiers(_ dotted: String) throws {
        let bytes = try #require(DERWriter.objectIdentifier(dotted))
        var reader = DERReader(bytes)
        #expect(try reader.objectIdentifier() == dotted)
    }

    @Test(
        "texts that are no object identifier",
        arguments: [
            "", "1", "3.1", "1.40", "1..2", "1.2.", "01.2", "1.02", "a.b", "1.2.-3", "1.2 ",
            "1.2.9999999999999999999", String(repeating: "1.", count: 40) + "1",
        ])
    func notObjectIdentifiers(_ text: String) {
        #expect(DERWriter.objectIdentifier(text) == nil)
    }

    @Test("named bits leave trailing zeros out")
    func namedBits() {
        #expect(DERWriter.namedBits([]) == [3, 1, 0])
        #expect(DERWriter.namedBits([0]) == [3, 2, 7, 0x80])
        #expect(DERWriter.namedBits([5, 6]) == [3, 2, 1, 0x06])
        #expect(DERWriter.namedBits([0, 8]) == [3, 3, 7, 0x80, 0x80])
    }

    @Test("times: UTCTime for 1950 to 2049, GeneralizedTime outside")
    func times() throws {
        for (seconds, tag) in [
            (-631_152_000, DERTag.utcTime), (0, DERTag.utcTime), (2_524_607_999, DERTag.utcTime),
            (2_524_608_000, DERTag.generalizedTime), (253_402_300_799, DERTag.generalizedTime),
            (-631_152_001, DERTag.generalizedTime),
        ] as [(Int64, UInt8)] {
            let bytes = DERWriter.time(seconds)
            #expect(bytes.first == tag)
            var reader = DERReader(bytes)
            #expect(try reader.time() == seconds)
        }
    }
}
