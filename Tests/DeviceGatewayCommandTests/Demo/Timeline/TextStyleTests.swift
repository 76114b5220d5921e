import Testing

@testable import device_gateway

struct TextStyleTests {
    @Test func decoratesForAPersonAtATerminal() {
        #expect(style(isTerminal: true).isRich)
        #expect(style(isTerminal: true, noColor: "").isRich)
    }

    @Test func decoratesForNobodyElse() {
        #expect(!style(isTerminal: false).isRich)
        #expect(!style(isTerminal: true, noColor: "1").isRich)
        #expect(!style(isTerminal: true, term: "dumb").isRich)
        #expect(!style(isTerminal: true, isPlainWanted: true).isRich)
    }

    @Test func paintsOnlyWhenRich() {
        #expect(TextStyle.plain.paint("text", .red) == "text")
        #expect(TextStyle.rich.paint("text", .red, .bold) == "\u{1B}[31;1mtext\u{1B}[0m")
        #expect(TextStyle.rich.paint("", .red) == "")
    }

    private func style(
        isTerminal: Bool, noColor: String? = nil, term: String? = "xterm-256color",
        isPlainWanted: Bool = false
    ) -> TextStyle {
        TextStyle(isTerminal: isTerminal, noColor: noColor, term: term, isPlainWanted: isPlainWanted)
    }
}
