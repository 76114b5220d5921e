enum PlainText {
    /// The text with control characters made visible, so that foreign text can't command a terminal.
    static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format: true
        default: false
        }
    }

    /// A library's message, lower case and without a stop, as a sentence of its own.
    static func sentence(_ message: String) -> String {
        guard let first = message.first, let last = message.last else { return message }
        return first.uppercased() + message.dropFirst() + (".?!".contains(last) ? "" : ".")
    }
}
