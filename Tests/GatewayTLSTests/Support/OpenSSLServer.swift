import Foundation
import Testing

/// An `openssl s_server`, which answers each line with the line reversed.
struct OpenSSLServer {
    let process = Process()
    let port: Int
    private let output = Pipe()

    init(_ identity: TestPKI.Identity, _ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "openssl", "s_server", "-accept", "127.0.0.1:0", "-rev", "-cert",
                identity.certificateFile, "-key", identity.keyFile, "-cipher", "DEFAULT:@SECLEVEL=0",
            ] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        var port: Int?
        while port == nil {
            let bytes = output.fileHandleForReading.availableData
            if bytes.isEmpty { break }
            text += String(decoding: bytes, as: UTF8.self)
            for line in text.split(separator: "\n")
            where line.hasPrefix("ACCEPT ") && text.hasSuffix("\n") {
                port = line.split(separator: ":").last.flatMap { Int($0) }
            }
        }
        self.port = try #require(port)
    }

    func stop() {
        // It inherits a thread's signal mask, in which the polite signal may be blocked.
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}
