/// What a device or authority was registered as (AWS IoT API: `certificateMode`).
public enum CertificateMode: String, Hashable, Sendable, Codable, CaseIterable {
    /// Ownership of the authority's key was proved, or the authority is not needed.
    case standard = "DEFAULT"
    /// Registered without such proof. Its devices are admitted only if they name the server they want (SNI).
    case sniOnly = "SNI_ONLY"
}
