import DeviceGateway
import Testing
import X509Auth

/// `openssl s_client`: what the TLS endpoint shows to an independent tool.
@Suite(
    .timeLimit(.minutes(2)),
    .enabled(
        if: ClientProgram.isWanted("openssl"),
        "SKIPPED: openssl is not installed; run Scripts/install-packages --tests"))
struct OpenSSLClientTests {
    /// Plays a handshake and a CONNECT's first bytes, and returns what s_client says.
    func connect(_ test: TestGateway, _ files: CredentialFiles?, _ options: [String]) async throws -> String {
        var arguments = [
            "s_client", "-connect", "127.0.0.1:\(test.port)", "-servername", "localhost", "-ign_eof",
        ]
        if let files {
            arguments += [
                "-CAfile", files.path("ca.pem"), "-cert", files.path("cert.pem"), "-key",
                files.path("key.pem"),
            ]
        }
        // An MQTT 3.1.1 DISCONNECT before CONNECT: whoever gets this far is closed at once.
        return try await ClientProgram.run(
            "openssl", arguments + options, input: "\u{60}\u{00}", timeout: .seconds(15)
        ).output
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func offersTheConfiguredVersions(version: String) async throws {
        try await TestGateway.run { test in
            let files = try CredentialFiles(try await test.device("device1"), authority: test.authority)
            defer { files.remove() }
            let output = try await connect(test, files, [version])
            #expect(output.contains("Verify return code: 0 (ok)"), "\(output)")
            #expect(output.contains(version == "-tls1_2" ? "TLSv1.2" : "TLSv1.3"))
            #expect(output.contains("No client certificate CA names sent"), "the CA list is to be empty")
            #expect(!output.contains("Reused"))
        }
    }

    @Test(arguments: ["-tls1", "-tls1_1"])
    func refusesOlderVersions(version: String) async throws {
        try await TestGateway.run { test in
            let files = try CredentialFiles(try await test.device("device1"), authority: test.authority)
            defer { files.remove() }
            let output = try await connect(test, files, [version, "-cipher", "DEFAULT:@SECLEVEL=0"])
            #expect(output.contains("alert protocol version"), "\(output)")
            #expect(await test.observer.wait { !$0.refusals.isEmpty })
        }
    }

    @Test func refusesACertificateThatIsRevokedWithItsAlert() async throws {
        try await TestGateway.run { test in
            let credential = try await test.device("device1")
            let files = try CredentialFiles(credential, authority: test.authority)
            defer { files.remove() }
            _ = try await test.registry.setStatus(of: credential.certificate.id, to: .revoked)
            let output = try await connect(test, files, ["-tls1_2"])
            #expect(output.contains("alert certificate revoked"), "\(output)")
        }
    }

    @Test func refusesAClientWithoutACertificate() async throws {
        try await TestGateway.run { test in
            let output = try await connect(test, nil, ["-tls1_2"])
            #expect(output.contains("alert"), "\(output)")
            #expect(await test.observer.wait { !$0.refusals.isEmpty })
        }
    }

    @Test func sendsNoSessionTicket() async throws {
        try await TestGateway.run { test in
            let files = try CredentialFiles(try await test.device("device1"), authority: test.authority)
            defer { files.remove() }
            let output = try await connect(test, files, ["-tls1_3"])
            #expect(!output.contains("New Session Ticket arrived"), "\(output)")
        }
    }
}
