import Testing

@testable import device_gateway

struct TextLayoutTests {
    @Test(arguments: [
        ("", [""]),
        ("short", ["short"]),
        ("one two three", ["one two", "three"]),
        ("1234567 123", ["1234567", "123"]),
        ("a word_longer_than_the_line b", ["a", "word_longer_than_the_line", "b"]),
    ])
    func wrapsAtSpaces(text: String, lines: [String]) {
        #expect(TextLayout.wrap(text, width: 8) == lines)
    }

    @Test(arguments: [
        (Duration.zero, "0.000 s", "0.0 ms"),
        (.microseconds(2_749), "0.003 s", "2.7 ms"),
        (.microseconds(2_750), "0.003 s", "2.8 ms"),
        (.milliseconds(61_042), "61.042 s", "61042.0 ms"),
        (.microseconds(999_960), "1.000 s", "1000.0 ms"),
    ])
    func roundsDurations(duration: Duration, seconds: String, milliseconds: String) {
        #expect(duration.secondsText == seconds)
        #expect(duration.millisecondsText == milliseconds)
    }
}
