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

    @Test("RFC 5280 section 4.1.2.5: valid from the first second to the last, both included")
    func validity() throws {
        let pki = try TestPKI.shared
        let credential = try TLSCredential(
            certificateChainFile: pki.serverEC.certificateFile, privateKeyFile: pki.serverEC.keyFile)
        #expect(credential.notAfter - credential.notBefore == 30 * 86_400)
        try credential.check(at: credential.notBefore)
        try credential.check(at: credential.notAfter)
        let early = #expect(throws: TLSError.self) { try credential.check(at: credential.notBefore - 1) }
        #expect(early?.code == .expiredCredential)
        #expect(early?.message.contains("the certificate of CN=server-ec is not valid before 20") == true)
        #expect(early?.message.contains(pki.serverEC.certificateFile) == true)
        let late = #expect(throws: TLSError.self) { try credential.check(at: credential.notAfter + 1) }
        #expect(late?.message.contains("expired on 20") == true)
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
