import X509Auth

/// Who opened a session, as far as it was proved.
enum Principal: Hashable, Sendable {
    /// The holder of this certificate's key.
    case certificate(CertificateID)
    /// Nobody in particular, on the plaintext endpoint.
    case anonymous
    /// The host itself.
    case host
}
