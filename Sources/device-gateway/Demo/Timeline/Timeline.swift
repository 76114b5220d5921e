import Synchronization

/// Writes a story line by line: elapsed time, who, what happened.
///
/// It knows nothing of what it tells. Time and output are given to it, so that a test can hold its text to the letter.
final class Timeline: Sendable {
    let style: TextStyle
    private let width: Int
    private let elapsed: @Sendable () -> Duration
    private let write: @Sendable (String) -> Void
    private let latest = Mutex<TimelineEntry?>(nil)

    /// Columns before an entry's text: time, party, mark.
    private enum Column {
        static let time = 9
        static let party = 10
        static let text = 2 + time + 2 + party + 2
    }

    /// - Parameters:
    ///   - width: characters in a line.
    ///   - elapsed: time since the story began.
    ///   - write: takes one line, without its end.
    init(
        style: TextStyle, width: Int, elapsed: @escaping @Sendable () -> Duration,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.style = style
        self.width = max(width, Column.text + 30)
        self.elapsed = elapsed
        self.write = write
    }

    /// What was told last: where the story stands.
    var lastEntry: TimelineEntry? { latest.withLock { $0 } }

    /// Opens the story.
    func title(_ title: String, _ lead: String) {
        write(style.paint(title, .bold))
        paragraph(lead)
    }

    /// Opens an act.
    func act(_ number: Int, _ title: String, _ lead: String) {
        let heading = "Act \(number)" + style.symbol(" · ", plain: ": ") + title
        write("")
        write(style.paint(heading, .bold))
        paragraph(lead)
        write("")
    }

    /// Tells one entry.
    func tell(_ entry: TimelineEntry) {
        latest.withLock { $0 = entry }
        let time = TextLayout.padLeft(elapsed().secondsText, to: Column.time)
        let party = TextLayout.pad(entry.party.name, to: Column.party)
        let lines = TextLayout.wrap(entry.text, width: width - Column.text)
        let indent = String(repeating: " ", count: Column.text)
        write(
            "  " + style.paint(time, .faint) + "  " + style.paint(party, entry.party.colour)
                + style.paint(entry.mark.symbol(style), entry.mark.colour, .bold) + " " + lines[0])
        for line in lines.dropFirst() { write(indent + line) }
        for detail in entry.details {
            for line in TextLayout.wrap(detail, width: width - Column.text - 2) {
                write(indent + "  " + style.paint(line, .faint))
            }
        }
    }

    /// Tells one entry.
    func tell(_ party: TimelineEntry.Party, _ mark: TimelineEntry.Mark, _ text: String, _ details: String...)
    {
        tell(TimelineEntry(party: party, mark: mark, text: text, details: details))
    }

    /// Shows a document as it is, indented.
    func document(_ name: String, _ text: String) {
        let indent = String(repeating: " ", count: Column.text)
        write(indent + style.paint("\(name):", .faint))
        for line in text.split(separator: "\n") { write(indent + style.paint("  \(line)", .faint)) }
    }

    /// Shows a table.
    func table(_ table: ComparisonTable) {
        write("")
        for line in table.lines(style) { write("  " + line) }
    }

    /// Says something outside the timeline.
    func paragraph(_ text: String) {
        for line in TextLayout.wrap(text, width: width - 2) { write("  " + line) }
    }

    /// An empty line.
    func space() { write("") }

    /// Says that the story went otherwise than it claims.
    func failure(_ text: String) {
        write("")
        for line in TextLayout.wrap(text, width: width) { write(style.paint(line, .red)) }
    }
}
