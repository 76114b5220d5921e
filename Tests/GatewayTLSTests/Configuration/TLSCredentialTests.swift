import Foundation
import GatewayTLS
import Testing

@Suite("Reading credentials")
struct TLSCredentialTests {
    private func failure(_ certificate: String, _ key: String, _ passphrase: TLSPassphrase? = nil)
        -> TLSError?
    {
        do throws(TLSError) {
            _ = try TLSCredential(
                certificateChainPEM: certificate, privateKeyPEM: key, passphrase: passphrase)
            return nil
        } catch {
            return error
        }
    }

    @Test("each fault is named")
    func faults() throws {
        let pki = try TestPKI.shared
        #expect(failure(pki.serverEC.certificate, pki.serverEC.key) == nil)
        #expect(failure(pki.serverEC.certificate, pki.deviceEC.key)?.code == .keyMismatch)
        #expect(failure(pki.serverEC.certificate, pki.serverRSA.key)?.code == .keyMismatch)
        for bad in ["", "not PEM", "\0", pki.serverEC.key] {
            let error = failure(bad, pki.serverEC.key)
            #expect(error?.code == .unreadableCredential)
            #expect(error?.message.contains("certificate") == true)
        }
        for bad in ["", "not PEM", pki.serverEC.certificate] {
            let error = failure(pki.serverEC.certificate, bad)
            #expect(error?.code == .unreadableCredential)
            #expect(error?.message.contains("private key") == true)
        }
        let damaged =
            pki.serverEC.certificate + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        #expect(failure(damaged, pki.serverEC.key)?.message.contains("chain") == true)
    }

    @Test("encrypted keys: nothing is asked on a terminal")
    func encrypted() throws {
        let pki = try TestPKI.shared
        let key = try OpenSSLCommand.run(
            ["pkey", "-in", pki.serverEC.keyFile, "-aes256", "-passout", "pass:correct horse"])
        let none = failure(pki.serverEC.certificate, key)
        #expect(none?.message == "the private key is encrypted and no passphrase was given")
        let wrong = failure(pki.serverEC.certificate, key, .text("wrong"))
        #expect(wrong?.message == "the private key cannot be decrypted with the passphrase given")
        #expect(failure(pki.serverEC.certificate, key, .text("correct horse")) == nil)
    }

    @Test("files: every failure names the file")
    func files() throws {
        let pki = try TestPKI.shared
        _ = try TLSCredential(
            certificateChainFile: pki.serverEC.certificateFile, privateKeyFile: pki.serverEC.keyFile)
        let large = pki.directory + "/large.pem"
        try Data(count: (1 << 20) + 1).write(to: URL(fileURLWithPath: large))
        for path in ["/nonexistent/certificate.pem", pki.directory, large, "/dev/zero"] {
            do {
                _ = try TLSCredential(certificateChainFile: path, privateKeyFile: pki.serverEC.keyFile)
                Issue.record("\(path) was read")
            } catch {
                #expect(error.code == .unreadableCredential)
                #expect(error.message.contains(path))
            }
        }
        do {
            _ = try TLSCredential(
                certificateChainFile: pki.serverEC.certificateFile, privateKeyFile: pki.deviceEC.keyFile)
            Issue.record("a foreign key was accepted")
        } catch {
            #expect(error.code == .keyMismatch)
            #expect(error.message.contains(pki.deviceEC.keyFile))
        }
    }

    @Test("no description shows the key")
    func secrecy() throws {
        let credential = try TestPKI.shared.serverEC.credential
        #expect(credential.description == "CN=server-ec (EC, 0 more in the chain)")
        var dumped = ""
        dump(credential, to: &dumped)
        #expect(!dumped.contains("PRIVATE") && !dumped.contains("Storage"))
    }
}
