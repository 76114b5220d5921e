import X509Auth

/// The gateway's own certificate authority, which issues device and server certificates, and those before it.
struct ManagedAuthority: Sendable {
    let authority: CertificateAuthority
    /// The authority and its predecessors that devices still rely on.
    let succession: AuthoritySuccession
    /// The authority's key certified by its predecessor, that one's by its own, and so on: sent with the server's
    /// certificate, for devices that know an earlier authority only.
    let crossCertificates: [X509Certificate]
    /// Whether it was created just now.
    let isNew: Bool

    /// 9999-12-31T23:59:59Z: "no well-defined expiration date" (RFC 5280 §4.1.2.5).
    static let notAfter: Int64 = 253_402_300_799
    /// Certificates begin this many seconds in the past, for devices whose clock is slow.
    static let clockTolerance: Int64 = 86_400
    /// No certificate chain or key is longer.
    static let sizeLimit = 1_048_576

    /// Reads the authority, or creates it in a directory that has none yet.
    ///
    /// - Parameter passphrase: Is asked for the passphrase of an encrypted key, by the key's path.
    static func open(
        _ directory: GatewayDirectory, now: Int64,
        passphrase: (_ path: String) throws -> String = PassphraseSources.none.passphrase(toOpen:)
    ) throws -> ManagedAuthority {
        try AuthorityRotation.finish(directory)
        let certificate = try DurableFile.readText(directory.authorityCertificate, limit: sizeLimit)
        let key = try DurableFile.readSecret(directory.authorityKey, limit: sizeLimit)
        switch (certificate, key) {
        case (let certificate?, let key?):
            return try load(directory, certificate: certificate, key: key, passphrase: passphrase)
        case (_?, nil):
            throw CommandFailure(
                "\(directory.authorityKey) is missing; without it no certificate can be issued. "
                    + "Restore it from a backup.")
        case (nil, _) where DurableFile.exists(directory.registry):
            throw CommandFailure(
                "\(directory.authorityCertificate) is missing; devices verify the gateway with it. "
                    + "Restore it from a backup, or from any device's root-CA.crt.")
        case (nil, _):
            return try create(directory, AuthorityDescription(), passphrase: nil, now: now)
        }
    }

    /// Creates the authority of a directory that has none.
    ///
    /// The certificate is written last: a key alone is a making that was interrupted, and nothing
    /// can have been issued with it.
    static func create(
        _ directory: GatewayDirectory, _ description: AuthorityDescription, passphrase: String?, now: Int64
    ) throws -> ManagedAuthority {
        let (authority, key) = try CertificateAuthority.create(
            commonName: description.commonName, organization: description.organization,
            notBefore: now - clockTolerance, notAfter: description.notAfter, key: description.key)
        try DurableFile.replace(
            directory.authorityKey,
            with: passphrase.map { try authority.encryptedPrivateKeyPEM(passphrase: $0) } ?? key,
            mode: 0o600)
        try DurableFile.replace(directory.authorityCertificate, with: authority.certificate.pem, mode: 0o644)
        return ManagedAuthority(
            authority: authority, succession: AuthoritySuccession(current: authority.certificate),
            crossCertificates: [], isNew: true)
    }

    private static func load(
        _ directory: GatewayDirectory, certificate: String, key: String,
        passphrase: (_ path: String) throws -> String
    ) throws -> ManagedAuthority {
        let secret = isEncrypted(key) ? try passphrase(directory.authorityKey) : nil
        let authority: CertificateAuthority
        do {
            authority = try CertificateAuthority(
                certificatePEM: certificate, privateKeyPEM: key, passphrase: secret)
        } catch  where error.code == .passphraseNeeded {
            throw CommandFailure("The passphrase doesn't open \(directory.authorityKey).")
        } catch {
            throw CommandFailure(
                "\(directory.authorityCertificate) and \(directory.authorityKey) can't be used: \(error.message) "
                    + "Restore both from a backup.")
        }
        return ManagedAuthority(
            authority: authority,
            succession: AuthoritySuccession(
                current: authority.certificate,
                predecessors: try certificates(directory.previousAuthorities)),
            crossCertificates: try certificates(directory.crossCertificates), isNew: false)
    }

    static func isEncrypted(_ key: String) -> Bool { key.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") }

    private static func certificates(_ path: String) throws -> [X509Certificate] {
        guard let text = try DurableFile.readText(path, limit: sizeLimit) else { return [] }
        do {
            return try X509Certificate.certificates(pem: text)
        } catch {
            throw CommandFailure("\(path) can't be read: \(error.message). Restore it from a backup.")
        }
    }
}

/// What a new authority is to be.
struct AuthorityDescription: Equatable {
    var commonName = "Device Gateway CA"
    var organization: String?
    var key = KeyKind.p256
    var notAfter = ManagedAuthority.notAfter
}
