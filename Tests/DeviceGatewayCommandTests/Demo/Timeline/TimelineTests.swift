import Synchronization
import Testing

@testable import device_gateway

/// What a reader sees, held to the letter.
struct TimelineTests {
    @Test func plainStoryIsWordsAndASCII() {
        let page = Page()
        let timeline = page.timeline(.plain)
        timeline.title("What a stolen key is worth", "A gateway and its devices, in this process.")
        timeline.act(2, "The theft", "Somebody copies the key of device1.")
        timeline.tell(.thief, .alarm, "connects as device1")
        timeline.tell(
            .thief, .refused, "tries to subscribe to #: Not authorized (0x87)",
            "denied: nothing allows iot:Subscribe on a filter that is long enough to need a second line")
        timeline.tell(
            .device("device2"), .done, "publishes a reading whose text goes on beyond the end of one line")
        timeline.tell(.backend, .received, "receives it")
        timeline.tell(.operator, .note, "looks on")
        timeline.tell(.thief, .cut, "is cut off")
        #expect(
            page.text == """
                What a stolen key is worth
                  A gateway and its devices, in this process.

                Act 2: The theft
                  Somebody copies the key of device1.

                    1.042 s  thief     ! connects as device1
                    1.042 s  thief     x tries to subscribe to #: Not authorized (0x87)
                                           denied: nothing allows iot:Subscribe on a filter
                                           that is long enough to need a second line
                    1.042 s  device2   + publishes a reading whose text goes on beyond the
                                         end of one line
                    1.042 s  backend   < receives it
                    1.042 s  operator  - looks on
                    1.042 s  thief     / is cut off
                """)
        #expect(page.text.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func richStoryHasSymbolsAndEndsEveryColourItBegins() {
        let page = Page()
        let timeline = page.timeline(.rich)
        timeline.act(1, "Least privilege", "One policy for all.")
        timeline.tell(.device("device1"), .done, "connects", "a detail")
        timeline.tell(.thief, .refused, "tries")
        #expect(page.text.contains("Act 1 · Least privilege"))
        #expect(page.text.contains("\u{1B}[36mdevice1   \u{1B}[0m\u{1B}[32;1m✓\u{1B}[0m connects"))
        #expect(page.text.contains("\u{1B}[32;1m⊘\u{1B}[0m tries"))
        for line in page.text.split(separator: "\n") {
            let escapes = line.split(separator: "\u{1B}", omittingEmptySubsequences: false).dropFirst()
            let open = escapes.reduce(0) { $1.hasPrefix("[0m") ? $0 - 1 : $0 + 1 }
            #expect(open == 0, "\(line) leaves a colour behind")
        }
    }

    @Test func decorationDoesNotChangeTheText() {
        let (plain, rich) = (Page(), Page())
        for (page, style) in [(plain, TextStyle.plain), (rich, TextStyle.rich)] {
            page.timeline(style).document("policy p", "{\n  \"Version\": \"2012-10-17\"\n}")
            page.timeline(style).failure("The demo went otherwise.")
        }
        #expect(rich.undecorated == plain.text)
    }

    @Test func remembersWhereTheStoryStands() {
        let timeline = Page().timeline(.plain)
        #expect(timeline.lastEntry == nil)
        timeline.tell(.gateway, .done, "listens")
        timeline.tell(.operator, .done, "registers a policy")
        #expect(timeline.lastEntry?.text == "registers a policy")
    }

    @Test func narrowTerminalStillGetsReadableColumns() {
        let page = Page()
        page.timeline(.plain, width: 10).tell(
            .gateway, .done, "listens on a port that the system chose for it")
        #expect(page.text.split(separator: "\n").count == 2)
    }
}

/// Takes what a timeline writes.
private final class Page: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    var undecorated: String {
        text.split(separator: "\u{1B}", omittingEmptySubsequences: false).enumerated()
            .map { $0 == 0 ? $1 : $1.drop { $0 != "m" }.dropFirst() }.joined()
    }

    func timeline(_ style: TextStyle, width: Int = 76) -> Timeline {
        Timeline(style: style, width: width, elapsed: { .milliseconds(1042) }) { line in
            self.lines.withLock { $0.append(line) }
        }
    }
}
