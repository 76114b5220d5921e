/// Whether a server asks its clients for a certificate.
public enum TLSClientCertificateMode: Hashable, Sendable {
    /// No certificate is asked for.
    case none
    /// A certificate is asked for; a client without one is let in, one with a certificate is judged.
    case optional
    /// A client without a certificate that is accepted is refused.
    case required
}

/// The certificates a peer presented, as DER.
public struct TLSPeerCertificates: Hashable, Sendable {
    /// The peer's own certificate.
    public var leaf: [UInt8]
    /// What it sent besides, in the order sent. Unverified unless the configuration verifies chains.
    public var chain: [[UInt8]]

    /// Creates a set of peer certificates.
    public init(leaf: [UInt8], chain: [[UInt8]] = []) {
        self.leaf = leaf
        self.chain = chain
    }
}

/// What a verifier decides about a peer's certificates.
public enum TLSVerdict: Hashable, Sendable {
    /// Let the handshake go on.
    case accept
    /// End the handshake with this alert (RFC 8446, section 6.2).
    ///
    /// OpenSSL can send bad_certificate (42), unsupported_certificate (43), certificate_revoked (44),
    /// certificate_expired (45), certificate_unknown (46), unknown_ca (48), decrypt_error (51),
    /// handshake_failure (40) and internal_error (80); any other value is sent as certificate_unknown.
    case reject(alert: UInt8)
}
