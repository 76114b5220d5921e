/// Laying out text in columns of characters.
enum TextLayout {
    /// Breaks a text at spaces so that no line is longer than `width`, except for words that are longer themselves.
    static func wrap(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.isEmpty {
                line = String(word)
            } else if line.count + 1 + word.count <= width {
                line += " \(word)"
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return lines + [line]
    }

    static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    static func padLeft(_ text: String, to width: Int, with character: Character = " ") -> String {
        String(repeating: character, count: max(0, width - text.count)) + text
    }
}

extension Duration {
    /// Seconds with three decimals: "1.042 s".
    var secondsText: String {
        let milliseconds = milliseconds(rounding: 1)
        return "\(milliseconds / 1000).\(TextLayout.padLeft(String(milliseconds % 1000), to: 3, with: "0")) s"
    }

    /// Milliseconds with one decimal: "2.7 ms".
    var millisecondsText: String {
        let tenths = milliseconds(rounding: 10)
        return "\(tenths / 10).\(tenths % 10) ms"
    }

    /// In units of a millisecond divided by `parts`, rounded to the nearest.
    private func milliseconds(rounding parts: Int64) -> Int64 {
        let (seconds, attoseconds) = components
        let unit = 1_000_000_000_000_000 / parts
        return seconds * 1000 * parts + (attoseconds + unit / 2) / unit
    }
}
