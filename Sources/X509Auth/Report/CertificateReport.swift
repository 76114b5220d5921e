/// A certificate, signing request or revocation list written out for people, with what they should know about it.
///
/// Everything a certificate's maker could choose is escaped: the text is safe on a terminal.
public struct CertificateReport: Hashable, Sendable, CustomStringConvertible {
    /// One thing to know: a sentence that says what follows from it.
    public let warnings: [String]
    /// Label and value, in order of display. A label may repeat.
    public let lines: [Line]

    /// One line of the report.
    public struct Line: Hashable, Sendable {
        /// What the value is, such as `Subject`.
        public let label: String
        /// The value, printable.
        public let value: String
    }

    /// Describes a certificate as of `now`, in Unix seconds.
    ///
    /// - Parameter keyMatches: Whether a private key at hand belongs to it; nil: there is none at hand.
    public init(
        _ certificate: X509Certificate, now: Int64, requirements: X509Requirements = .default,
        keyMatches: Bool? = nil
    ) {
        self.lines = Self.lines(certificate, now: now)
        self.warnings = Self.warnings(
            certificate, now: now, requirements: requirements, keyMatches: keyMatches)
    }

    init(lines: [Line], warnings: [String]) {
        self.lines = lines
        self.warnings = warnings
    }

    /// The report: aligned lines, then warnings, ending in a newline.
    public var text: String {
        let width = lines.map(\.label.count).max() ?? 0
        var text = ""
        var previous = ""
        for line in lines {
            let label = line.label == previous ? "" : line.label
            previous = line.label
            text += label + String(repeating: " ", count: width - label.count + 2) + line.value + "\n"
        }
        for warning in warnings {
            text += "Warning: \(warning)\n"
        }
        return text
    }

    /// The same as ``text``.
    public var description: String { text }
}
