import Foundation
import GatewayTLS
import Testing

/// Every form in which operators have certificates and keys.
@Suite("Forms of credentials")
struct CredentialFormsTests {
    /// A leaf under an intermediate authority, made once.
    struct Chain {
        let root: TestPKI.Identity
        let intermediate: TestPKI.Identity
        let leaf: TestPKI.Identity
        /// The intermediate's name with another key.
        let impostor: TestPKI.Identity
        let directory: String

        static let made = Result { try Chain() }
        static var shared: Chain { get throws { try made.get() } }

        private init() throws {
            let pki = try TestPKI.shared
            directory = pki.directory
            root = pki.authority
            let ca = [
                "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign,digitalSignature",
            ]
            intermediate = try TestPKI.issue("middle", in: directory, issuer: root, extensions: ca)
            leaf = try TestPKI.issue(
                "leaf", in: directory, issuer: intermediate,
                extensions: [
                    "basicConstraints=critical,CA:FALSE", "subjectAltName=DNS:gateway.test",
                    // Without a key identifier only the signature tells the impostor.
                    "authorityKeyIdentifier=none",
                ])
            let other = directory + "/impostor"
            try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
            impostor = try TestPKI.issue("middle", in: other, issuer: root, extensions: ca)
        }
    }

    private func failure(_ read: () throws(TLSError) -> TLSCredential) -> TLSError? {
        do throws(TLSError) {
            _ = try read()
            return nil
        } catch {
            return error
        }
    }

    private func bytes(_ file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
    }

    private func temporary() throws -> String { "\(try TestPKI.shared.directory)/\(UUID())" }

    // MARK: DER

    @Test("DER: certificates one after the other, keys in PKCS#8 or the traditional form")
    func der() throws {
        let chain = try Chain.shared
        for arguments in [["-outform", "DER"], ["-outform", "DER", "-traditional"]] {
            let path = try temporary()
            try OpenSSLCommand.run(["pkey", "-in", chain.leaf.keyFile, "-out", path] + arguments)
            let credential = try TLSCredential(
                chainDER: chain.leaf.der + chain.intermediate.der, privateKeyDER: bytes(path))
            #expect(credential.description == "CN=leaf (EC, 1 more in the chain)")
            let certificate = try temporary()
            try Data(chain.leaf.der[0]).write(to: URL(fileURLWithPath: certificate))
            let fromFiles = try TLSCredential(certificateChainFile: certificate, privateKeyFile: path)
            #expect(fromFiles.subject == "CN=leaf")
            #expect(fromFiles.source == "certificate \"\(certificate)\", key \"\(path)\"")
        }
    }

    @Test("DER: what follows a key or cuts it short is damage")
    func damagedDER() throws {
        let chain = try Chain.shared
        let path = try temporary()
        try OpenSSLCommand.run(["pkey", "-in", chain.leaf.keyFile, "-out", path, "-outform", "DER"])
        let key = try bytes(path)
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
        let chain = try Chain.shared
        let path = try temporary()
        try OpenSSLCommand.run([
            "pkcs8", "-topk8", "-in", chain.leaf.keyFile, "-outform", "DER", "-out", path, "-passout",
            "pass:x",
        ])
        let key = try bytes(path)
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

    // MARK: PKCS#12

    private func makePKCS12(_ extra: [String] = [], passphrase: String = "secret", key: Bool = true) throws
        -> String
    {
        let chain = try Chain.shared
        let path = try temporary()
        let others = try temporary()
        // A set in no order: the root first.
        try (chain.root.certificate + chain.intermediate.certificate)
            .write(toFile: others, atomically: true, encoding: .utf8)
        try OpenSSLCommand.run(
            ["pkcs12", "-export", "-in", chain.leaf.certificateFile, "-certfile", others, "-out", path]
                + ["-passout", "pass:\(passphrase)"]
                + (key ? ["-inkey", chain.leaf.keyFile] : ["-nokeys"]) + extra)
        return path
    }

    @Test("PKCS#12: the chain is put in order")
    func pkcs12() throws {
        let path = try makePKCS12()
        let credential = try TLSCredential(pkcs12File: path, passphrase: .text("secret"))
        #expect(credential.description == "CN=leaf (EC, 2 more in the chain)")
        #expect(credential.source == "PKCS#12 \"\(path)\"")
        _ = try TLSCredential(pkcs12: bytes(path), passphrase: .text("secret"))
    }

    @Test("PKCS#12 without a passphrase asks for none")
    func openPKCS12() throws {
        let path = try makePKCS12(passphrase: "")
        let credential = try TLSCredential(
            pkcs12File: path,
            passphrase: TLSPassphrase { (_) throws(TLSError) in
                Issue.record("asked for a passphrase")
                return nil
            })
        #expect(credential.subject == "CN=leaf")
    }

    @Test("PKCS#12: each fault is named")
    func pkcs12Faults() throws {
        let path = try makePKCS12()
        let file = try bytes(path)
        func error(_ bytes: [UInt8], _ passphrase: String?) -> TLSError? {
            failure { () throws(TLSError) in
                try TLSCredential(pkcs12: bytes, passphrase: passphrase.map { .text($0) })
            }
        }
        #expect(error(file, "wrong")?.code == .wrongPassphrase)
        #expect(error(file, nil)?.message == "the private key is encrypted and no passphrase was given")
        for bad in [[], [0x30], Array(file.dropLast()), file + [0], Array("PEM?".utf8)] {
            #expect(error(bad, "secret")?.message == "the file is not PKCS#12, or it is damaged")
        }
        let keyless = try bytes(makePKCS12(key: false))
        #expect(error(keyless, "secret")?.message.contains("lacks a private key") == true)
        let stranger = try TestPKI.shared.strangerEC
        let crowded = try bytes(makePKCS12(["-certfile", stranger.certificateFile]))
        #expect(error(crowded, "secret")?.code == .brokenChain)
        let named = failure { () throws(TLSError) in
            try TLSCredential(pkcs12File: path, passphrase: .text("wrong"))
        }
        #expect(named?.message.contains(path) == true)
    }

    @Test("PKCS#12 under RC2, as older tools make it: the legacy provider is named, with the way out")
    func legacyPKCS12() throws {
        let path = try makePKCS12(["-legacy"])
        let error = failure { () throws(TLSError) in
            try TLSCredential(pkcs12File: path, passphrase: .text("secret"))
        }
        #expect(error?.code == .unreadableCredential)
        #expect(error?.message.contains("legacy provider") == true)
        #expect(error?.message.contains("openssl pkcs12 -legacy") == true)
    }

    @Test("a count of iterations that would stall is refused at once")
    func iterations() throws {
        let chain = try Chain.shared
        let path = try temporary()
        // RFC 8018, appendix A: PBES2 with PBKDF2 and AES-256-CBC.
        let encrypted = """
            asn1=SEQUENCE:key
            [key]
            algorithm=SEQUENCE:pbes2
            data=FORMAT:HEX,OCTETSTRING:00112233445566778899aabbccddeeff
            [pbes2]
            oid=OID:PBES2
            parameters=SEQUENCE:parameters
            [parameters]
            function=SEQUENCE:pbkdf2
            scheme=SEQUENCE:cipher
            [pbkdf2]
            oid=OID:PBKDF2
            parameters=SEQUENCE:counting
            [counting]
            salt=FORMAT:HEX,OCTETSTRING:0011223344556677
            iterations=INTEGER:2000000000
            [cipher]
            oid=OID:AES-256-CBC
            iv=FORMAT:HEX,OCTETSTRING:00112233445566778899aabbccddeeff
            """
        try encrypted.write(toFile: path, atomically: true, encoding: .utf8)
        try OpenSSLCommand.run(["asn1parse", "-genconf", path, "-noout", "-out", path + ".der"])
        let key = try bytes(path + ".der")
        let fromKey = failure { () throws(TLSError) in
            try TLSCredential(chainDER: chain.leaf.der, privateKeyDER: key, passphrase: .text("x"))
        }
        #expect(fromKey?.message.contains("hashed more than 10,000,000 times") == true)

        // RFC 7292, section 4: the file ends with its MacData, and that with the count, 2,048.
        var file = try bytes(makePKCS12())
        let macData = try #require(
            file.indices.dropFirst(4).last { file[$0] == 0x30 && Int(file[$0 + 1]) == file.count - $0 - 2 })
        #expect(file.suffix(4) == [0x02, 0x02, 0x08, 0x00])
        file.replaceSubrange(file.count - 4..<file.count, with: [0x02, 0x04, 0x7f, 0xff, 0xff, 0xff])
        file[macData + 1] += 2
        let length = (Int(file[2]) << 8) + Int(file[3]) + 2
        (file[2], file[3]) = (UInt8(length >> 8), UInt8(length & 0xff))
        let fromFile = failure { () throws(TLSError) in
            try TLSCredential(pkcs12: file, passphrase: .text("secret"))
        }
        #expect(fromFile?.message.contains("hashed more than 10,000,000 times") == true)
    }

    @Test("damage anywhere is an error or does no harm")
    func damage() throws {
        let chain = try Chain.shared
        let file = try bytes(makePKCS12(["-iter", "1", "-nomaciter"]))
        let path = try temporary()
        try OpenSSLCommand.run([
            "pkcs8", "-topk8", "-in", chain.leaf.keyFile, "-outform", "DER", "-out", path, "-passout",
            "pass:x",
            "-iter", "1",
        ])
        let key = try bytes(path)
        var generator = SeededGenerator(seed: 11)
        func damaged(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^=
                    1 << UInt8.random(in: 0..<8, using: &generator)
            }
            return bytes
        }
        for _ in 0..<300 {
            let (file, key) = (damaged(file), damaged(key))
            let fromFile = failure { () throws(TLSError) in
                try TLSCredential(pkcs12: file, passphrase: .text("secret"))
            }
            let fromKey = failure { () throws(TLSError) in
                try TLSCredential(chainDER: chain.leaf.der, privateKeyDER: key, passphrase: .text("x"))
            }
            for error in [fromFile, fromKey] { #expect(error?.code != .internalFailure) }
        }
    }

    // MARK: URIs

    @Test("URIs: file: through OpenSSL's store, encrypted or not")
    func stores() throws {
        let chain = try Chain.shared
        let certificates = try temporary()
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

    // MARK: Chains

    @Test("chains: order, strangers, impostors and length")
    func chains() throws {
        let chain = try Chain.shared
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
