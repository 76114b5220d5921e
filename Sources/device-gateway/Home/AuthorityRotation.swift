import X509Auth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A change of the directory's authorities: four files that must agree.
///
/// All of it is written to one file first. From that moment the change has happened: whoever opens the
/// directory next carries it through.
struct AuthorityRotation: Codable {
    let certificate: String
    /// The private key; as it was where the change leaves it alone.
    let key: String
    let previousAuthorities: String
    let crossCertificates: String

    /// Replaces the directory's authority by a new one.
    ///
    /// - Parameters:
    ///   - managed: The authority that issues now; its key certifies the new one and is then gone.
    ///   - passphrase: Encrypts the new key; nil leaves it unencrypted.
    static func rotate(
        _ directory: GatewayDirectory, _ managed: ManagedAuthority, key kind: KeyKind, passphrase: String?,
        now: Int64
    ) throws -> X509Certificate {
        let old = managed.authority
        let (successor, key) = try old.makeSuccessor(
            notBefore: now - ManagedAuthority.clockTolerance, notAfter: ManagedAuthority.notAfter, key: kind)
        let cross = try old.crossCertify(
            successor.certificate, notBefore: now - ManagedAuthority.clockTolerance,
            notAfter: min(old.certificate.notAfter, successor.certificate.notAfter))
        var succession = managed.succession
        try succession.succeed(with: successor.certificate, now: now)
        try AuthorityRotation(
            certificate: successor.certificate.pem,
            key: passphrase.map { try successor.encryptedPrivateKeyPEM(passphrase: $0) } ?? key,
            previousAuthorities: pem(succession.predecessors),
            crossCertificates: pem([cross] + managed.crossCertificates)
        ).commit(directory)
        return successor.certificate
    }

    /// Stops keeping an earlier authority, and the cross-certificate by it.
    ///
    /// - Parameter devices: How many devices rely on it.
    static func forget(
        _ id: CertificateID, _ directory: GatewayDirectory, _ managed: ManagedAuthority, devices: Int
    ) throws {
        var succession = managed.succession
        try succession.forget(id, devices: devices)
        guard let key = try DurableFile.readSecret(directory.authorityKey, limit: ManagedAuthority.sizeLimit)
        else { return }
        // Up to the one by the oldest that is kept; those in between lead there.
        let crosses = managed.crossCertificates
        let oldest = crosses.lastIndex { cross in
            succession.predecessors.contains { $0.subjectKeyIdentifier == cross.authorityKeyIdentifier }
        }
        let kept = oldest.map { crosses[...$0] } ?? []
        try AuthorityRotation(
            certificate: managed.authority.certificate.pem, key: key,
            previousAuthorities: pem(succession.predecessors), crossCertificates: pem(Array(kept))
        ).commit(directory)
    }

    /// Carries through a change that a crash cut short.
    static func finish(_ directory: GatewayDirectory) throws {
        guard
            let bytes = try DurableFile.read(
                directory.authorityRotation, limit: 4 * ManagedAuthority.sizeLimit)
        else { return }
        do {
            try JSONDecoder().decode(AuthorityRotation.self, from: Data(bytes)).apply(directory)
        } catch is DecodingError {
            throw CommandFailure(
                "\(directory.authorityRotation) can't be read; restore the directory from a backup.")
        }
    }

    private func commit(_ directory: GatewayDirectory) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        try DurableFile.replace(
            directory.authorityRotation, with: String(decoding: encoder.encode(self), as: UTF8.self),
            mode: 0o600)
        try apply(directory)
    }

    /// Every step may be repeated.
    private func apply(_ directory: GatewayDirectory) throws {
        try DurableFile.replace(directory.previousAuthorities, with: previousAuthorities, mode: 0o644)
        try DurableFile.replace(directory.crossCertificates, with: crossCertificates, mode: 0o644)
        try DurableFile.replace(directory.authorityKey, with: key, mode: 0o600)
        try DurableFile.replace(directory.authorityCertificate, with: certificate, mode: 0o644)
        guard unlink(directory.authorityRotation) == 0 else {
            throw SystemFailure("remove", directory.authorityRotation)
        }
        try DurableFile.synchronizeDirectory(of: directory.authorityRotation)
    }

    private static func pem(_ certificates: [X509Certificate]) -> String {
        certificates.map(\.pem).joined()
    }
}
