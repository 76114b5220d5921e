/// Rows under headings: aligned for people, tab-separated without headings for programs.
struct Table {
    private let headings: [String]
    private var rows: [[String]] = []

    init(_ headings: String...) {
        self.headings = headings
    }

    mutating func add(_ cells: String...) {
        // A certificate's subject can hold anything; a cell must not break the table or the terminal.
        rows.append(cells.map(PlainText.oneLine))
    }

    func rendered(forTerminal: Bool) -> String {
        guard forTerminal else {
            return rows.map { $0.joined(separator: "\t") }.joined(separator: "\n")
        }
        let lines = [headings] + rows
        let widths = headings.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { cells in
            let padded = zip(cells, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return String(padded.joined(separator: "  ").trimmingSuffix(" "))
        }.joined(separator: "\n")
    }
}

/// Label and value, one pair a line.
struct Fields {
    private var pairs: [(label: String, value: String)] = []

    mutating func add(_ label: String, _ value: String?) {
        if let value { pairs.append((label, PlainText.oneLine(value))) }
    }

    func rendered() -> String {
        let width = pairs.map(\.label.count).max() ?? 0
        return pairs.map { pair in
            pair.label + ":" + String(repeating: " ", count: width - pair.label.count + 1) + pair.value
        }.joined(separator: "\n")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> Substring {
        var text = self[...]
        while text.last == character { text.removeLast() }
        return text
    }
}
