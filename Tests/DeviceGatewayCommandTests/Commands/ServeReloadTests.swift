import Foundation
import Testing
import X509Auth

@testable import device_gateway

@Suite("A serving gateway whose certificates change", .timeLimit(.minutes(2)))
struct ServeReloadTests {
    /// A pair as an operator brings it, under another CA.
    private func pair(_ name: String) throws -> IssuedCredential {
        let now = Timestamp.now()
        let (other, _) = try CertificateAuthority.create(
            commonName: "Other CA", notBefore: now - 10, notAfter: now + 1_000 * 86_400)
        return try other.issueServer(
            commonName: name, dnsNames: [name], notBefore: now - 10, notAfter: now + 900 * 86_400)
    }

    @Test("They are followed by themselves and on SIGHUP, and a gateway that is asked answers")
    func reload() async throws {
        try await withTemporaryDirectory { path in
            let first = try pair("one.example")
            for (name, text) in [("c.pem", first.certificatePEM), ("k.pem", first.privateKeyPEM)] {
                try DurableFile.replace(path + "/" + name, with: text, mode: 0o600)
            }
            let gateway = try CommandProcess(
                [
                    "serve", "--tls-host", "127.0.0.1", "--tls-port", "0", "--tls-certificate-file", "c.pem",
                    "--tls-private-key-file", "k.pem", "--set", "tls.reload-interval=100ms", "--set",
                    "tls.resumption=cache",
                ], in: path)
            defer { gateway.terminate() }
            _ = try await gateway.output(until: "(MQTT over TLS)")
            #expect(gateway.errors.contains("TLS library version=\"OpenSSL "))
            #expect(!FileManager.default.fileExists(atPath: path + "/gateway/server.pem"))

            let second = try pair("two.example")
            try DurableFile.replace(path + "/k.pem", with: second.privateKeyPEM, mode: 0o600)
            try DurableFile.replace(path + "/c.pem", with: second.certificatePEM, mode: 0o600)
            let log = try await gateway.errors(until: "CN=two.example to ")
            #expect(log.contains("Certificates read again; they hold for connections from now on"))

            try DurableFile.replace(path + "/k.pem", with: first.privateKeyPEM, mode: 0o600)
            kill(gateway.identifier, SIGHUP)
            let complaint = try await gateway.errors(until: "does not belong to the certificate")
            #expect(complaint.contains("Certificates can't be read again; those in force stay"))

            gateway.terminate()
            #expect(gateway.wait().status == 0)
        }
    }

    @Test("What can't be used at the start ends it with a sentence that names the file")
    func failures() async throws {
        try await withTemporaryDirectory { path in
            let first = try pair("one.example")
            try DurableFile.replace(path + "/c.pem", with: first.certificatePEM, mode: 0o600)
            try DurableFile.replace(path + "/k.pem", with: try pair("x").privateKeyPEM, mode: 0o600)
            let mismatch = try CommandProcess.run(
                [
                    "serve", "--tls-port", "0", "--tls-certificate-file", "c.pem", "--tls-private-key-file",
                    "k.pem",
                ],
                in: path)
            #expect(mismatch.status == 1)
            #expect(mismatch.errors.contains("does not belong to the certificate"))
            #expect(mismatch.errors.contains("k.pem"))
        }
    }
}
