import Testing

@testable import X509Auth

@Suite("Alternative names")
struct GeneralNameTests {
    private func certificate(_ names: [UInt8]..., ofIssuer: Bool = false) throws -> X509Certificate {
        var forge = Forge()
        forge.extensions = [
            DER.extension(ofIssuer ? "2.5.29.18" : "2.5.29.17", DER.tlv(0x30, names.flatMap(\.self)))
        ]
        return try X509Certificate(der: forge.unsigned)
    }

    @Test("every kind is read as itself, in order")
    func kinds() throws {
        let edi = DER.tlv(0xa5, DER.tlv(0xa1, DER.utf8("party")))
        let certificate = try certificate(
            DER.tlv(0xa0, DER.oid("1.3.6.1.4.1.311.20.2.3") + DER.explicit(0, DER.utf8("upn"))),
            DER.tlv(0x81, Array("a@example.com".utf8)),
            DER.tlv(0x82, Array("host.example.com".utf8)),
            DER.tlv(0xa4, DER.commonName("dir")),
            edi,
            DER.tlv(0x86, Array("urn:device:1".utf8)),
            DER.tlv(0x87, [192, 0, 2, 7]),
            DER.tlv(0x87, [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1]),
            DER.tlv(0x88, Array(DER.oid("1.2.3.4").dropFirst(2))))
        let names = certificate.subjectAlternativeNames
        #expect(names.count == 9)
        #expect(names[0] == .other(type: "1.3.6.1.4.1.311.20.2.3", value: DER.utf8("upn")))
        #expect(names[1] == .rfc822("a@example.com"))
        #expect(names[2] == .dns("host.example.com"))
        #expect(names[3] == .directory(DistinguishedName(commonName: "dir")))
        #expect(names[4] == .ediParty(edi))
        #expect(names[5] == .uri("urn:device:1"))
        #expect(names[6] == .ipAddress([192, 0, 2, 7]))
        #expect(names[7].description == "IP:2001:db8::1")
        #expect(names[8] == .registeredID("1.2.3.4"))
        #expect(
            names.policyAttributes == [
                "RFC822Name": ["a@example.com"], "DNSName": ["host.example.com"],
                "DirectoryName": ["CN=dir"], "UniformResourceIdentifier": ["urn:device:1"],
                "IPAddress": ["192.0.2.7", "2001:db8::1"],
            ])
    }

    @Test("issuer alternative names are kept apart")
    func ofIssuer() throws {
        let certificate = try certificate(DER.tlv(0x82, Array("ca.example.com".utf8)), ofIssuer: true)
        #expect(certificate.issuerAlternativeNames == [.dns("ca.example.com")])
        #expect(certificate.subjectAlternativeNames.isEmpty)
    }

    @Test("NUL, eight-bit text, odd addresses and cut values refuse the certificate")
    func broken() {
        for name in [
            DER.tlv(0x82, Array("good\0.evil".utf8)), DER.tlv(0x81, [0xe9]), DER.tlv(0x87, [1, 2, 3]),
            DER.tlv(0x87, [UInt8](repeating: 0, count: 8)), DER.tlv(0xa4, [0x30, 0x05, 0x31]),
            DER.tlv(0xa4, DER.name(("2.5.4.3", DER.utf8("a\0b")))), DER.tlv(0x89, [1]),
            DER.tlv(0xa0, DER.utf8("not an other name")),
        ] {
            #expect(throws: X509Error.self) { try certificate(name) }
        }
    }

    @Test("a repeated extension refuses the certificate")
    func repeated() {
        var forge = Forge()
        let extensionDER = Forge.alternativeNames(DER.tlv(0x82, Array("a".utf8)))
        forge.extensions = [extensionDER, extensionDER]
        #expect(throws: X509Error.self) { try X509Certificate(der: forge.unsigned) }
    }

    @Test(
        "IPv6 text is RFC 5952's",
        arguments: [
            ("20010db8000000000000000000000001", "2001:db8::1"), ("00000000000000000000000000000000", "::"),
            ("20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1"),
            ("20010000000000010000000000000001", "2001:0:0:1::1"),
            ("00010000000000000000000000000000", "1::"),
        ])
    func version6(_ octets: String, _ text: String) {
        #expect(IPAddressText.string(Hexadecimal.decode(octets) ?? []) == text)
    }
}
