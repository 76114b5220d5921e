/// Rows of a label and one cell for each of the alternatives compared.
struct ComparisonTable: Equatable {
    /// One alternative's answer, and whether it is one the fleet's owner would want.
    struct Cell: Equatable {
        var text: String
        var isGood: Bool
    }

    /// The headings: of the labels, then of each alternative. Each may have several lines.
    var headings: [[String]]
    var rows: [(label: String, cells: [Cell])] = []

    static func == (left: ComparisonTable, right: ComparisonTable) -> Bool {
        left.headings == right.headings && left.rows.elementsEqual(right.rows, by: ==)
    }

    init(headings: [[String]]) {
        self.headings = headings
    }

    mutating func add(_ label: String, _ cells: Cell...) {
        rows.append((label, cells))
    }

    /// The table's lines, columns two spaces apart.
    func lines(_ style: TextStyle) -> [String] {
        let widths = headings.indices.map { column in
            let cells = rows.map { column == 0 ? $0.label : $0.cells[column - 1].text }
            return (headings[column] + cells).map(\.count).max() ?? 0
        }
        let height = headings.map(\.count).max() ?? 0
        let heading = (0..<height).map { line in
            joined(headings.map { $0.indices.contains(line) ? $0[line] : "" }, widths) {
                style.paint($0, .bold)
            }
        }
        let rule = widths.map { String(repeating: style.symbol("─", plain: "-"), count: $0) }
            .joined(separator: "  ")
        let body = rows.map { row in
            let texts = [row.label] + row.cells.map(\.text)
            var column = -1
            return joined(texts, widths) { text in
                column += 1
                return column == 0 ? text : style.paint(text, row.cells[column - 1].isGood ? .green : .red)
            }
        }
        return heading + [style.paint(rule, .faint)] + body
    }

    /// Padding goes outside the paint, and none after the last column.
    private func joined(_ texts: [String], _ widths: [Int], paint: (String) -> String) -> String {
        var line = ""
        for (column, text) in texts.enumerated() {
            line += paint(text)
            if column < texts.count - 1 {
                line += String(repeating: " ", count: widths[column] - text.count + 2)
            }
        }
        return line
    }
}
