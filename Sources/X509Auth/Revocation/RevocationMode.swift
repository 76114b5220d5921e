/// What an authority's revocation list is worth: whether a device may connect when there is none, or none
/// that is current.
public enum RevocationMode: String, Hashable, Codable, Sendable, CaseIterable {
    /// The list is not looked at.
    case none
    /// A listed certificate is refused; without a current list certificates are accepted.
    case soft
    /// A listed certificate is refused; without a current list all are.
    case hard
}
