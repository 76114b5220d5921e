import Foundation
import NIOCore
import Testing

@testable import GatewayTLS

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

extension OpenSSLServer {
    /// Connects with an engine, sends a line, and waits for it to come back.
    func converse(_ context: TLSContext) throws -> (evidence: TLSEvidence, reply: String) {
        let engine = try TLSEngine(context: context)
        let socket = try BlockingSocket(port: port)
        let scratch = TLSScratch()
        var output = ByteBuffer()
        var received: [UInt8] = []
        try engine.start(scratch: scratch, output: &output)
        var hasSent = false
        while received.count < 6 {
            try socket.write(&output)
            let bytes = try socket.read()
            try #require(!bytes.isEmpty)
            try engine.receive(bytes, scratch: scratch, output: &output) { lent in
                received += lent
                return .continue
            }
            if engine.state == .established, !hasSent {
                hasSent = true
                try engine.send(Array("hello\n".utf8), output: &output)
            }
        }
        engine.closeOutput(output: &output)
        try socket.write(&output)
        return (try #require(engine.evidence), String(decoding: received, as: UTF8.self))
    }
}
