import Foundation
import Testing
import X509Auth

@testable import device_gateway

@Suite("certificate show FILE")
struct CredentialInspectionTests {
    private static let now: Int64 = 1_800_000_000
    private let authority: CertificateAuthority
    private let authorityKey: String

    init() throws {
        (authority, authorityKey) = try CertificateAuthority.create(
            commonName: "CA", notBefore: 0, notAfter: ManagedAuthority.notAfter)
    }

    private func inspect(_ contents: [UInt8], key: String? = nil) async throws -> CredentialInspection {
        var result: CredentialInspection?
        try await withTemporaryDirectory { path in
            try Data(contents).write(to: URL(fileURLWithPath: "\(path)/f"))
            if let key { try DurableFile.replace("\(path)/k", with: key, mode: 0o600) }
            result = try CredentialInspection(
                file: "\(path)/f", key: key == nil ? nil : "\(path)/k", now: Self.now)
        }
        return try #require(result)
    }

    private func kinds(_ text: String) async throws -> [String] {
        try await inspect(Array(text.utf8)).findings.map(\.kind)
    }

    @Test("Everything in a file is found, in order; of a private key nothing but that it is there")
    func everything() async throws {
        let device = try authority.issueDevice(commonName: "d", notBefore: 0)
        let broken = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
        let other = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
        let text = device.certificatePEM + device.privateKeyPEM + authority.certificate.pem + broken + other
        #expect(
            try await kinds(text) == ["certificate", "private-key", "certificate", "unreadable", "other"])
        let shown = try await inspect(Array(text.utf8)).text(.plain)
        #expect(shown.contains("Subject"))
        let secret = device.privateKeyPEM.split(separator: "\n")[1]
        #expect(!shown.contains(secret))
    }

    @Test("A single structure in DER")
    func der() async throws {
        let device = try authority.issueDevice(commonName: "d", notBefore: 0).certificate
        #expect(try await inspect(device.der).findings.map(\.kind) == ["certificate"])
        await #expect(throws: CommandFailure.self) { try await inspect([1, 2, 3]) }
        await #expect(throws: CommandFailure.self) { try await inspect([]) }
    }

    @Test("The key of the first certificate, and one that is not")
    func key() async throws {
        let device = try authority.issueDevice(commonName: "d", notBefore: 0)
        let good = try await inspect(Array(device.certificatePEM.utf8), key: device.privateKeyPEM)
        #expect(good.findings[0].fields.last?.label == "Private key")
        #expect(good.findings[0].warnings.isEmpty)
        let bad = try await inspect(Array(device.certificatePEM.utf8), key: authorityKey)
        #expect(bad.findings[0].warnings.count == 1)
        await #expect(throws: CommandFailure.self) {
            try await inspect(Array(device.privateKeyPEM.utf8), key: device.privateKeyPEM)
        }
    }

    @Test("Colour only where it is wanted")
    func colour() async throws {
        let old = try authority.issueDevice(commonName: "d", notBefore: 0, notAfter: 1).certificate
        let inspection = try await inspect(old.der)
        #expect(inspection.text(.rich).contains("\u{1B}[33mWarning:\u{1B}[0m expired"))
        #expect(inspection.text(.plain).contains("\nWarning: expired"))
    }

    @Test(
        "What looks like an id is an id",
        arguments: [
            ("3fa9c1", true), ("3FA9C1d2", true), (String(repeating: "a", count: 64), true),
            (String(repeating: "a", count: 65), false), ("3fa9c", false), ("./3fa9c1", false),
            ("cert.pem", false),
            ("-", false),
        ])
    func ids(_ text: String, _ isID: Bool) {
        #expect(CertificateShowCommand.isID(text) == isID)
    }
}
