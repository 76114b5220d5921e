import X509Auth

/// The gateway's own certificate authority, which issues device and server certificates.
enum ManagedAuthority {
    /// 9999-12-31T23:59:59Z: "no well-defined expiration date" (RFC 5280 §4.1.2.5).
    static let notAfter: Int64 = 253_402_300_799

    /// Reads the authority, or creates it in a directory that has none yet.
    static func open(_ directory: GatewayDirectory, now: Int64) throws -> (CertificateAuthority, isNew: Bool)
    {
        let certificate = try DurableFile.readText(directory.authorityCertificate, limit: sizeLimit)
        let key = try DurableFile.readText(directory.authorityKey, limit: sizeLimit)
        switch (certificate, key) {
        case (let certificate?, let key?):
            do {
                return (try CertificateAuthority(certificatePEM: certificate, privateKeyPEM: key), false)
            } catch {
                throw CommandFailure(
                    "\(directory.authorityCertificate) and \(directory.authorityKey) can't be used: \(error.message) "
                        + "Restore both from a backup.")
            }
        case (_?, nil):
            throw CommandFailure(
                "\(directory.authorityKey) is missing; without it no certificate can be issued. "
                    + "Restore it from a backup.")
        case (nil, _) where DurableFile.exists(directory.registry):
            throw CommandFailure(
                "\(directory.authorityCertificate) is missing; devices verify the gateway with it. "
                    + "Restore it from a backup, or from any device's root-CA.crt.")
        case (nil, _):
            return (try create(directory, now: now), true)
        }
    }

    /// The certificate is written last: a key alone is a making that was interrupted, and nothing
    /// can have been issued with it.
    private static func create(_ directory: GatewayDirectory, now: Int64) throws -> CertificateAuthority {
        let (authority, key) = try CertificateAuthority.create(
            commonName: "Device Gateway CA", organization: nil, notBefore: now - clockTolerance,
            notAfter: notAfter)
        try DurableFile.replace(directory.authorityKey, with: key, mode: 0o600)
        try DurableFile.replace(directory.authorityCertificate, with: authority.certificate.pem, mode: 0o644)
        return authority
    }

    /// Certificates begin this many seconds in the past, for devices whose clock is slow.
    static let clockTolerance: Int64 = 86_400
    /// No certificate chain or key is longer.
    static let sizeLimit = 1_048_576
}
