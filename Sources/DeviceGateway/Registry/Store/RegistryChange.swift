public import X509Auth

/// One change to what a ``RegistryStore`` holds. A write to the registry becomes a list of these, already
/// checked against the registry's rules; a store applies the list as one transaction.
public enum RegistryChange: Hashable, Sendable {
    /// Insert the thing, or replace the one of that name, attributes included.
    case putThing(ThingRecord)
    /// Remove the thing, which is attached to nothing.
    case removeThing(String)
    /// Insert the certificate with its DER encoding.
    case insertCertificate(CertificateRecord, der: [UInt8])
    /// Set the status of a certificate that exists.
    case setCertificateStatus(CertificateID, CertificateStatus)
    /// Remove the certificate, which nothing is attached to.
    case removeCertificate(CertificateID)
    /// Keep what remains of a `REVOKED` certificate that is removed, for good; again changes nothing.
    case putTombstone(CertificateTombstone)
    /// Attach a thing to a certificate; both exist.
    case attachThing(name: String, certificate: CertificateID, isExclusive: Bool)
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
    /// Remove the authority and its revocation lists.
    case removeAuthority(CertificateID)
    /// Insert the list of an authority that exists, or replace its list of that kind.
    case putRevocationList(RevocationListRecord)
    /// Remove an authority's complete or delta list.
    case removeRevocationList(authority: CertificateID, isDelta: Bool)
}
