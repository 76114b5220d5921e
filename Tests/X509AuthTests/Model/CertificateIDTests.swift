import Testing

@testable import X509Auth

@Suite("Certificate id")
struct CertificateIDTests {
    @Test("is SHA-256 of the bytes, in lowercase hexadecimal")
    func digest() {
        // FIPS 180-2, appendix B.1
        #expect(
            CertificateID(der: Array("abc".utf8)).string
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            CertificateID(der: []).string
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test("reads both cases and writes lowercase")
    func parse() throws {
        let id = CertificateID(der: [1, 2, 3])
        #expect(CertificateID(id.string.uppercased()) == id)
        #expect(CertificateID(id.description) == id)
        #expect(id.bytes.count == 32)
    }

    @Test(
        "refuses anything but 64 digits",
        arguments: [
            "", "ab", String(repeating: "a", count: 63), String(repeating: "a", count: 65),
            String(repeating: "g", count: 64), String(repeating: "é", count: 32),
        ])
    func refuse(_ text: String) {
        #expect(CertificateID(text) == nil)
    }
}
