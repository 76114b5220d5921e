import Foundation
import Testing

@testable import device_gateway

/// The command's whole output, with the gateway logging everything, holds no passphrase and no key.
@Suite("The command keeps secrets", .serialized)
struct CommandSecrecyTests {
    private static let passphrase = "correct horse battery staple"

    @Test("Authority, devices, requests and a rotation", .timeLimit(.minutes(2)))
    func flows() async throws {
        try await withTemporaryDirectory { path in
            try DurableFile.replace("\(path)/pass", with: Self.passphrase + "\n", mode: 0o600)
            try DurableFile.replace("\(path)/wrong", with: Self.passphrase + "!\n", mode: 0o600)
            var text = ""
            func run(_ words: String..., fails: Bool = false) throws {
                let result = try CommandProcess.run(words, in: path)
                #expect((result.status != 0) == fails, "\(words): \(result.errors)")
                text += result.output + result.errors
            }
            let pass = ["--ca-passphrase-file", "pass"]
            try run("ca", "create", "--encrypt", pass[0], pass[1])
            try run("device", "list", fails: true)
            try run("serve", "--ca-passphrase-file", "wrong", fails: true)
            let gateway = try CommandProcess(
                ["serve", "--tls-port", "0", "--log-level", "trace"] + pass, in: path)
            defer { gateway.terminate() }
            _ = try await gateway.output(until: "Listening")
            try run("device", "add", "d1", "--output", "kit")
            try run("certificate", "show", "kit/d1.cert.pem", "--key", "kit/d1.private.key")
            try run("certificate", "show", "kit/d1.private.key", "--json")
            try run("ca", "status", "--json")
            try run("ca", "register", "kit/d1.private.key", fails: true)
            gateway.terminate()
            let served = gateway.wait()
            text += served.output + served.errors
            try run("ca", "rotate", pass[0], pass[1])

            var secrets = [Self.passphrase]
            for file in ["gateway/ca-private.key", "gateway/server-private.key", "kit/d1.private.key"] {
                let pem = try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8)
                secrets += pem.split(separator: "\n").filter { !$0.hasPrefix("-----") && $0.count >= 8 }
                    .map(String.init)
            }
            #expect(secrets.count > 8)
            #expect(text.contains("Listening for devices"))
            #expect(secrets.filter { text.contains($0) } == [])
        }
    }
}
