import Foundation
import GatewayTLS
import Testing

@Suite("Credentials behind URIs")
struct StoreCredentialTests {
    @Test("URIs: file: through OpenSSL's store, encrypted or not")
    func stores() throws {
        let chain = try CredentialChain.shared
        let certificates = try temporaryFile()
        try (chain.leaf.certificate + chain.intermediate.certificate)
            .write(toFile: certificates, atomically: true, encoding: .utf8)
        let credential = try TLSCredential(
            certificateURI: "file:\(certificates)", keyURI: "file:\(chain.leaf.keyFile)")
        #expect(credential.description == "CN=leaf (EC, 1 more in the chain)")
        let all = try makePKCS12()
        let both = try TLSCredential(
            certificateURI: "file:\(all)", keyURI: "file:\(all)", passphrase: .text("secret"))
        #expect(both.subject == "CN=leaf")
        let wrong = failure { () throws(TLSError) in
            try TLSCredential(
                certificateURI: "file:\(all)", keyURI: "file:\(all)", passphrase: .text("wrong"))
        }
        #expect(wrong?.code == .wrongPassphrase)
    }

    @Test("URIs: each fault is named; a PIN in one is not repeated")
    func storeFaults() throws {
        let pki = try TestPKI.shared
        let (certificate, key) = ("file:\(pki.serverEC.certificateFile)", "file:\(pki.serverEC.keyFile)")
        func error(_ certificate: String, _ key: String) -> TLSError? {
            failure { () throws(TLSError) in try TLSCredential(certificateURI: certificate, keyURI: key) }
        }
        let noProvider = error(certificate, "nosuch:object=x?pin-value=1234")
        #expect(
            noProvider?.message.contains("no provider that OpenSSL has loaded knows the scheme of the key")
                == true)
        #expect(noProvider?.message.contains("nosuch:object=x") == true)
        #expect(noProvider?.message.contains("1234") == false)
        #expect(error("file:/nonexistent", key)?.message.contains("certificate URI cannot be opened") == true)
        #expect(error(key, key)?.message.contains("leads to no certificate") == true)
        #expect(error(certificate, certificate)?.message.contains("leads to no private key") == true)
        for bad in ["", "/etc/key.pem", "c:", "file:\0x", "1x:y"] {
            #expect(error(certificate, bad)?.message.contains("no URI") == true)
        }
        #expect(error(certificate, "file:\(pki.deviceEC.keyFile)")?.code == .keyMismatch)
    }
}
