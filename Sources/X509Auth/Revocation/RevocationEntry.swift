/// One certificate on a revocation list (RFC 5280 5.3).
public struct RevocationEntry: Hashable, Sendable {
    /// Why a certificate was revoked (RFC 5280 5.3.1).
    public enum Reason: Int, Hashable, Sendable, CaseIterable, CustomStringConvertible {
        /// No reason given.
        case unspecified = 0
        /// The key is in other hands.
        case keyCompromise = 1
        /// The authority's key is in other hands.
        case cACompromise = 2
        /// The subject changed its name or organization.
        case affiliationChanged = 3
        /// Replaced by another certificate.
        case superseded = 4
        /// No longer needed.
        case cessationOfOperation = 5
        /// On hold; may be released.
        case certificateHold = 6
        /// In a delta list only: released from hold, or expired.
        case removeFromCRL = 8
        /// A privilege was withdrawn.
        case privilegeWithdrawn = 9
        /// The attribute authority's key is in other hands.
        case aACompromise = 10

        /// The name that RFC 5280 has for it.
        public var description: String {
            switch self {
            case .unspecified: "unspecified"
            case .keyCompromise: "keyCompromise"
            case .cACompromise: "cACompromise"
            case .affiliationChanged: "affiliationChanged"
            case .superseded: "superseded"
            case .cessationOfOperation: "cessationOfOperation"
            case .certificateHold: "certificateHold"
            case .removeFromCRL: "removeFromCRL"
            case .privilegeWithdrawn: "privilegeWithdrawn"
            case .aACompromise: "aACompromise"
            }
        }
    }

    /// When it was revoked, Unix seconds.
    public let revocationDate: Int64
    /// Why.
    public let reason: Reason
}
