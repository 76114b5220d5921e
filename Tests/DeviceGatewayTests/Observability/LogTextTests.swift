import Testing

@testable import DeviceGateway

struct LogTextTests {
    @Test(arguments: [
        ("device-1", "device-1"), ("Gerät/温度", "Gerät/温度"),
        ("a\nerror forged", "a\\u{a}error forged"), ("\u{1B}[2J", "\\u{1b}[2J"),
        ("a\u{2028}b", "a\\u{2028}b"),
        ("\u{202E}abc", "\\u{202e}abc"), ("\u{7F}", "\\u{7f}"), ("\u{85}", "\\u{85}"),
    ])
    func whatCouldForgeALineIsEscaped(text: String, expected: String) {
        #expect(LogText.escape(text) == expected)
    }

    @Test func lengthIsBounded() {
        #expect(LogText.escape(String(repeating: "a", count: 512)).count == 512)
        #expect(LogText.escape(String(repeating: "a", count: 60_000)).count == 513)
    }
}
