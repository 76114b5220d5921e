import DeviceGateway
import Foundation
import GatewayTLS
import Testing
import X509Auth

@testable import device_gateway

@Suite("The TLS endpoint of settings and files")
struct EndpointFilesTests {
    private static let now: Int64 = 1_800_000_000

    private func read(
        _ path: String, environment: [String: String] = [:], _ change: (inout GatewaySettings) -> Void
    ) throws -> EndpointFiles.Contents {
        let directory = GatewayDirectory(path)
        var settings = GatewaySettings()
        change(&settings)
        return try EndpointFiles(
            settings: settings, directory: directory,
            managed: try ManagedAuthority.open(directory, now: Self.now),
            names: MachineNames(dnsNames: ["localhost"], ipAddresses: []), environment: environment
        ).read(now: Self.now, issuesMissing: true)
    }

    private func pair(_ name: String, in path: String, key: KeyKind = .p256) throws {
        let (other, _) = try CertificateAuthority.create(
            commonName: "Other CA", notBefore: Self.now - 1, notAfter: Self.now + 10_000_000)
        let issued = try other.issueServer(
            commonName: name, dnsNames: [name], notBefore: Self.now - 1, notAfter: Self.now + 1_000_000,
            key: key)
        try DurableFile.replace("\(path)/\(name).pem", with: issued.certificatePEM, mode: 0o644)
        try DurableFile.replace("\(path)/\(name).key", with: issued.privateKeyPEM, mode: 0o600)
    }

    @Test("Without any it is the gateway's own, issued when there is none")
    func own() async throws {
        try await withTemporaryDirectory { path in
            let contents = try read(path) { _ in }
            #expect(contents.own?.issued == .missing)
            #expect(contents.endpoint.credentials.map(\.subject) == ["CN=localhost"])
            #expect(contents.endpoint.versions == .v1_2 ... .v1_3)
        }
    }

    @Test("RSA and EC side by side, domains, a policy")
    func whole() async throws {
        try await withTemporaryDirectory { path in
            try pair("ec", in: path)
            try pair("rsa", in: path, key: .rsa2048)
            try pair("factory", in: path)
            let contents = try read(path) { settings in
                settings.tls.credentials.certificateFiles = ["ec.pem", path + "/rsa.pem"]
                settings.tls.credentials.privateKeyFiles = ["ec.key", "file:\(path)/rsa.key"]
                settings.tls.securityPolicy = .tls13_1_3_2022_10
                settings[domain: "f"].serverNames = ["Factory.example"]
                settings[domain: "f"].credentials.certificateFiles = ["factory.pem"]
                settings[domain: "f"].credentials.privateKeyFiles = ["factory.key"]
                settings[domain: "f"].minimumVersion = .v1_2
                settings[domain: "f"].maximumVersion = .v1_2
            }
            #expect(contents.own == nil)
            #expect(contents.endpoint.credentials.map(\.keyKind) == ["EC", "RSA"])
            #expect(contents.endpoint.securityPolicy == .tls13_1_3_2022_10)
            let domain = try #require(contents.endpoint.domains.first)
            #expect(domain.serverNames == ["factory.example"])
            #expect(domain.credentials.map(\.subject) == ["CN=factory"])
            #expect(domain.versions == .v1_2 ... .v1_2)
            #expect(!FileManager.default.fileExists(atPath: path + "/server.pem"))
        }
    }

    @Test("Passphrases come from a file or a variable; what is wrong names which")
    func passphrases() async throws {
        try await withTemporaryDirectory { path in
            let (other, _) = try CertificateAuthority.create(
                commonName: "Other", notBefore: Self.now - 1, notAfter: Self.now + 10_000_000)
            let key = try other.encryptedPrivateKeyPEM(passphrase: "open sesame")
            try DurableFile.replace(path + "/a.key", with: key, mode: 0o600)
            try DurableFile.replace(path + "/a.pem", with: other.certificate.pem, mode: 0o644)
            func contents(
                environment: [String: String] = [:], _ change: (inout CredentialSettings) -> Void
            ) throws -> [TLSCredential] {
                try read(path, environment: environment) { settings in
                    settings.tls.credentials.certificateFiles = ["a.pem"]
                    settings.tls.credentials.privateKeyFiles = ["a.key"]
                    change(&settings.tls.credentials)
                }.endpoint.credentials
            }
            try DurableFile.replace(path + "/pass", with: "open sesame\n", mode: 0o600)
            #expect(try contents { $0.passphraseFile = "pass" }.count == 1)
            #expect(
                try contents(environment: ["GW_PASS": "open sesame"]) { $0.passphraseVariable = "GW_PASS" }
                    .count == 1)
            let unset = #expect(throws: CommandFailure.self) {
                try contents { $0.passphraseVariable = "GW_PASS" }
            }
            #expect(unset?.description.contains("environment variable GW_PASS") == true)
            try DurableFile.replace(path + "/pass", with: "open simsim\n", mode: 0o600)
            let wrong = #expect(throws: CommandFailure.self) { try contents { $0.passphraseFile = "pass" } }
            #expect(
                wrong?.description.contains("cannot be decrypted with the passphrase in \"\(path)/pass\"")
                    == true)
            #expect(wrong?.description.contains("simsim") == false)
        }
    }

    @Test("An OCSP response that is of no use is remarked on and left out")
    func staples() async throws {
        try await withTemporaryDirectory { path in
            try pair("ec", in: path)
            try DurableFile.replace(path + "/ec.ocsp", with: "nonsense", mode: 0o644)
            let contents = try read(path) { settings in
                settings.tls.credentials.certificateFiles = ["ec.pem"]
                settings.tls.credentials.privateKeyFiles = ["ec.key"]
                settings.tls.credentials.stapleFiles = ["ec.ocsp", "missing.ocsp"]
            }
            #expect(contents.endpoint.credentials.map(\.subject) == ["CN=ec"])
            #expect(contents.remarks.count == 2)
            #expect(contents.remarks[0].contains("ec.ocsp") && contents.remarks[1].contains("missing.ocsp"))
        }
    }

    @Test("A key that every user can read is remarked on, and used")
    func openKey() async throws {
        try await withTemporaryDirectory { path in
            try pair("ec", in: path)
            #expect(chmod(path + "/ec.key", 0o644) == 0)
            let contents = try read(path) { settings in
                settings.tls.credentials.certificateFiles = ["ec.pem"]
                settings.tls.credentials.privateKeyFiles = ["ec.key"]
            }
            #expect(contents.endpoint.credentials.count == 1)
            #expect(contents.remarks.count == 1 && contents.remarks[0].contains("chmod 600 \(path)/ec.key"))
        }
    }

    @Test("Every file that is read is watched")
    func paths() async throws {
        try await withTemporaryDirectory { path in
            let directory = GatewayDirectory(path)
            var settings = GatewaySettings()
            settings.tls.credentials = CredentialSettings(
                certificateFiles: ["a.pem"], privateKeyFiles: ["pkcs11:object=k"], pkcs12Files: ["/b.p12"],
                passphraseFile: "pass", stapleFiles: ["a.ocsp"])
            settings.tls.clientAuthoritiesFile = "clients.pem"
            settings[domain: "d"].credentials.certificateFiles = ["file:/d.pem"]
            let files = EndpointFiles(
                settings: settings, directory: directory,
                managed: try ManagedAuthority.open(directory, now: Self.now),
                names: MachineNames(dnsNames: [], ipAddresses: []), environment: [:])
            let expected =
                ["/b.p12", "/d.pem"] + ["a.ocsp", "a.pem", "clients.pem", "pass"].map { path + "/" + $0 }
            #expect(files.paths == expected.sorted())
        }
    }
}
