#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Asks the person at the controlling terminal, without showing what is typed.
enum PassphrasePrompt {
    /// The line typed; nil when nobody is there, as where input comes from a file or pipe, or nothing was typed.
    ///
    /// - Throws: When it was interrupted.
    static func ask(_ question: String) throws -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else { return nil }
        defer { close(terminal) }
        var shown = termios()
        guard tcgetattr(terminal, &shown) == 0 else { return nil }
        var hidden = shown
        // Without signals, so that an interrupt can't leave the terminal mute: it comes as a character.
        hidden.c_lflag &= ~tcflag_t(ECHO | ISIG | ICANON)
        guard tcsetattr(terminal, TCSAFLUSH, &hidden) == 0 else { return nil }
        defer { _ = tcsetattr(terminal, TCSAFLUSH, &shown) }
        say(question, terminal)
        defer { say("\n", terminal) }
        return try line(terminal)
    }

    private static func line(_ terminal: Int32) throws -> String? {
        var typed: [UInt8] = []
        defer { for index in typed.indices { typed[index] = 0 } }
        var byte: UInt8 = 0
        while read(terminal, &byte, 1) == 1 {
            switch byte {
            case 0x03, 0x1c: throw CommandFailure("Interrupted; nothing was written.")
            case 0x04, 0x0a, 0x0d: return typed.isEmpty ? nil : String(decoding: typed, as: UTF8.self)
            case 0x08, 0x7f:
                while let last = typed.popLast(), last & 0xc0 == 0x80 {}
            case 0x15: typed.removeAll()
            default: if typed.count < 4_096 { typed.append(byte) }
            }
        }
        return nil
    }

    private static func say(_ text: String, _ terminal: Int32) {
        _ = Array(text.utf8).withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
    }
}
