import Testing
import X509Auth

@testable import device_gateway

/// `crl load`, run as a program.
@Suite(
    "Revocation list commands",
    .enabled(
        if: OpenSSLProgram.canRun, "SKIPPED: openssl is not installed; run Scripts/install-packages --tests"))
struct RevocationListCommandsTests {
    @Test("A list is tried, then loaded, and an older one is refused unless it is forced")
    func load() async throws {
        try await CommandRoom.run { room in
            let (file, certificate, _) = try room.device("pump")
            let authority = String(room.factory.certificate.id.string.prefix(12))
            try OpenSSLProgram.list(1, in: room, to: "first.crl")
            try OpenSSLProgram.list(2, revoking: [file], in: room, to: "second.crl")
            #expect(
                try room.refusal("crl", "load", "first.crl").contains("No authority named CN=Factory"))
            try room.succeed("ca", "register", "factory.pem", "--without-proof")
            try room.succeed("certificate", "register", file, "--ca", authority)

            // Nobody looks at it yet.
            let unread = try room.command(["crl", "load", "first.crl"])
            #expect(unread.status == 0 && unread.output.contains("names 0 certificates"))
            #expect(unread.errors.contains("revocation mode is none"))

            try room.succeed("ca", "revocation", authority, "soft")
            let trial = try room.succeed("crl", "load", "second.crl", "--dry-run")
            #expect(trial.contains("shut out 1 certificate"))
            #expect(trial.contains(certificate.id.string.prefix(16)))
            #expect(
                try room.succeed("crl", "load", "second.crl", "--dry-run", "--json")
                    .contains(certificate.id.string))
            #expect(try room.rows("ca", "list").first?[5].contains("1") == true)

            #expect(try room.succeed("crl", "load", "second.crl").contains("list 2 names 1 certificate"))
            #expect(try room.refusal("crl", "load", "first.crl").contains("older"))
            let back = try room.succeed("crl", "load", "first.crl", "--force", "--dry-run")
            #expect(back.contains("let in 1 certificate"))
            #expect(try room.succeed("crl", "load", "first.crl", "--force").contains("list 1"))
        }
    }

    @Test("What is no list is refused, and what nobody registered signed")
    func refused() async throws {
        try await CommandRoom.run { room in
            try room.succeed("ca", "register", "factory.pem", "--without-proof")
            #expect(try room.refusal("crl", "load", "none.crl").contains("can't read"))
            #expect(try room.refusal("crl", "load", "factory.pem").contains("no revocation list"))
            try OpenSSLProgram.list(1, in: room, to: "good.crl")
            // Of the same name, and not the same key.
            let other = try CertificateAuthority.create(
                commonName: "Factory", notBefore: CommandRoom.notBefore,
                notAfter: CertificateAuthority.deviceNotAfter)
            let impostor = CommandRoom(path: room.path, factory: other.0, factoryKey: other.privateKeyPEM)
            try impostor.write("factory.pem", other.0.certificate.pem)
            try OpenSSLProgram.list(9, in: impostor, to: "forged.crl")
            #expect(!(try room.refusal("crl", "load", "forged.crl").isEmpty))
            try room.succeed("crl", "load", "good.crl")
            #expect(try room.rows("ca", "list").count == 1)
        }
    }
}
