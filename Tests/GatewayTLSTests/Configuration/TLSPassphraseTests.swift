import Foundation
import GatewayTLS
import Synchronization
import Testing

@Suite("Passphrases")
struct TLSPassphraseTests {
    private func encryptedKey(_ passphrase: String) throws -> String {
        try OpenSSLCommand.run([
            "pkey", "-in", try TestPKI.shared.serverEC.keyFile, "-aes256", "-passout", "pass:\(passphrase)",
        ])
    }

    private func read(_ key: String, _ passphrase: TLSPassphrase?) throws -> TLSCredential {
        try TLSCredential(
            certificateChainPEM: try TestPKI.shared.serverEC.certificate, privateKeyPEM: key,
            passphrase: passphrase)
    }

    @Test("it is asked for once, and only for what is encrypted")
    func askedOnce() throws {
        let count = Mutex(0)
        let passphrase = TLSPassphrase { (buffer) throws(TLSError) in
            count.withLock { $0 += 1 }
            buffer.copyBytes(from: Array("secret".utf8))
            return 6
        }
        _ = try read(try TestPKI.shared.serverEC.key, passphrase)
        #expect(count.withLock { $0 } == 0)
        _ = try read(try encryptedKey("secret"), passphrase)
        #expect(count.withLock { $0 } == 1)
    }

    @Test("a file's first line; what is wrong with the file is told")
    func file() throws {
        let key = try encryptedKey("two words")
        let path = "\(try TestPKI.shared.directory)/\(UUID())"
        for contents in ["two words", "two words\n", "two words\r\nmore\n"] {
            try contents.write(toFile: path, atomically: true, encoding: .utf8)
            _ = try read(key, .file(path))
        }
        try "two words \n".write(toFile: path, atomically: true, encoding: .utf8)
        let wrong = #expect(throws: TLSError.self) { try read(key, .file(path)) }
        #expect(wrong?.message == "the private key cannot be decrypted with the passphrase in \"\(path)\"")
        let missing = #expect(throws: TLSError.self) { try read(key, .file("/nonexistent/pass")) }
        #expect(missing?.message.contains("the passphrase file \"/nonexistent/pass\" cannot be read") == true)
        try String(repeating: "x", count: 1_025).write(toFile: path, atomically: true, encoding: .utf8)
        let long = #expect(throws: TLSError.self) { try read(key, .file(path)) }
        #expect(long?.message.contains("longer than 1024 bytes") == true)
    }

    @Test("a long passphrase works")
    func long() throws {
        let passphrase = String(repeating: "p", count: 1_000)
        let path = "\(try TestPKI.shared.directory)/\(UUID())"
        try passphrase.write(toFile: path, atomically: true, encoding: .utf8)
        let key = try OpenSSLCommand.run([
            "pkey", "-in", try TestPKI.shared.serverEC.keyFile, "-aes256", "-passout", "file:\(path)",
        ])
        _ = try read(key, .text(passphrase))
    }

    @Test("no description shows it")
    func secrecy() {
        var dumped = ""
        dump(TLSPassphrase.text("sesame"), to: &dumped)
        #expect(!dumped.contains("sesame"))
        #expect(TLSPassphrase.text("sesame").description == "passphrase given")
        #expect(TLSPassphrase.file("/p").description == "passphrase in \"/p\"")
    }
}
