import Foundation
import Testing
import X509Auth

@testable import device_gateway

@Suite("The gateway's own authority")
struct ManagedAuthorityTests {
    private static let now: Int64 = 1_800_000_000
    private static let passphrase = "correct horse battery"

    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    @Test("An encrypted key is opened by its passphrase, and by nothing else")
    func encrypted() async throws {
        try await withTemporaryDirectory { path in
            let directory = GatewayDirectory(path)
            let made = try ManagedAuthority.create(
                directory, AuthorityDescription(commonName: "Mine", organization: "We"),
                passphrase: Self.passphrase, now: Self.now)
            let key = try #require(try DurableFile.readText(directory.authorityKey, limit: 65_536))
            #expect(key.hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----"))
            #expect(try mode(of: directory.authorityKey) == 0o600)
            let opened = try ManagedAuthority.open(directory, now: Self.now) { _ in Self.passphrase }
            #expect(opened.authority.certificate == made.authority.certificate)
            #expect(opened.authority.certificate.subject.description == "CN=Mine,O=We")
            let wrong = message {
                _ = try ManagedAuthority.open(directory, now: Self.now) { _ in "wrong one" }
            }
            #expect(wrong == "The passphrase doesn't open \(directory.authorityKey).")
            let missing = message { _ = try ManagedAuthority.open(directory, now: Self.now) }
            #expect(missing.contains("is encrypted") && missing.contains("--ca-passphrase-file"))
        }
    }

    @Test("An unencrypted key needs no passphrase, and nobody is asked")
    func unencrypted() async throws {
        try await withTemporaryDirectory { path in
            let directory = GatewayDirectory(path)
            _ = try ManagedAuthority.open(directory, now: Self.now)
            _ = try ManagedAuthority.open(directory, now: Self.now) { _ in
                Issue.record("asked")
                return ""
            }
        }
    }

    @Test("A key that others can get at is refused", arguments: [0o640, 0o604, 0o644, 0o660, 0o601])
    func openKey(_ mode: Int) async throws {
        try await withTemporaryDirectory { path in
            let directory = GatewayDirectory(path)
            _ = try ManagedAuthority.open(directory, now: Self.now)
            chmod(directory.authorityKey, mode_t(mode))
            let refusal = message { _ = try ManagedAuthority.open(directory, now: Self.now) }
            #expect(refusal.contains("mode is \(String(mode, radix: 8))"))
            #expect(refusal.contains("chmod 600 \(directory.authorityKey)"))
            chmod(directory.authorityKey, 0o400)
            _ = try ManagedAuthority.open(directory, now: Self.now)
        }
    }
}
