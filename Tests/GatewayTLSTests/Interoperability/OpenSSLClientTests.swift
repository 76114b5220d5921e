import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import GatewayTLS

/// The `openssl` command's client against the listener.
@Suite("openssl s_client")
struct OpenSSLClientTests {
    /// Runs s_client against a listener that answers once and closes; returns what it printed.
    func run(
        _ context: TLSContext, _ arguments: [String], input: String = "hello\n", readsCommands: Bool = false
    ) async throws -> String {
        let server = try await TLSListener(context: context).bind(host: "127.0.0.1", port: 0) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(EchoOnce())
            }
        }
        let port = try #require(server.localAddress?.port)
        let common = ["s_client", "-connect", "127.0.0.1:\(port)"]
        let output: String
        do {
            output = try OpenSSLCommand.run(
                common + (readsCommands ? [] : ["-ign_eof"]) + arguments, input: input)
        } catch let failure as OpenSSLCommand.Failure {
            output = failure.output
        }
        try await server.close()
        return output
    }

    private static let flags: [(TLSVersion, String, String)] = [
        (.v1_0, "-tls1", "TLSv1"), (.v1_1, "-tls1_1", "TLSv1.1"), (.v1_2, "-tls1_2", "TLSv1.2"),
        (.v1_3, "-tls1_3", "TLSv1.3"),
    ]

    @Test("each version, both kinds of key, with a client certificate", arguments: 0..<4, [false, true])
    func versions(_ index: Int, _ isRSA: Bool) async throws {
        let pki = try TestPKI.shared
        let (_, flag, name) = Self.flags[index]
        let device = isRSA ? pki.deviceRSA : pki.deviceEC
        let server = try TLSContext(
            server: TLSServerConfiguration(
                credentials: [try (isRSA ? pki.serverRSA : pki.serverEC).credential],
                versions: .v1_0 ... .v1_3, applicationProtocols: ["mqtt"], clientCertificate: .required,
                clientAuthoritiesPEM: pki.authority.certificate))
        let output = try await run(
            server,
            [
                flag, "-cipher", "DEFAULT:@SECLEVEL=0", "-CAfile", pki.authority.certificateFile,
                "-verify_return_error", "-verify_hostname", "gateway.test", "-servername", "gateway.test",
                "-cert", device.certificateFile, "-key", device.keyFile, "-alpn", "x,mqtt",
            ])
        #expect(output.contains("\nhello\n"))
        #expect(output.contains("Verify return code: 0 (ok)"))
        #expect(output.contains("ALPN protocol: mqtt"))
        #expect(output.contains(index == 3 ? "New, TLSv1.3" : "Protocol  : \(name)\n"))
        // The list of acceptable authorities is empty: their number is nobody's business.
        #expect(output.contains("No client certificate CA names sent"))
    }

    @Test("a version outside the range is refused", arguments: 0..<4)
    func refused(_ index: Int) async throws {
        let range: ClosedRange<TLSVersion> = index < 2 ? .v1_2 ... .v1_3 : .v1_0 ... .v1_1
        let output = try await run(
            try Contexts.server(versions: range), [Self.flags[index].1, "-cipher", "DEFAULT:@SECLEVEL=0"])
        // A TLS 1.2 client is offered TLS 1.1, and declines by itself.
        #expect(output.contains(index == 2 ? "unsupported protocol" : "alert protocol version"))
        #expect(!output.contains("\nhello\n"))
    }

    @Test(
        "sessions are never resumed, with and without tickets", arguments: [[], ["-no_ticket"]] as [[String]])
    func resumption(_ arguments: [String]) async throws {
        let pki = try TestPKI.shared
        let output = try await run(
            try Contexts.server(mode: .required),
            ["-tls1_2", "-reconnect", "-cert", pki.deviceEC.certificateFile, "-key", pki.deviceEC.keyFile]
                + arguments)
        #expect(output.components(separatedBy: "New, TLSv1.2").count > 5)
        #expect(!output.contains("Reused, "))
        #expect(!output.contains("TLS session ticket:"))
    }

    @Test("no TLS 1.3 tickets are issued, and no early data is offered")
    func tickets() async throws {
        let output = try await run(try Contexts.server(), ["-tls1_3"])
        #expect(output.contains("\nhello\n"))
        #expect(!output.contains("Post-Handshake New Session Ticket"))
        #expect(!output.contains("Max Early Data"))
    }

    @Test("renegotiation and compression are off")
    func renegotiation() async throws {
        let output = try await run(try Contexts.server(), ["-tls1_2"], input: "R\n", readsCommands: true)
        #expect(output.contains("no renegotiation"))
        #expect(output.contains("Compression: NONE"))
    }
}
