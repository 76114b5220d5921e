import Foundation
import Synchronization
import Testing

@testable import GatewayTLS

/// The `openssl` command's client resumes this side's sessions.
@Suite("openssl s_client, resuming")
struct OpenSSLResumptionTests: ResumptionTests {
    private func run(_ server: TLSContext, _ arguments: [String]) async throws -> String {
        let device = try TestPKI.shared.deviceEC
        return try await OpenSSLClientTests().run(
            server, ["-cert", device.certificateFile, "-key", device.keyFile] + arguments)
    }

    @Test("TLS 1.2: by session id, and by ticket", arguments: Resumptions.Kind.allCases)
    func version12(_ kind: Resumptions.Kind) async throws {
        let server = try server(try kind.make(), Resumptions.World())
        let output = try await run(server, ["-tls1_2", "-reconnect"])
        #expect(output.components(separatedBy: "Reused, TLSv1.2").count == 6)
        #expect(output.contains("TLS session ticket:") == (kind == .tickets))
        // A client that takes no tickets has the session id, if there is one.
        let plain = try await run(server, ["-tls1_2", "-reconnect", "-no_ticket"])
        #expect(plain.contains("Reused, TLSv1.2") == (kind == .cache))
    }

    @Test("TLS 1.3: one ticket a connection, and no early data", arguments: Resumptions.Kind.allCases)
    func version13(_ kind: Resumptions.Kind) async throws {
        let world = Resumptions.World()
        let server = try server(try kind.make(), world)
        let file = "\(try TestPKI.shared.directory)/\(UUID()).session"
        let first = try await run(server, ["-tls1_3", "-sess_out", file])
        #expect(first.contains("New, TLSv1.3"))
        #expect(first.components(separatedBy: "Post-Handshake New Session Ticket").count == 2)
        #expect(first.contains("Max Early Data: 0"))
        let second = try await run(server, ["-tls1_3", "-sess_in", file])
        #expect(second.contains("Reused, TLSv1.3"))
        #expect(second.contains("\nhello\n"))
        // Used once, if it is this side that remembers.
        let third = try await run(server, ["-tls1_3", "-sess_in", file])
        #expect(third.contains("Reused, TLSv1.3") == (kind == .tickets))
        #expect(third.contains("\nhello\n"))
        world.verdict.withLock { $0 = .reject(alert: 44) }
        let refused = try await run(server, ["-tls1_3", "-sess_in", file])
        #expect(refused.contains("alert certificate revoked"))
        #expect(!refused.contains("\nhello\n"))
    }
}
