import X509Auth

/// Which status may follow which (AWS IoT API: UpdateCertificate and the pages of §"Manage device
/// certificates"). Pure: the registry asks it before every change.
enum CertificateLifeCycle {
    /// Who or what changes a status.
    enum Cause: CaseIterable {
        /// An operator sets it.
        case byHand
        /// A provisioning template overrides it.
        case provisioning
        /// The trust snapshot goes back to an earlier version.
        case rollback
    }

    /// What a certificate can be registered with by hand.
    static let initialByHand: Set<CertificateStatus> = [.active, .inactive, .revoked]

    /// What a template can register a certificate with.
    static let initialByTemplate: Set<CertificateStatus> = [.active, .inactive, .pendingActivation]

    /// Whether a certificate that is `from` may become `to`, which is another.
    ///
    /// Nothing leads out of `REVOKED`. `PENDING_TRANSFER`, `PENDING_ACTIVATION` and `REGISTER_INACTIVE` are
    /// never set by hand. A certificate in transfer can only be taken back, or revoked.
    static func allows(
        _ from: CertificateStatus, to: CertificateStatus, by cause: Cause
    ) -> Bool {
        switch (from, to, cause) {
        case (.revoked, _, _): false
        case (_, .revoked, .byHand): true
        case (_, .revoked, _): false
        case (.pendingTransfer, .inactive, .byHand): true
        case (.pendingTransfer, _, _): false
        case (_, .active, _), (_, .inactive, _): true
        case (_, .pendingActivation, .rollback), (_, .registerInactive, .rollback): true
        case (_, .pendingActivation, _), (_, .registerInactive, _), (_, .pendingTransfer, _): false
        }
    }
}
