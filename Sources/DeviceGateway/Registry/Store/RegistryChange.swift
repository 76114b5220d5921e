public import X509Auth

/// One change to what a ``RegistryStore`` holds. A write to the registry becomes a list of these, already
/// checked against the registry's rules; a store only keeps them.
public enum RegistryChange: Hashable, Sendable {
    /// Insert the thing, or replace the one of that name.
    case putThing(ThingRecord)
    /// Remove the thing, which is attached to nothing.
    case removeThing(String)
    /// Insert the certificate, or replace the one of that identifier.
    case putCertificate(CertificateRecord)
    /// Change a certificate's status alone.
    case setCertificateStatus(CertificateID, CertificateStatus)
    /// Remove the certificate, which is attached to nothing.
    case removeCertificate(CertificateID)
    /// Attach a thing to a certificate; both exist.
    case attachThing(name: String, certificate: CertificateID)
    /// Undo such an attachment.
    case detachThing(name: String, certificate: CertificateID)
    /// Insert the policy, or replace the one of that name.
    case putPolicy(PolicyRecord)
    /// Remove the policy, which nothing refers to.
    case removePolicy(String)
    /// Attach a policy to a certificate; both exist.
    case attachPolicy(name: String, certificate: CertificateID)
    /// Undo such an attachment.
    case detachPolicy(name: String, certificate: CertificateID)
    /// Insert the authority, or replace the one of that identifier, template included.
    case putAuthority(AuthorityRecord)
    /// Remove the authority.
    case removeAuthority(CertificateID)
}
