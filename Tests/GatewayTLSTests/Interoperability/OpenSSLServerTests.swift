import Foundation
import NIOCore
import Testing

@testable import GatewayTLS

/// The client role against the `openssl` command's server.
@Suite("openssl s_server")
struct OpenSSLServerTests {
    /// A server for one connection, which answers each line with the line reversed.
    private struct Server {
        let process = Process()
        let port: Int
        private let output = Pipe()

        init(_ identity: TestPKI.Identity, _ arguments: [String]) throws {
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments =
                [
                    "openssl", "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-rev", "-cert",
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
            process.terminate()
            process.waitUntilExit()
        }
    }

    @Test(
        "each version, both kinds of key, with a client certificate", arguments: TLSVersion.allCases,
        [false, true])
    func versions(_ version: TLSVersion, _ isRSA: Bool) throws {
        let pki = try TestPKI.shared
        let server = try Server(
            isRSA ? pki.serverRSA : pki.serverEC,
            [
                "-Verify", "3", "-verify_return_error", "-CAfile", pki.authority.certificateFile, "-alpn",
                "mqtt",
            ])
        defer { server.stop() }
        let engine = try TLSEngine(
            context: try Contexts.client(
                isRSA ? pki.deviceRSA : pki.deviceEC, versions: version...version, protocols: ["mqtt"]))
        let socket = try BlockingSocket(port: server.port)
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
        #expect(String(decoding: received, as: UTF8.self) == "olleh\n")
        #expect(engine.evidence?.version == version)
        #expect(engine.evidence?.applicationProtocol == "mqtt")
        #expect(engine.evidence?.wasResumed == false)
        engine.closeOutput(output: &output)
        try socket.write(&output)
    }
}

/// A connection to a port of this machine.
private final class BlockingSocket {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
    }

    deinit { close(descriptor) }

    func write(_ buffer: inout ByteBuffer) throws {
        let bytes = Array(buffer.readableBytesView)
        buffer.clear()
        try #require(send(descriptor, bytes, bytes.count, 0) == bytes.count)
    }

    func read() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        try #require(count >= 0)
        return Array(bytes[..<count])
    }
}
