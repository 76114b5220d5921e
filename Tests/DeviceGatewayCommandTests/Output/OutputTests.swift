import IoTPolicy
import Testing

@testable import device_gateway

@Suite("Output")
struct OutputTests {
    @Test("Columns are aligned on a terminal and tab-separated elsewhere")
    func table() {
        var table = Table("NAME", "STATUS")
        table.add("a", "ACTIVE")
        table.add("device1", "-")
        #expect(table.rendered(forTerminal: true) == "NAME     STATUS\na        ACTIVE\ndevice1  -")
        #expect(table.rendered(forTerminal: false) == "a\tACTIVE\ndevice1\t-")
    }

    @Test("Foreign text can neither break a table nor command a terminal")
    func controlCharacters() {
        var table = Table("NAME")
        table.add("a\u{1B}[2J\tb\nc\u{202E}")
        let text = table.rendered(forTerminal: false)
        #expect(text == "a\u{FFFD}[2J\u{FFFD}b\u{FFFD}c\u{FFFD}")
    }

    @Test(
        "Words are quoted for the shell when they must be",
        arguments: [
            ("plain/path-1.pem", "plain/path-1.pem"), ("", "''"), ("my dir", "'my dir'"),
            ("devices/a/#", "'devices/a/#'"),
            ("it's", #"'it'\''s'"#), ("$(reboot)", "'$(reboot)'"), ("a;b", "'a;b'"), ("ü", "'ü'"),
            ("~x", "'~x'"),
        ])
    func quoting(_ word: String, _ quoted: String) {
        #expect(ShellQuoting.quote(word) == quoted)
    }

    @Test(
        "The near miss is guessed, the far one not",
        arguments: [
            ("tls.prot", "tls.port"), ("tls.minimum_version", "tls.minimum-version"), ("colour", nil),
        ]
            as [(String, String?)])
    func spelling(_ word: String, _ meant: String?) {
        #expect(Spelling.nearest(to: word, among: Setting.all.map(\.key)) == meant)
    }

    @Test(
        "Hexadecimal is read as it is pasted",
        arguments: [
            ("300700", [0x30, 0x07, 0x00]), ("30 07:00", [0x30, 0x07, 0x00]), ("0x30, 0x07", [0x30, 0x07]),
            ("Ff", [0xFF]), ("3", nil), ("zz", nil), ("", nil), ("0x", nil),
        ] as [(String, [UInt8]?)])
    func hexadecimal(_ text: String, _ bytes: [UInt8]?) {
        #expect(HexadecimalText.bytes(text) == bytes)
    }

    @Test(
        "A library's message becomes a sentence",
        arguments: [
            ("port 1 is in use", "Port 1 is in use."), ("Why?", "Why?"), ("Done.", "Done."), ("", ""),
        ])
    func sentence(_ message: String, _ sentence: String) {
        #expect(PlainText.sentence(message) == sentence)
    }
}
