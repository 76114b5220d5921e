import Testing

@testable import X509Auth

@Suite("Distinguished name")
struct DistinguishedNameTests {
    private func commonName(_ tag: UInt8, _ content: [UInt8]) throws -> String? {
        try DistinguishedName(der: DER.name(("2.5.4.3", DER.tlv(tag, content)))).commonName
    }

    @Test(
        "every string type becomes text",
        arguments: [
            (0x0c, Array("größe".utf8), "größe"),
            (0x13, Array("plain 'text'".utf8), "plain 'text'"),
            (0x14, [0x67, 0x72, 0xf6, 0xdf, 0x65], "größe"),
            (0x16, Array("a@b".utf8), "a@b"),
            (0x12, Array("123".utf8), "123"),
            (0x1e, [0x00, 0x67, 0x00, 0xf6, 0x20, 0xac], "gö€"),
            (0x1c, [0x00, 0x01, 0xf6, 0x00], "😀"),
        ] as [(UInt8, [UInt8], String)])
    func strings(_ tag: UInt8, _ content: [UInt8], _ text: String) throws {
        #expect(try commonName(tag, content) == text)
    }

    @Test(
        "a NUL in any string type is refused",
        arguments: [
            (0x0c, Array("good\0.evil".utf8)), (0x13, Array("good\0.evil".utf8)),
            (0x16, Array("\0".utf8)), (0x14, Array("a\0b".utf8)), (0x12, Array("1\u{0}2".utf8)),
            (0x1e, [0x00, 0x67, 0x00, 0x00]),
            (0x1c, [0, 0, 0, 0x67, 0, 0, 0, 0]),
        ] as [(UInt8, [UInt8])])
    func nul(_ tag: UInt8, _ content: [UInt8]) {
        #expect(throws: X509Error.self) { try commonName(tag, content) }
    }

    @Test(
        "text that is none of its type is refused",
        arguments: [
            (0x0c, [0xc3, 0x28]), (0x0c, [0xed, 0xa0, 0x80]), (0x1e, [0x00]), (0x1c, [0, 1]),
            (0x1c, [0x7f, 0xff, 0xff, 0xff]), (0x1e, [0xd8, 0x00]),
            // VisibleString is no DirectoryString; OpenSSL does not read it in names.
            (0x1a, Array("visible".utf8)),
        ] as [(UInt8, [UInt8])])
    func broken(_ tag: UInt8, _ content: [UInt8]) {
        #expect(throws: X509Error.self) { try commonName(tag, content) }
    }

    @Test("repeated and multi-valued attributes keep order and structure")
    func structure() throws {
        let der = DER.sequence(
            DER.set(DER.attribute("2.5.4.10", DER.utf8("Org"))),
            DER.set(DER.attribute("2.5.4.3", DER.utf8("a")), DER.attribute("2.5.4.5", DER.printable("7"))),
            DER.set(DER.attribute("2.5.4.3", DER.utf8("b"))))
        let name = try DistinguishedName(der: der)
        #expect(name.relativeDistinguishedNames.map(\.count) == [1, 2, 1])
        #expect(name.values(.commonName) == ["a", "b"])
        #expect(name.commonName == "a")
        #expect(name.description == "CN=b,CN=a+serialNumber=7,O=Org")
        #expect(
            name.policyAttributes == [
                "Organization": ["Org"], "CommonName": ["a", "b"], "SerialNumber": ["7"],
            ])
    }

    @Test("policy attributes have exactly AWS IoT's names, and no locality")
    func policyNames() throws {
        let expected = [
            "2.5.4.46": "DistinguishedNameQualifier", "2.5.4.6": "Country", "2.5.4.10": "Organization",
            "2.5.4.11": "OrganizationalUnit", "2.5.4.8": "State", "2.5.4.3": "CommonName",
            "2.5.4.5": "SerialNumber", "2.5.4.12": "Title", "2.5.4.4": "Surname", "2.5.4.42": "GivenName",
            "2.5.4.43": "Initials", "2.5.4.65": "Pseudonym", "2.5.4.44": "GenerationQualifier",
        ]
        for (identifier, name) in expected {
            let value = try DistinguishedName(der: DER.name((identifier, DER.utf8("v"))))
            #expect(value.policyAttributes == [name: ["v"]])
        }
        let others = DER.name(("2.5.4.7", DER.utf8("Town")), ("1.2.3.4", DER.utf8("x")))
        #expect(try DistinguishedName(der: others).policyAttributes.isEmpty)
    }

    @Test("RFC 4514 escaping, and nothing invisible reaches a terminal")
    func escaping() {
        func text(_ value: String) -> String { DistinguishedName(commonName: value).description }
        #expect(text("a,b+c\"d\\e<f>g;h") == "CN=a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h")
        #expect(text(" #x ") == "CN=\\ #x\\ ")
        #expect(text("#x") == "CN=\\#x")
        #expect(text("a\u{1b}[31m") == "CN=a\\1b[31m")
        #expect(text("a\u{202e}b") == "CN=a\\e2\\80\\aeb")
        #expect(text("*${iot:ClientId}") == "CN=*${iot:ClientId}")
    }

    @Test("a value that is no string is shown in hexadecimal and is no policy variable")
    func binary() throws {
        let name = try DistinguishedName(der: DER.name(("2.5.4.3", DER.bits([0xaa]))))
        #expect(name.commonName == nil)
        #expect(name.policyAttributes.isEmpty)
        #expect(name.attributes.first?.isText == false)
        #expect(name.description == "CN=#aa")
    }

    @Test("an empty name is a name; bytes behind one are not")
    func edges() throws {
        #expect(try DistinguishedName(der: DER.sequence()).isEmpty)
        #expect(throws: X509Error.self) { try DistinguishedName(der: DER.sequence() + [0]) }
        #expect(throws: X509Error.self) { try DistinguishedName(der: []) }
    }
}
