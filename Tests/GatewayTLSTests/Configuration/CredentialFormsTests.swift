import Foundation
import GatewayTLS
import Testing

/// Every form in which operators have certificates and keys.
@Suite("Forms of credentials")
struct CredentialFormsTests {
    // MARK: DER

    @Test("DER: certificates one after the other, keys in PKCS#8 or the traditional form")
    func der() throws {
        let chain = try CredentialChain.shared
        for arguments in [["-outform", "DER"], ["-outform", "DER", "-traditional"]] {
            let path = try temporaryFile()
            try OpenSSLCommand.run(["pkey", "-in", chain.leaf.keyFile, "-out", path] + arguments)
            let credential = try TLSCredential(
                chainDER: chain.leaf.der + chain.intermediate.der, privateKeyDER: fileBytes(path))
            #expect(credential.description == "CN=leaf (EC, 1 more in the chain)")
            let certificate = try temporaryFile()
            try Data(chain.leaf.der[0]).write(to: URL(fileURLWithPath: certificate))
            let fromFiles = try TLSCredential(certificateChainFile: certificate, privateKeyFile: path)
            #expect(fromFiles.subject == "CN=leaf")
            #expect(fromFiles.source == "certificate \"\(certificate)\", key \"\(path)\"")
        }
    }

    @Test("DER: what follows a key or cuts it short is damage")
    func damagedDER() throws {
        let chain = try CredentialChain.shared
        let path = try temporaryFile()
        try OpenSSLCommand.run(["pkey", "-in", chain.leaf.keyFile, "-out", path, "-outform", "DER"])
        let key = try fileBytes(path)
        for bad in [key + [0], Array(key.dropLast()), [0x30], []] {
            let error = failure { () throws(TLSError) in
                try TLSCredential(chainDER: chain.leaf.der, privateKeyDER: bad)
            }
            #expect(error?.message == "the private key is neither PEM nor DER that can be read")
        }
        let error = failure { () throws(TLSError) in
            try TLSCredential(chainDER: [chain.leaf.der[0] + [0x30, 0x01]], privateKeyDER: key)
        }
        #expect(error?.message == "a certificate after the first one in the chain is damaged")
    }

    // MARK: Encrypted keys

    @Test(
        "encrypted keys: a wrong passphrase is told apart from none, and from damage",
        arguments: [["pkcs8", "-topk8", "-v2", "aes-256-cbc"], ["ec", "-aes256"]])
    func encrypted(form: [String]) throws {
        let pki = try TestPKI.shared
        let key = try OpenSSLCommand.run(
            form + ["-in", pki.serverEC.keyFile, "-passout", "pass:correct horse"]
        )
        .components(separatedBy: "\n").filter { !$0.hasPrefix("read") && !$0.hasPrefix("writing") }
        .joined(separator: "\n")
        func error(_ key: String, _ passphrase: TLSPassphrase?) -> TLSError? {
            failure { () throws(TLSError) in
                try TLSCredential(
                    certificateChainPEM: pki.serverEC.certificate, privateKeyPEM: key, passphrase: passphrase)
            }
        }
        #expect(error(key, nil)?.message == "the private key is encrypted and no passphrase was given")
        #expect(error(key, nil)?.code == .wrongPassphrase)
        // Whatever padding it happens to leave.
        for attempt in 0..<20 {
            let wrong = error(key, .text("wrong \(attempt)"))
            #expect(wrong?.code == .wrongPassphrase)
            #expect(wrong?.message == "the private key cannot be decrypted with the passphrase given")
        }
        #expect(error(key, .text("correct horse")) == nil)
        // One letter in the middle of the encrypted part.
        var lines = key.components(separatedBy: "\n")
        let last = try #require(lines.lastIndex { $0.hasPrefix("-----END") })
        let victim = last - 2
        let letter = lines[victim].removeLast()
        lines[victim].append(letter == "A" ? "B" : "A")
        let damaged = error(lines.joined(separator: "\n"), .text("correct horse"))
        #expect(damaged?.code == .unreadableCredential)
        #expect(
            damaged?.message == "the private key's encryption can be opened, but what is inside is damaged")
    }

    @Test("encrypted DER keys are read as well")
    func encryptedDER() throws {
        let chain = try CredentialChain.shared
        let path = try temporaryFile()
        try OpenSSLCommand.run([
            "pkcs8", "-topk8", "-in", chain.leaf.keyFile, "-outform", "DER", "-out", path, "-passout",
            "pass:x",
        ])
        let key = try fileBytes(path)
        _ = try TLSCredential(chainDER: chain.leaf.der, privateKeyDER: key, passphrase: .text("x"))
        let wrong = failure { () throws(TLSError) in
            try TLSCredential(chainDER: chain.leaf.der, privateKeyDER: key, passphrase: .text("y"))
        }
        #expect(wrong?.code == .wrongPassphrase)
    }

    @Test("an algorithm only the legacy provider has is named, with the way out")
    func legacyKey() throws {
        let pki = try TestPKI.shared
        let key = try OpenSSLCommand.run([
            "pkcs8", "-topk8", "-v1", "PBE-MD5-DES", "-provider", "legacy", "-provider", "default",
            "-in", pki.serverEC.keyFile, "-passout", "pass:x",
        ])
        let error = failure { () throws(TLSError) in
            try TLSCredential(
                certificateChainPEM: pki.serverEC.certificate, privateKeyPEM: key, passphrase: .text("x"))
        }
        #expect(error?.code == .unreadableCredential)
        #expect(error?.message.contains("legacy provider") == true)
    }

    // MARK: Chains

    @Test("chains: order, strangers, impostors and length")
    func chains() throws {
        let chain = try CredentialChain.shared
        func error(_ certificates: [TestPKI.Identity], _ key: TestPKI.Identity) -> TLSError? {
            failure { () throws(TLSError) in
                try TLSCredential(
                    certificateChainPEM: certificates.map(\.certificate).joined(), privateKeyPEM: key.key)
            }
        }
        #expect(error([chain.leaf, chain.intermediate, chain.root], chain.leaf) == nil)
        #expect(error([chain.leaf, chain.intermediate], chain.leaf) == nil)
        let order = error([chain.leaf, chain.root, chain.intermediate], chain.leaf)
        #expect(order?.code == .brokenChain)
        #expect(order?.message.contains("certificate 2 of the chain did not issue") == true)
        let stranger = error([chain.leaf, chain.intermediate, try TestPKI.shared.strangerEC], chain.leaf)
        #expect(stranger?.message.contains("certificate 3") == true)
        let twice = error([chain.leaf, chain.leaf], chain.leaf)
        #expect(twice?.code == .brokenChain)
        let impostor = error([chain.leaf, chain.impostor], chain.leaf)
        #expect(impostor?.code == .brokenChain)
        #expect(impostor?.message.contains("but another key") == true)
        let reversed = error([chain.root, chain.intermediate, chain.leaf], chain.leaf)
        #expect(reversed?.code == .keyMismatch)
        #expect(reversed?.message.contains("belongs to certificate 3 of the chain") == true)
        let long = error(
            [chain.leaf, chain.intermediate] + Array(repeating: chain.root, count: 9), chain.leaf)
        #expect(long?.message.contains("more than ten") == true)
        #expect(
            error([chain.leaf, chain.intermediate] + Array(repeating: chain.root, count: 8), chain.leaf)
                == nil)
    }
}
