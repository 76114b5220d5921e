import Testing

@testable import X509Auth

@Suite("Serial number")
struct SerialNumberTests {
    @Test("decimal form of the policy documentation's example")
    func documentedExample() {
        let serial = SerialNumber(bytes: [0x92, 0x12, 0x85, 0xcb, 0xb7, 0xa5, 0xe0, 0x86])
        #expect(serial.decimal == "10525622389124227206")
        #expect(serial.hex == "92:12:85:cb:b7:a5:e0:86")
    }

    @Test(
        "decimal at the edges of the internal groups",
        arguments: [
            ([0], "0"), ([1], "1"), ([0x3b, 0x9a, 0xc9, 0xff], "999999999"),
            ([0x3b, 0x9a, 0xca, 0x00], "1000000000"),
            ([0x0d, 0xe0, 0xb6, 0xb3, 0xa7, 0x64, 0x00, 0x01], "1000000000000000001"),
            (
                [UInt8](repeating: 0xff, count: 20),
                "1461501637330902918203684832716283019655932542975"
            ),
        ] as [([UInt8], String)])
    func decimal(_ bytes: [UInt8], _ text: String) {
        #expect(SerialNumber(bytes: bytes).decimal == text)
    }

    @Test("leading zeros do not make another number")
    func canonical() {
        #expect(SerialNumber(bytes: [0, 0, 5]) == SerialNumber(bytes: [5]))
        #expect(SerialNumber(bytes: [UInt8]()).bytes == [0])
    }

    @Test(
        "certificates with unusual numbers are read by their octets",
        arguments: [
            ([0x00], [0]), ([0xff], [0xff]), ([0x00, 0xff], [0xff]), ([0x80, 0x01], [0x80, 0x01]),
            ([0x7f] + [UInt8](repeating: 0, count: 29), [0x7f] + [UInt8](repeating: 0, count: 29)),
        ] as [([UInt8], [UInt8])])
    func inCertificates(_ content: [UInt8], _ expected: [UInt8]) throws {
        var forge = Forge()
        forge.serial = DER.tlv(0x02, content)
        #expect(try X509Certificate(der: forge.unsigned).serialNumber.bytes == expected)
    }

    @Test("an absurdly long number is refused")
    func tooLong() {
        var forge = Forge()
        forge.serial = DER.tlv(0x02, [0x01] + [UInt8](repeating: 0, count: 128))
        #expect(throws: X509Error.self) { try X509Certificate(der: forge.unsigned) }
    }
}
