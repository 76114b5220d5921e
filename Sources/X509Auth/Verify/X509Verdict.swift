/// What the authenticator says of a certificate.
public enum X509Verdict: Hashable, Sendable {
    /// Registered, ACTIVE and within its dates.
    case registered(CertificateID)
    /// Not registered, but issued by an ACTIVE authority that registers unknown devices. The caller
    /// registers it before the device may do anything.
    case firstSight(CertificateID, authority: CertificateID)
    /// Refused.
    case rejected(X509Rejection)
}
