import ArgumentParser

/// How a list is shown.
struct ListingOptions: ParsableArguments {
    @Flag(help: "Prints JSON.")
    var json = false

    /// Prints elements: JSON if asked for, aligned columns on a terminal, tab-separated ones otherwise.
    func show<Element: Encodable>(
        _ elements: [Element], none: String, table: (_ forTerminal: Bool) -> Table
    ) throws {
        if json {
            Terminal.print(try JSONOutput.text(elements))
        } else if elements.isEmpty {
            Terminal.note(none)
        } else {
            let forTerminal = Terminal.isInteractive
            Terminal.print(table(forTerminal).rendered(forTerminal: forTerminal))
        }
    }
}
