import Foundation
import Testing
import X509Auth

@testable import device_gateway

/// The commands about authorities, run as programs.
@Suite("Authority commands")
struct AuthorityCommandsTests {
    // MARK: create, rotate

    @Test("The gateway's own authority is made once, with its key for its owner alone")
    func create() async throws {
        try await CommandRoom.run { room in
            let certificate = try X509Certificate(pem: room.read("gateway/ca.pem"))
            #expect(certificate.isCertificateAuthority)
            #expect(try certificate.matches(privateKeyPEM: room.read("gateway/ca-private.key")))
            #expect(try mode(of: room.file("gateway/ca-private.key")) == 0o600)
            #expect(try mode(of: room.file("gateway")) == 0o700)
            #expect(try room.refusal("ca", "create").contains("ca rotate"))
            #expect(try X509Certificate(pem: room.read("gateway/ca.pem")) == certificate)
        }
    }

    @Test("Its key is encrypted with the passphrase of a file that only its owner may read")
    func encrypted() async throws {
        try await withTemporaryDirectory { path in
            let create = [
                "ca", "create", "--directory", "gateway", "--common-name", "Own", "--encrypt",
                "--ca-passphrase-file", "secret",
            ]
            #expect(try CommandProcess.run(create, in: path).errors.contains("secret"))
            let secret = "\(path)/secret"
            try "correct horse battery\n".write(toFile: secret, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: secret)
            #expect(try CommandProcess.run(create, in: path).status == 1)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
            let result = try CommandProcess.run(create, in: path)
            #expect(result.status == 0 && result.output.contains("CN=Own"))
            let key = try String(contentsOfFile: "\(path)/gateway/ca-private.key", encoding: .utf8)
            #expect(key.hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----"))
            #expect(!(result.output + result.errors).contains("horse"))
        }
    }

    @Test("Rotation keeps what the devices rely on until none is left")
    func rotate() async throws {
        try await CommandRoom.run { room in
            try room.succeed("device", "add", "pump", "--output", "first")
            let old = try X509Certificate(pem: room.read("gateway/ca.pem")).id.string
            try room.succeed("ca", "rotate")
            let status = try room.rows("ca", "status")
            #expect(status.count == 2 && status[0][1] == "issues" && status[1][1] == "kept")
            #expect(status[1][0] == old && status[1][4] == "1")
            #expect(try room.refusal("ca", "forget", old).contains("1 "))

            try room.succeed("certificate", "create", "--thing", "pump", "--output", "second")
            let list = try room.rows("certificate", "list")
            let first = try X509Certificate(pem: room.read("first/pump.cert.pem")).id.string
            #expect(list.count == 2 && list.contains { $0[0] == first })
            try room.succeed("certificate", "deactivate", first)
            try room.succeed("ca", "forget", old)
            #expect(try room.rows("ca", "status").count == 1)
            #expect(try room.refusal("ca", "forget", old).contains("ca status"))
        }
    }

    @Test("Where there is no gateway, nothing is rotated")
    func rotateNothing() async throws {
        try await withTemporaryDirectory { path in
            let result = try CommandProcess.run(["ca", "rotate", "--directory", "none"], in: path)
            #expect(result.status == 1 && result.errors.contains("no gateway in none"))
            #expect(try entries(in: path) == [])
        }
    }

    // MARK: register, list

    @Test("An authority is registered with the proof that its key is in the right hands")
    func proof() async throws {
        try await CommandRoom.run { room in
            #expect(try room.refusal("ca", "register", "factory.pem").contains("registration-code"))
            let code = try room.succeed("ca", "registration-code").trimmingCharacters(
                in: .whitespacesAndNewlines)
            let (wrong, _, _) = try room.device("not-the-code")
            #expect(
                try room.refusal("ca", "register", "factory.pem", "--verification", wrong)
                    .contains("verification certificate"))
            let (right, _, _) = try room.device(code)
            try room.succeed("ca", "register", "factory.pem", "--verification", right)
            let row = try #require(try room.rows("ca", "list").first)
            #expect(row[0] == room.factory.certificate.id.string)
            #expect(Array(row[1...4]) == ["ACTIVE", "DEFAULT", "refused", "none"])
        }
    }

    @Test("Registering it again changes what its devices get, and needs no proof once it was given")
    func registerAgain() async throws {
        try await CommandRoom.run { room in
            try room.succeed("ca", "register", "factory.pem", "--without-proof", "--revocation", "soft")
            #expect(
                try room.refusal(
                    "ca", "register", "factory.pem", "--without-proof", "--auto-register", "--policy", "none"
                ).contains(#"no policy "none""#))
            try room.succeed(
                "ca", "register", "factory.pem", "--without-proof", "--auto-register", "--policy",
                DefaultPolicy.name)
            let row = try #require(try room.rows("ca", "list").first)
            #expect(row[3] != "refused" && row[7] == DefaultPolicy.name)
            #expect(try room.rows("ca", "list").count == 1)
        }
    }

    @Test("What is no authority, or no certificate, is refused by name and reason")
    func refused() async throws {
        try await CommandRoom.run { room in
            let (device, _, key) = try room.device("pump")
            try room.write("pump.key", key)
            #expect(try room.refusal("ca", "register", "none.pem").contains("no file none.pem"))
            #expect(
                try room.refusal("ca", "register", "pump.key", "--without-proof")
                    .contains("pump.key holds no certificate"))
            #expect(
                try room.refusal("ca", "register", device, "--without-proof").contains(
                    "may not issue device certificates"))
            #expect(
                try room.refusal("ca", "register", "factory.pem", "--without-proof", "--revocation", "firm")
                    .contains("firm"))
            try room.write("template.json", #"{"Resources": 1}"#)
            #expect(
                try room.refusal(
                    "ca", "register", "factory.pem", "--without-proof", "--auto-register", "--template",
                    "template.json"
                ).lowercased().contains("resources"))
            #expect(try room.rows("ca", "list") == [])
        }
    }

    @Test("An authority is deleted once it is deactivated")
    func delete() async throws {
        try await CommandRoom.run { room in
            try room.succeed("ca", "register", "factory.pem", "--without-proof")
            let id = String(room.factory.certificate.id.string.prefix(10))
            #expect(try room.refusal("ca", "delete", id).contains("is active"))
            try room.succeed("ca", "deactivate", id)
            #expect(try room.rows("ca", "list").first?[1] == "INACTIVE")
            try room.succeed("ca", "delete", id)
            #expect(try room.rows("ca", "list") == [])
            #expect(try room.refusal("ca", "activate", id).contains("no authority"))
        }
    }
}
