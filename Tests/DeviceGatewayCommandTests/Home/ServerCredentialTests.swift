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
        let managed: ManagedAuthority
        var authority: CertificateAuthority { managed.authority }

        func open(
            names: MachineNames = ServerCredentialTests.names, now: Int64 = ServerCredentialTests.now
        ) throws -> ServerCredential {
            try ServerCredential.open(directory, managed: managed, names: names, now: now)
        }
    }

    private func withFixture(_ body: (Fixture) throws -> Void) async throws {
        try await withTemporaryDirectory { path in
            let directory = GatewayDirectory(path)
            try body(
                Fixture(
                    directory: directory, managed: try ManagedAuthority.open(directory, now: Self.now)))
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

    private func serverPair(_ fixture: Fixture) throws -> IssuedCredential {
        try fixture.authority.issueServer(
            commonName: "x", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"], notBefore: Self.now - 1,
            notAfter: Self.now + 1_000_000_000, key: .p256)
    }

    @Test("A making that a crash cut short is finished, whichever of the two files was there before")
    func interrupted() async throws {
        for isFirst in [true, false] {
            try await withFixture { fixture in
                if !isFirst { _ = try fixture.open() }
                let pair = try serverPair(fixture)
                try DurableFile.stage(
                    pair.certificatePEM, for: fixture.directory.serverCertificate, mode: 0o644)
                try DurableFile.replace(fixture.directory.serverKey, with: pair.privateKeyPEM, mode: 0o600)
                let opened = try fixture.open()
                #expect(opened.issued == nil && opened.certificate == pair.certificate)
                #expect(try !entries(in: fixture.directory.path).contains { $0.hasSuffix(".tmp") })
            }
        }
    }

    @Test("One that was cut short before its key was there is forgotten")
    func interruptedEarly() async throws {
        try await withFixture { fixture in
            let first = try fixture.open()
            try DurableFile.stage(
                try serverPair(fixture).certificatePEM, for: fixture.directory.serverCertificate, mode: 0o644)
            #expect(try fixture.open().certificate == first.certificate)
            #expect(try !entries(in: fixture.directory.path).contains { $0.hasSuffix(".tmp") })
        }
    }

    @Test("Half a pair, or two that don't match, are an error; neither file is touched")
    func mismatch() async throws {
        for (keepsCertificate, keepsKey, complaint) in [
            (true, false, "server-private.key is missing"), (false, true, "server.pem is missing"),
            (true, true, "can't be used with"),
        ] {
            try await withFixture { fixture in
                _ = try fixture.open()
                let (certificate, key) = (fixture.directory.serverCertificate, fixture.directory.serverKey)
                let other = try serverPair(fixture)
                try DurableFile.replace(key, with: other.privateKeyPEM, mode: 0o600)
                if !keepsCertificate { try FileManager.default.removeItem(atPath: certificate) }
                if !keepsKey { try FileManager.default.removeItem(atPath: key) }
                let before = [try? contents(certificate), try? contents(key)]
                #expect {
                    try fixture.open()
                } throws: {
                    "\($0)".contains(complaint) && "\($0)".contains("move both files away")
                }
                #expect([try? contents(certificate), try? contents(key)] == before)
            }
        }
    }

    private func contents(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
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

    @Test("An unreadable one is an error; neither it nor its key is touched")
    func damaged() async throws {
        try await withFixture { fixture in
            _ = try fixture.open()
            let key = try contents(fixture.directory.serverKey)
            try DurableFile.replace(fixture.directory.serverCertificate, with: "nonsense", mode: 0o644)
            #expect {
                try fixture.open()
            } throws: {
                "\($0)".contains("server.pem can't be read") && "\($0)".contains("move both files away")
            }
            #expect(try contents(fixture.directory.serverCertificate) == "nonsense")
            #expect(try contents(fixture.directory.serverKey) == key)
        }
    }

    @Test(
        "One from another authority is the operator's: used as it is, never replaced",
        arguments: ["Other CA", "Device Gateway CA"])
    func foreign(_ name: String) async throws {
        try await withFixture { fixture in
            let (other, _) = try CertificateAuthority.create(
                commonName: name, organization: nil, notBefore: Self.now - 1,
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
                "\($0)".contains("server-private.key is missing")
            }
            #expect(
                try String(contentsOfFile: fixture.directory.serverCertificate, encoding: .utf8)
                    == issued.certificatePEM)
        }
    }
}
