import Foundation
import GatewayTLS

/// A leaf under an intermediate authority, made once.
struct CredentialChain {
    let root: TestPKI.Identity
    let intermediate: TestPKI.Identity
    let leaf: TestPKI.Identity
    /// The intermediate's name with another key.
    let impostor: TestPKI.Identity
    let directory: String

    static let made = Result { try CredentialChain() }
    static var shared: CredentialChain { get throws { try made.get() } }

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

func makePKCS12(_ extra: [String] = [], passphrase: String = "secret", key: Bool = true) throws
    -> String
{
    let chain = try CredentialChain.shared
    let path = try temporaryFile()
    let others = try temporaryFile()
    // A set in no order: the root first.
    try (chain.root.certificate + chain.intermediate.certificate)
        .write(toFile: others, atomically: true, encoding: .utf8)
    try OpenSSLCommand.run(
        ["pkcs12", "-export", "-in", chain.leaf.certificateFile, "-certfile", others, "-out", path]
            + ["-passout", "pass:\(passphrase)"]
            + (key ? ["-inkey", chain.leaf.keyFile] : ["-nokeys"]) + extra)
    return path
}

func failure(_ read: () throws(TLSError) -> TLSCredential) -> TLSError? {
    do throws(TLSError) {
        _ = try read()
        return nil
    } catch {
        return error
    }
}

func fileBytes(_ file: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
}

func temporaryFile() throws -> String { "\(try TestPKI.shared.directory)/\(UUID())" }
