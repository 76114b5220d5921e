import Foundation
import NIOCore
import Testing

@testable import GatewayTLS

/// The client role against the `openssl` command's server.
@Suite("openssl s_server")
struct OpenSSLServerTests {
    @Test(
        "each version, both kinds of key, with a client certificate", arguments: TLSVersion.allCases,
        [false, true])
    func versions(_ version: TLSVersion, _ isRSA: Bool) throws {
        let pki = try TestPKI.shared
        let server = try OpenSSLServer(
            isRSA ? pki.serverRSA : pki.serverEC,
            [
                "-naccept", "1", "-Verify", "3", "-verify_return_error", "-CAfile",
                pki.authority.certificateFile, "-alpn",
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
