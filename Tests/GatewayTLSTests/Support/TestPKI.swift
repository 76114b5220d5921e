import Foundation

@testable import GatewayTLS

/// Authorities, servers and devices, made once a run with the `openssl` command.
struct TestPKI: Sendable {
    struct Identity: Sendable {
        var certificateFile: String
        var keyFile: String
        var certificate: String
        var key: String

        /// False for a peer whose chain may be nonsense.
        var isChecked = true

        var credential: TLSCredential {
            get throws {
                guard !isChecked else {
                    return try TLSCredential(certificateChainPEM: certificate, privateKeyPEM: key)
                }
                let storage = Array(certificate.utf8).withUnsafeBytes { chain in
                    Array(key.utf8).withUnsafeBytes { key in
                        Result { () throws(TLSError) in
                            try CredentialStorage(chain: chain, key: key, passphrase: nil, isChecked: false)
                        }
                    }
                }
                return TLSCredential(storage: try storage.get(), source: nil)
            }
        }

        /// The DER of each certificate in the PEM.
        var der: [[UInt8]] {
            certificate.components(separatedBy: "-----BEGIN CERTIFICATE-----").dropFirst().map { part in
                let base64 = part.components(separatedBy: "-----END").first ?? ""
                return [UInt8](Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data())
            }
        }
    }

    let directory: String
    let authority: Identity
    let otherAuthority: Identity
    let serverEC: Identity
    let serverRSA: Identity
    let deviceEC: Identity
    let deviceRSA: Identity
    /// The device with its authority behind it, as OpenSSL clients like to send.
    let deviceWithChain: Identity
    /// A device's, signed with SHA-1 by the authority.
    let weakDevice: Identity
    /// Issued by the other authority.
    let strangerEC: Identity

    static let made = Result { try TestPKI() }
    static var shared: TestPKI { get throws { try made.get() } }

    private init() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("gateway-tls-\(UUID())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        directory = path
        let ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        let rsa = ["-newkey", "rsa:2048"]
        func make(
            _ name: String, key: [String], issuer: Identity?, extensions: [String], digest: String = "-sha256"
        ) throws -> Identity {
            try Self.issue(
                name, in: path, key: key, issuer: issuer, extensions: extensions, digest: digest)
        }
        let ca = ["keyUsage=critical,keyCertSign,cRLSign"]
        let server = [
            "basicConstraints=critical,CA:FALSE", "extendedKeyUsage=serverAuth",
            "subjectAltName=DNS:gateway.test,IP:127.0.0.1",
        ]
        let device = ["basicConstraints=critical,CA:FALSE", "extendedKeyUsage=clientAuth"]
        authority = try make("authority", key: ec, issuer: nil, extensions: ca)
        otherAuthority = try make("other-authority", key: ec, issuer: nil, extensions: ca)
        serverEC = try make("server-ec", key: ec, issuer: authority, extensions: server)
        serverRSA = try make("server-rsa", key: rsa, issuer: authority, extensions: server)
        deviceEC = try make("device-ec", key: ec, issuer: authority, extensions: device)
        deviceRSA = try make("device-rsa", key: rsa, issuer: authority, extensions: device)
        strangerEC = try make("stranger", key: ec, issuer: otherAuthority, extensions: device)
        weakDevice = try make("weak", key: rsa, issuer: authority, extensions: device, digest: "-sha1")
        var chained = deviceEC
        chained.certificate += authority.certificate
        deviceWithChain = chained
    }

    /// Makes a certificate with a key of its own; without an issuer, a self-signed authority.
    static func issue(
        _ name: String, in directory: String,
        key: [String] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        issuer: Identity?, extensions: [String], digest: String = "-sha256"
    ) throws -> Identity {
        let certificateFile = "\(directory)/\(name).crt"
        let keyFile = "\(directory)/\(name).key"
        var arguments =
            ["req", "-x509", "-nodes", "-days", "30", digest, "-subj", "/CN=\(name)"] + key
            + ["-keyout", keyFile, "-out", certificateFile]
        if let issuer { arguments += ["-CA", issuer.certificateFile, "-CAkey", issuer.keyFile] }
        for value in extensions { arguments += ["-addext", value] }
        try OpenSSLCommand.run(arguments)
        return Identity(
            certificateFile: certificateFile, keyFile: keyFile,
            certificate: try String(contentsOfFile: certificateFile, encoding: .utf8),
            key: try String(contentsOfFile: keyFile, encoding: .utf8))
    }
}
