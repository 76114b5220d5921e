import Foundation
import Testing
import X509Auth

@testable import device_gateway

@Suite("Rotation of the gateway's authority")
struct AuthorityRotationTests {
    private static let now: Int64 = 1_800_000_000
    private static let names = MachineNames(dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"])

    private func rotate(_ directory: GatewayDirectory, now: Int64 = now) throws -> ManagedAuthority {
        let managed = try ManagedAuthority.open(directory, now: now)
        _ = try AuthorityRotation.rotate(directory, managed, key: .p256, passphrase: nil, now: now)
        return try ManagedAuthority.open(directory, now: now)
    }

    /// Whether a client that trusts one authority only verifies the server by the chain it is sent.
    private func verifies(_ directory: GatewayDirectory, by root: X509Certificate) throws -> Bool {
        let chain = try X509Certificate.certificates(
            pem: String(contentsOfFile: directory.serverCertificate, encoding: .utf8))
        let leaf = try #require(chain.first)
        var issuer = leaf.authorityKeyIdentifier
        for certificate in chain.dropFirst() where certificate.subjectKeyIdentifier == issuer {
            if root.subjectKeyIdentifier == issuer { return true }
            issuer = certificate.authorityKeyIdentifier
        }
        return root.subjectKeyIdentifier == issuer
    }

    @Test("The successor issues, the old authority is kept, and both kinds of devices verify the server")
    func overlap() async throws {
        try await withTemporaryDirectory { path in
            let directory = GatewayDirectory(path)
            let first = try ManagedAuthority.open(directory, now: Self.now)
            _ = try ServerCredential.open(directory, managed: first, names: Self.names, now: Self.now)
            let second = try rotate(directory)
            #expect(second.succession.predecessors == [first.authority.certificate])
            #expect(second.authority.certificate.subjectDER == first.authority.certificate.subjectDER)
            let server = try ServerCredential.open(
                directory, managed: second, names: Self.names, now: Self.now)
            #expect(server.issued == .authorityReplaced)
            #expect(try verifies(directory, by: first.authority.certificate))
            #expect(try verifies(directory, by: second.authority.certificate))
            let again = try ServerCredential.open(
                directory, managed: second, names: Self.names, now: Self.now)
            #expect(again.issued == nil)

            // Once more; devices of the first are two steps away.
            let third = try rotate(directory)
            _ = try ServerCredential.open(directory, managed: third, names: Self.names, now: Self.now)
            for managed in [first, second, third] {
                #expect(try verifies(directory, by: managed.authority.certificate))
            }
            // The second can be forgotten before the first, whose devices still need its link.
            try AuthorityRotation.forget(second.authority.certificate.id, directory, third, devices: 0)
            let fourth = try ManagedAuthority.open(directory, now: Self.now)
            #expect(fourth.succession.predecessors == [first.authority.certificate])
            #expect(fourth.crossCertificates == third.crossCertificates)
            #expect(throws: X509Error.self) {
                try AuthorityRotation.forget(first.authority.certificate.id, directory, fourth, devices: 1)
            }
            try AuthorityRotation.forget(first.authority.certificate.id, directory, fourth, devices: 0)
            let fifth = try ManagedAuthority.open(directory, now: Self.now)
            #expect(fifth.succession.all == [third.authority.certificate])
            #expect(fifth.crossCertificates.isEmpty)
        }
    }

    @Test("An operator's own server certificate survives a rotation")
    func foreignServerCertificate() async throws {
        try await withTemporaryDirectory { path in
            let directory = GatewayDirectory(path)
            _ = try ManagedAuthority.open(directory, now: Self.now)
            let foreign = try CertificateAuthority.create(
                commonName: "Device Gateway CA", notBefore: 0, notAfter: ManagedAuthority.notAfter
            ).0.issueServer(
                commonName: "x", dnsNames: ["localhost"], notBefore: 0, notAfter: ManagedAuthority.notAfter)
            try DurableFile.replace(directory.serverCertificate, with: foreign.certificatePEM, mode: 0o644)
            try DurableFile.replace(directory.serverKey, with: foreign.privateKeyPEM, mode: 0o600)
            let second = try rotate(directory)
            let server = try ServerCredential.open(
                directory, managed: second, names: Self.names, now: Self.now)
            #expect(server.issued == nil)
            #expect(server.certificate == foreign.certificate)
        }
    }

    /// The journal is in place, and then any prefix of the four files.
    @Test("A rotation that a crash cut short is carried through", arguments: 0...4)
    func crash(_ step: Int) async throws {
        try await withTemporaryDirectory { path in
            let directory = GatewayDirectory(path)
            let old = try ManagedAuthority.open(directory, now: Self.now)
            let files = [
                directory.previousAuthorities, directory.crossCertificates, directory.authorityKey,
                directory.authorityCertificate,
            ]
            let before = try files.map { try DurableFile.readText($0, limit: 65_536) }
            let managed = try rotate(directory)
            let after = try files.map { try #require(try DurableFile.readText($0, limit: 65_536)) }
            let journal = AuthorityRotation(
                certificate: after[3], key: after[2], previousAuthorities: after[0],
                crossCertificates: after[1])
            for index in files.indices.dropFirst(step) {
                if let text = before[index] {
                    try DurableFile.replace(files[index], with: text, mode: 0o600)
                } else {
                    try FileManager.default.removeItem(atPath: files[index])
                }
            }
            try DurableFile.replace(
                directory.authorityRotation, with: JSONOutput.text(journal), mode: 0o600)
            let reopened = try ManagedAuthority.open(directory, now: Self.now)
            #expect(reopened.authority.certificate == managed.authority.certificate)
            #expect(reopened.succession.predecessors == [old.authority.certificate])
            #expect(!DurableFile.exists(directory.authorityRotation))
            #expect(try mode(of: directory.authorityKey) == 0o600)
        }
    }

    @Test("A broken journal is no reason to go on")
    func brokenJournal() async throws {
        try await withTemporaryDirectory { path in
            let directory = GatewayDirectory(path)
            _ = try ManagedAuthority.open(directory, now: Self.now)
            try DurableFile.replace(directory.authorityRotation, with: "{}", mode: 0o600)
            #expect(throws: CommandFailure.self) { try ManagedAuthority.open(directory, now: Self.now) }
        }
    }
}
