/// Text from a peer, made fit for a log line or a terminal.
enum PrintableText {
    /// Control characters, line and paragraph separators, and characters that reorder or hide others.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            true
        default:
            false
        }
    }

    /// Invisible characters written as `\u{…}`, cut after `limit` characters.
    static func escape(_ text: String, limit: Int = 128) -> String {
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == limit { return result + "…" }
            count += 1
            if isInvisible(scalar) {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
