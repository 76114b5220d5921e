/// A registered certificate's state, with AWS IoT's names
/// (AWS IoT API reference, `CertificateDescription.status`).
public enum CertificateStatus: String, Hashable, Sendable, Codable, CaseIterable {
    /// May connect.
    case active = "ACTIVE"
    /// May not connect until activated.
    case inactive = "INACTIVE"
    /// May never connect again; no transition leads out of it.
    case revoked = "REVOKED"
    /// Being moved between accounts.
    case pendingTransfer = "PENDING_TRANSFER"
    /// Registered on first sight or by claim, awaiting activation.
    case pendingActivation = "PENDING_ACTIVATION"
    /// Registered by a deprecated call; like inactive.
    case registerInactive = "REGISTER_INACTIVE"
}
