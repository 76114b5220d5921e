/// Whether text is decorated with colours and Unicode symbols.
struct TextStyle: Equatable {
    /// Colours of the sixteen that every terminal has, so that the reader's theme decides how they look.
    enum Colour: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
        case magenta = "35"
        case cyan = "36"
        case faint = "2"
        case bold = "1"
    }

    let isRich: Bool

    static let rich = TextStyle(isRich: true)
    static let plain = TextStyle(isRich: false)

    /// Rich for a person at a terminal who has not opted out (https://no-color.org).
    ///
    /// - Parameters:
    ///   - noColor: the environment's `NO_COLOR`; anything but an empty value opts out.
    ///   - term: the environment's `TERM`; a "dumb" terminal can't.
    init(isTerminal: Bool, noColor: String?, term: String?, isPlainWanted: Bool) {
        isRich = isTerminal && (noColor ?? "").isEmpty && term != "dumb" && !isPlainWanted
    }

    private init(isRich: Bool) {
        self.isRich = isRich
    }

    /// Every painted piece ends its own colour, so output can stop anywhere and leave the terminal as it was.
    func paint(_ text: String, _ colours: Colour...) -> String {
        guard isRich, !text.isEmpty, !colours.isEmpty else { return text }
        return "\u{1B}[\(colours.map(\.rawValue).joined(separator: ";"))m\(text)\u{1B}[0m"
    }

    func symbol(_ rich: String, plain: String) -> String {
        isRich ? rich : plain
    }
}
