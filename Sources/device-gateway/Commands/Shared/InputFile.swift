/// A file that a command was given by name; `-` is the standard input.
enum InputFile {
    /// Larger files than this are none that a command reads.
    static let maximumSize = 16 * 1024 * 1024

    static func text(_ path: String) throws -> String {
        let source = path == "-" ? "/dev/stdin" : path
        guard let text = try DurableFile.readText(source, limit: maximumSize) else {
            throw CommandFailure("There is no file \(path).")
        }
        return text
    }
}
