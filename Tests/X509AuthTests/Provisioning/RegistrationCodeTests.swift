import Testing

@testable import X509Auth

@Suite("Registration code")
struct RegistrationCodeTests {
    @Test("64 hexadecimal digits there and back, in either case")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<50 {
            let code = RegistrationCode(using: &generator)
            #expect(code.commonName.count == 64)
            #expect(RegistrationCode(code.commonName) == code)
            #expect(RegistrationCode(code.commonName.uppercased()) == code)
        }
        #expect(RegistrationCode() != RegistrationCode())
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "0", String(repeating: "0", count: 63), String(repeating: "0", count: 66),
            String(repeating: "g", count: 64),
        ])
    func refused(_ text: String) {
        #expect(RegistrationCode(text) == nil)
    }

    @Test("descriptions and dumps withhold it")
    func withheld() {
        let code = RegistrationCode()
        var dumped = ""
        dump(code, to: &dumped)
        for text in ["\(code)", String(reflecting: code), dumped] {
            #expect(!text.contains(code.commonName))
            #expect(text.contains("withheld") || text.contains("RegistrationCode"))
        }
    }
}
