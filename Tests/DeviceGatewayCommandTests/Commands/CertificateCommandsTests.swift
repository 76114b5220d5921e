import Foundation
import Testing
import X509Auth

@testable import device_gateway

/// The commands about certificates, run as programs.
@Suite("Certificate commands")
struct CertificateCommandsTests {
    // MARK: register, list, export

    @Test("A certificate that somebody else issued is registered, listed, and comes out as it went in")
    func register() async throws {
        try await CommandRoom.run { room in
            let (file, certificate, _) = try room.device("pump")
            let said = try room.succeed(
                "certificate", "register", file, "--thing", "pump", "--policy", DefaultPolicy.name)
            #expect(said.contains("\(certificate.id.string.prefix(16))… of pump is registered, ACTIVE"))
            #expect(
                try room.rows("certificate", "list") == [
                    [
                        certificate.id.string, "ACTIVE", "2049-12-31T23:59:59Z", "pump", DefaultPolicy.name,
                    ]
                ])
            let listed = try JSONSerialization.jsonObject(
                with: Data(room.succeed("certificate", "list", "--json").utf8))
            #expect((listed as? [[String: Any]])?.first?["id"] as? String == certificate.id.string)

            let id = String(certificate.id.string.prefix(8))
            #expect(try room.succeed("certificate", "export", id) == certificate.pem)
            try room.succeed("certificate", "export", "--thing", "pump", "--output", "out.pem")
            #expect(try room.read("out.pem") == certificate.pem)
            #expect(
                try room.refusal("certificate", "export", id, "--output", "out.pem").contains("out.pem"))
        }
    }

    @Test("What is given with it is kept: status, authority, exclusive thing")
    func registerOptions() async throws {
        try await CommandRoom.run { room in
            try room.succeed("ca", "register", "factory.pem", "--without-proof")
            let authority = room.factory.certificate.id.string
            let (file, certificate, _) = try room.device("valve")
            let result = try room.command([
                "certificate", "register", file, "--ca", String(authority.prefix(6)), "--status", "INACTIVE",
                "--thing", "valve", "--exclusive",
            ])
            #expect(result.status == 0)
            #expect(result.output.contains("INACTIVE"))
            #expect(result.errors.contains("no policy yet"))
            let shown = try room.succeed("certificate", "show", "--thing", "valve", "--json")
            #expect(shown.contains(authority) && shown.contains(certificate.id.string))
        }
    }

    @Test("What can't be registered is refused by what is wrong with it, and leaves nothing behind")
    func registerRefused() async throws {
        try await CommandRoom.run { room in
            let (file, certificate, key) = try room.device("pump")
            try room.write("pump.key", key)
            try room.write("broken.pem", certificate.pem.replacingOccurrences(of: "MI", with: "MJ"))
            #expect(try room.refusal("certificate", "register", "none.pem").contains("no file none.pem"))
            for name in ["pump.key", "broken.pem"] {
                #expect(
                    try room.refusal("certificate", "register", name).contains("\(name) holds no certificate")
                )
            }
            #expect(
                try room.refusal("certificate", "register", file, "--ca", "abcdef").contains("ca list"))
            #expect(
                try room.refusal("certificate", "register", file, "--status", "GONE").contains("REVOKED"))
            #expect(
                try room.refusal("certificate", "register", file, "--thing", "pump", "--policy", "none")
                    .contains(#"no policy "none""#))
            #expect(try room.rows("certificate", "list") == [])
            #expect(try room.rows("device", "list") == [])

            try room.succeed("certificate", "register", file)
            #expect(try room.refusal("certificate", "register", file).contains("already registered"))
        }
    }

    @Test("What was revoked and deleted is not registered again")
    func revoked() async throws {
        try await CommandRoom.run { room in
            let (file, certificate, _) = try room.device("pump")
            let id = String(certificate.id.string.prefix(12))
            try room.succeed("certificate", "register", file, "--thing", "pump")
            try room.succeed("certificate", "revoke", id)
            #expect(try room.refusal("certificate", "activate", id).contains("final"))
            #expect(try room.refusal("certificate", "delete", id).contains("attached"))
            try room.succeed("certificate", "delete", id, "--detach")
            #expect(try room.refusal("certificate", "register", file).contains("was REVOKED"))
        }
    }

    @Test("An id or device that there is none of is refused", arguments: ["show", "export", "deactivate"])
    func unknown(_ verb: String) async throws {
        try await CommandRoom.run { room in
            let byID = try room.refusal("certificate", verb, "ffffffff")
            let byThing = try room.refusal("certificate", verb, "--thing", "nobody")
            #expect(byID.contains("no certificate ffffffff"))
            #expect(byThing.contains(#"no device "nobody""#))
        }
    }

    // MARK: create, sign

    @Test("A device gets one more key and certificate, which verify to the gateway's authority")
    func create() async throws {
        try await CommandRoom.run { room in
            #expect(
                try room.refusal("certificate", "create", "--thing", "pump").contains(#"no device "pump""#))
            try room.succeed("device", "add", "pump", "--output", "first")
            try room.succeed(
                "certificate", "create", "--thing", "pump", "--output", "second", "--key", "p384",
                "--valid-to",
                "2040-01-01T00:00:00Z")
            let certificate = try X509Certificate(pem: room.read("second/pump.cert.pem"))
            #expect(try certificate.matches(privateKeyPEM: room.read("second/pump.private.key")))
            #expect(certificate.publicKey.bits == 384)
            #expect(certificate.notAfter == 2_208_988_800)
            #expect(try mode(of: room.file("second/pump.private.key")) == 0o600)
            #expect(try room.rows("certificate", "list").count == 2)
            let verified = try CommandProcess.run(
                ["certificate", "verify", "second/pump.cert.pem", "--ca", "second/root-CA.crt"], in: room.path
            )
            #expect(verified.status == 0, "\(verified.errors)")
            // Nothing is overwritten, and nothing issued that could not be written.
            #expect(
                try room.refusal("certificate", "create", "--thing", "pump", "--output", "second")
                    .contains("not overwritten"))
            #expect(
                try room.refusal(
                    "certificate", "create", "--thing", "pump", "--output", "third", "--valid-to",
                    "2001-01-01T00:00:00Z"
                ).contains("end in the future"))
            #expect(try room.rows("certificate", "list").count == 2)
        }
    }

    @Test("A signing request becomes a certificate of its key, with the gateway's extensions and no others")
    func sign() async throws {
        try await CommandRoom.run { room in
            try room.write("valve.csr", Self.request)
            try room.succeed("certificate", "sign", "valve.csr", "--output", "out")
            let certificate = try X509Certificate(pem: room.read("out/device.cert.pem"))
            #expect(try certificate.publicKeyDER == SigningRequest(pem: Self.request).publicKeyDER)
            #expect(certificate.subject.commonName == "device")
            #expect(!certificate.isCertificateAuthority)
            #expect(try entries(in: room.file("out")) == ["device.cert.pem", "root-CA.crt"])
            #expect(try room.rows("device", "list").first?.first == "device")
        }
    }

    @Test("What is no signing request is refused, and one whose proof of possession fails")
    func signRefused() async throws {
        try await CommandRoom.run { room in
            let (file, _, _) = try room.device("pump")
            #expect(try room.refusal("certificate", "sign", "none.csr").contains("no file none.csr"))
            #expect(try room.refusal("certificate", "sign", file).contains("CERTIFICATE REQUEST"))
            try room.write("cut.csr", Self.request.replacingOccurrences(of: "MIHKM", with: "MIHJM"))
            #expect(try room.refusal("certificate", "sign", "cut.csr").contains("can't be signed"))
            // One letter of the name: the signature is not over that.
            try room.write("forged.csr", Self.request.replacingOccurrences(of: "ZGV2aWNl", with: "ZGV2aWNm"))
            #expect(try room.refusal("certificate", "sign", "forged.csr").contains("not signed by the key"))
            #expect(try room.rows("certificate", "list") == [])
        }
    }

    /// Made by `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=device`.
    private static let request = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIHKMHMCAQAwETEPMA0GA1UEAwwGZGV2aWNlMFkwEwYHKoZIzj0CAQYIKoZIzj0D
        AQcDQgAEk7hF3ya/Zve+HG61hgOFJK0zvDB7BNimayn94AorC6YtaDMfJyCj9vak
        jGYojuySaXzPSOYkrDkY/QKakYx6/qAAMAoGCCqGSM49BAMCA0cAMEQCIGPjRG1F
        NiW8fYEiOnl0xmdcqOZMT9tLvegdzgh6zsL6AiAR01MW1FZeG+JPmlsLn1oyoOGE
        Rh+E/if6SxKhjBKssw==
        -----END CERTIFICATE REQUEST-----

        """

    // MARK: show

    @Test("A file is explained without a gateway: what is in it, and whose key it is")
    func show() async throws {
        try await CommandRoom.run { room in
            let (file, certificate, key) = try room.device("pump")
            try room.write("pump.key", key)
            try room.write("factory.key", room.factoryKey)
            let shown = try room.succeed("certificate", "show", file, "--key", "pump.key")
            #expect(shown.contains(certificate.id.string) && shown.contains("CN=pump"))
            #expect(shown.contains("belongs to it"))
            #expect(!shown.contains("PRIVATE KEY"))
            #expect(
                try room.succeed("certificate", "show", file, "--key", "factory.key")
                    .contains("belongs to another certificate"))
            #expect(
                try room.succeed("certificate", "show", file, "--json").contains(#""kind" : "certificate""#))
            #expect(try room.refusal("certificate", "show", "none.pem").contains("no file none.pem"))
            try room.write("notes.txt", "nothing of the kind")
            #expect(try room.refusal("certificate", "show", "notes.txt").contains("notes.txt can't be shown"))
            #expect(
                try room.refusal("certificate", "show", "pump.key", "--key", "pump.key")
                    .contains("no certificate that a key could belong to"))
        }
    }

    // MARK: --dry-run

    @Test("A trial changes nothing; what it shows is done only if nothing has changed since")
    func trial() async throws {
        try await CommandRoom.run { room in
            let (file, certificate, _) = try room.device("pump")
            try room.succeed("certificate", "register", file, "--thing", "pump")
            let shown = try room.succeed("certificate", "deactivate", "--thing", "pump", "--dry-run")
            #expect(shown.contains("shut out 1 certificate"))
            #expect(shown.contains(certificate.id.string.prefix(16)))
            #expect(try room.rows("certificate", "list").first?[1] == "ACTIVE")
            let generation = try #require(
                shown.split(separator: " ").last?.prefix { $0.isNumber }
            ).description
            // Somebody else comes in between.
            try room.succeed("device", "add", "valve", "--output", "valve")
            #expect(
                try room.refusal("certificate", "deactivate", "--thing", "pump", "--if-unchanged", generation)
                    .contains("has changed since"))
            #expect(try room.rows("certificate", "list").allSatisfy { $0[1] == "ACTIVE" })

            let again = try room.succeed("certificate", "deactivate", "--thing", "pump", "--dry-run")
            let newest = try #require(again.split(separator: " ").last?.prefix { $0.isNumber }).description
            try room.succeed("certificate", "deactivate", "--thing", "pump", "--if-unchanged", newest)
            #expect(
                try room.rows("certificate", "list").first { $0[0] == certificate.id.string }?[1]
                    == "INACTIVE")
        }
    }
}
