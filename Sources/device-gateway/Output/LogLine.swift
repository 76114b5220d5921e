import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One line of the log: time, level, a sentence, then fields as `key="value"`.
///
/// Two fields become part of the sentence: `client` (or else `remote`) says who it is about, `detail` why.
/// Much of the text is a peer's. It can't start a line of its own, command the terminal, or pass for a field: nothing
/// but the end of a value is a `"` there.
enum LogLine {
    static func text(time: Date, level: Logger.Level, message: String, fields: [String: String]) -> String {
        var fields = fields
        // "-" stands for what isn't known.
        fields = fields.filter { $0.value != "-" }
        var sentence = "\(moment(time)) \(level.rawValue) \(visible(message))"
        if let detail = fields.removeValue(forKey: "detail") {
            if let who = fields.removeValue(forKey: "client").map(name)
                ?? fields.removeValue(forKey: "remote")
            {
                sentence += " \(visible(who))"
            }
            let repeated = [message, "denied"].first { detail.hasPrefix($0 + ": ") }
            let reason = visible(repeated.map { String(detail.dropFirst($0.count + 2)) } ?? detail)
            let end = reason.last.map(".?!".contains) == true ? "" : "."
            sentence += ": " + (reason + end).replacing("=\"", with: "=\(escape("\""))")
        }
        let rest = fields.sorted { $0.key < $1.key }.map { " \(visible($0.key))=\(quoted($0.value))" }
        return sentence + rest.joined()
    }

    /// A client's identifier, quoted unless it is one plain word.
    private static func name(_ client: String) -> String {
        let isPlain =
            !client.isEmpty
            && client.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789_-.:/".unicodeScalars.contains($0))
            }
        return isPlain ? client : quoted(client).replacing("=", with: escape("="))
    }

    private static func quoted(_ value: String) -> String {
        "\"\(visible(value).replacing("\"", with: escape("\"")))\""
    }

    /// The text with everything that is no visible character written out.
    private static func visible(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: result += escape(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        "\\u{\(String(scalar.value, radix: 16))}"
    }

    /// `2026-03-01T14:02:07.500Z`
    private static func moment(_ time: Date) -> String {
        time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
