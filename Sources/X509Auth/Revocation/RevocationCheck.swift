/// Applies an authority's lists to one certificate, by the authority's mode.
struct RevocationCheck {
    /// Of whom, for messages.
    let name: String
    let authority: CertificateID
    let revocation: AuthorityRevocation
    /// Unix seconds.
    let now: Int64

    /// Why the certificate is refused; nil: it is not.
    func rejection(serialNumber: [UInt8], isAuthority: Bool = false) -> X509Rejection? {
        guard revocation.mode != .none else { return nil }
        let isHard = revocation.mode == .hard
        switch revocation.answer(serialNumber: serialNumber, now: now, isAuthority: isAuthority) {
        case .notRevoked:
            return nil
        case .revoked(let entry):
            return X509Rejection(
                .revokedByCRL,
                "\(name) is on the revocation list of authority \(authority) since \(UTCTime.string(entry.revocationDate)) (\(entry.reason)); issue the device a new certificate"
            )
        case .noList:
            guard isHard else { return nil }
            return X509Rejection(
                .crlMissing,
                "\(name) cannot be checked: authority \(authority) requires a revocation list and none is loaded; load one, or set its mode to soft"
            )
        case .expired(let time):
            guard isHard else { return nil }
            return X509Rejection(
                .crlExpired,
                "\(name) cannot be checked: the revocation list of authority \(authority) ended at \(UTCTime.string(time)), and it is \(UTCTime.string(now)); load its successor"
            )
        case .notYetValid(let time):
            guard isHard else { return nil }
            return X509Rejection(
                .crlExpired,
                "\(name) cannot be checked: the revocation list of authority \(authority) begins at \(UTCTime.string(time)), and it is \(UTCTime.string(now)); correct the gateway's clock"
            )
        }
    }
}
