import Foundation
import Testing
import X509Auth

@testable import device_gateway

@Suite("Server certificate")
struct ServerCredentialTests {
    private static let now: Int64 = 1_800_000_000
    private static let names = MachineNames(dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"])

    private struct Fixture {
        let directory: GatewayDirectory
        let authority: CertificateAuthority

        func open(
            names: MachineNames = ServerCredentialTests.names, now: Int64 = ServerCredentialTests.now
        ) throws -> ServerCredential {
            try ServerCredential.open(directory, authority: authority, names: names, now: now)
        }
    }

    private func withFixture(_ body: (Fixture) throws -> Void) async throws {
        try await withTemporaryDirectory { path in
            let directory = GatewayDirectory(path)
            let (authority, _) = try ManagedAuthority.open(directory, now: Self.now)
            try body(Fixture(directory: directory, authority: authority))
        }
    }

    @Test("Issued when missing, kept while it will do")
    func kept() async throws {
        try await withFixture { fixture in
            let first = try fixture.open()
            #expect(first.issued == .missing)
            let second = try fixture.open()
            #expect(second.issued == nil)
            #expect(second.certificate == first.certificate)
        }
    }

    @Test("Renewed when less than ninety days are left, and after it has expired")
    func expiry() async throws {
        try await withFixture { fixture in
            let end = try fixture.open().certificate.notAfter
            let window = ServerCredential.renewalWindow
            #expect(try fixture.open(now: end - window).issued == nil)
            #expect(try fixture.open(now: end - window + 1).issued == .expiring(end))
            let second = try fixture.open(now: end - window + 1)
            #expect(second.issued == nil && second.certificate.notAfter > end)
            let later = second.certificate.notAfter + 1
            #expect(try fixture.open(now: later).issued == .expiring(second.certificate.notAfter))
        }
    }

    @Test("Renewed when it doesn't match its key, as after a crash between the two files")
    func mismatch() async throws {
        try await withFixture { fixture in
            _ = try fixture.open()
            let other = try fixture.authority.issueServer(
                commonName: "x", dnsNames: ["localhost"], ipAddresses: [], notBefore: Self.now - 1,
                notAfter: Self.now + 1_000_000_000, key: .p256)
            try DurableFile.replace(fixture.directory.serverKey, with: other.privateKeyPEM, mode: 0o600)
            #expect(try fixture.open().issued == .keyMismatch)
            #expect(try fixture.open().issued == nil)
        }
    }

    @Test("Renewed when the machine has a new name, not when it has lost one")
    func newNames() async throws {
        try await withFixture { fixture in
            _ = try fixture.open()
            let more = MachineNames(
                dnsNames: ["localhost", "gw.example"], ipAddresses: ["127.0.0.1", "2001:db8::1"])
            #expect(try fixture.open(names: more).issued == .namesChanged(["gw.example", "2001:db8::1"]))
            #expect(try fixture.open(names: more).issued == nil)
            #expect(try fixture.open().issued == nil)
        }
    }

    @Test("An unreadable one is replaced")
    func damaged() async throws {
        try await withFixture { fixture in
            _ = try fixture.open()
            try DurableFile.replace(fixture.directory.serverCertificate, with: "nonsense", mode: 0o644)
            #expect(try fixture.open().issued == .damaged)
        }
    }

    @Test("One from another authority is the operator's: used as it is, never replaced")
    func foreign() async throws {
        try await withFixture { fixture in
            let (other, _) = try CertificateAuthority.create(
                commonName: "Other CA", organization: nil, notBefore: Self.now - 1,
                notAfter: Self.now + 1_000_000)
            let issued = try other.issueServer(
                commonName: "gw", dnsNames: ["gw"], ipAddresses: [], notBefore: Self.now - 1,
                notAfter: Self.now + 1_000, key: .p256)
            try DurableFile.replace(fixture.directory.serverKey, with: issued.privateKeyPEM, mode: 0o600)
            try DurableFile.replace(
                fixture.directory.serverCertificate, with: issued.certificatePEM, mode: 0o644)
            let used = try fixture.open()
            #expect(used.issued == nil && used.certificate == issued.certificate)

            try FileManager.default.removeItem(atPath: fixture.directory.serverKey)
            #expect {
                try fixture.open()
            } throws: {
                "\($0)".contains("another authority issued")
            }
            #expect(
                try String(contentsOfFile: fixture.directory.serverCertificate, encoding: .utf8)
                    == issued.certificatePEM)
        }
    }
}
