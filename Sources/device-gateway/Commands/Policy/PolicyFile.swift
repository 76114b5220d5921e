import IoTPolicy

/// A policy document in a file, with its faults shown where they are.
struct PolicyFile {
    let name: String
    let document: PolicyDocument

    init(_ path: String) throws {
        self.name = path
        self.document = try Self.document(try InputFile.text(path), name: path)
    }

    /// - Throws: ``CommandFailure`` with place, line and hint when the text is no policy.
    static func document(_ text: String, name: String) throws -> PolicyDocument {
        do throws(PolicyError) {
            return try PolicyDocument(json: text)
        } catch {
            throw CommandFailure(explanation(of: error, in: text, name: name))
        }
    }

    static func explanation(of error: PolicyError, in text: String, name: String) -> String {
        var lines = ["\(name):\(error.line):\(error.column): \(error.message)"]
        let source = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        if source.indices.contains(error.line - 1) {
            // A long line is cut around the fault.
            let line = source[error.line - 1]
            let start = max(0, error.column - 60)
            let excerpt = line.unicodeScalars.dropFirst(start).prefix(100)
            let shown = PlainText.oneLine(String(String.UnicodeScalarView(excerpt)))
            let offset = max(0, min(error.column - 1 - start, excerpt.count))
            // A fault at the very end may be on an empty line, where there is nothing to point at.
            if !shown.isEmpty {
                lines.append("  \(shown)")
                lines.append("  " + String(repeating: " ", count: offset) + "^")
            }
        }
        lines.append("  Hint: \(error.hint)")
        return lines.joined(separator: "\n")
    }
}
