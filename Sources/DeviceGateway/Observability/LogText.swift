/// A peer's text in a log line: client identifiers and topics may hold control characters, and must not be able to
/// forge a line of their own or talk to the terminal.
enum LogText {
    /// Longest piece of a peer's text in one line, in characters.
    static let maximumLength = 512

    static func escape(_ text: String) -> String {
        if text.utf8.count <= maximumLength, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var result = ""
        for scalar in text.unicodeScalars.prefix(maximumLength) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        if text.unicodeScalars.count > maximumLength { result += "…" }
        return result
    }
}
