import Foundation
import GatewayTLS
import Testing

@Suite("Credentials in PKCS#12")
struct PKCS12CredentialTests {
    @Test("PKCS#12: the chain is put in order")
    func pkcs12() throws {
        let path = try makePKCS12()
        let credential = try TLSCredential(pkcs12File: path, passphrase: .text("secret"))
        #expect(credential.description == "CN=leaf (EC, 2 more in the chain)")
        #expect(credential.source == "PKCS#12 \"\(path)\"")
        _ = try TLSCredential(pkcs12: fileBytes(path), passphrase: .text("secret"))
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
        let file = try fileBytes(path)
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
        let keyless = try fileBytes(makePKCS12(key: false))
        #expect(error(keyless, "secret")?.message.contains("lacks a private key") == true)
        let stranger = try TestPKI.shared.strangerEC
        let crowded = try fileBytes(makePKCS12(["-certfile", stranger.certificateFile]))
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
        let chain = try CredentialChain.shared
        let path = try temporaryFile()
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
        let key = try fileBytes(path + ".der")
        let fromKey = failure { () throws(TLSError) in
            try TLSCredential(chainDER: chain.leaf.der, privateKeyDER: key, passphrase: .text("x"))
        }
        #expect(fromKey?.message.contains("hashed more than 10,000,000 times") == true)

        // RFC 7292, section 4: the file ends with its MacData, and that with the count, 2,048.
        var file = try fileBytes(makePKCS12())
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
        let chain = try CredentialChain.shared
        let file = try fileBytes(makePKCS12(["-iter", "1", "-nomaciter"]))
        let path = try temporaryFile()
        try OpenSSLCommand.run([
            "pkcs8", "-topk8", "-in", chain.leaf.keyFile, "-outform", "DER", "-out", path, "-passout",
            "pass:x",
            "-iter", "1",
        ])
        let key = try fileBytes(path)
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
}
