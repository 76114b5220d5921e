#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension Terminal {
    /// Characters in a line: the terminal's, within what reads well; 100 where there is no terminal.
    static func lineWidth() -> Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        return min(max(Int(size.ws_col), 60), 120)
    }

    /// The style that suits standard output and the environment.
    static func style(isPlainWanted: Bool) -> TextStyle {
        TextStyle(
            isTerminal: isInteractive, noColor: variable("NO_COLOR"), term: variable("TERM"),
            isPlainWanted: isPlainWanted)
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
