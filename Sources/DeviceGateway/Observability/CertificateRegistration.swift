public import X509Auth

/// A device's certificate was registered at first sight and waits for its activation (AWS IoT: just-in-time
/// registration). Reported on each of the device's attempts.
public struct CertificateRegistration: Hashable, Sendable {
    /// The certificate.
    public let certificate: CertificateID
    /// The authority that it was registered under.
    public let authority: CertificateID
    /// `PENDING_ACTIVATION`.
    public let status: CertificateStatus
    /// When it was registered, Unix seconds.
    public let registeredAt: Int64

    /// The reserved topic that AWS IoT publishes the event on.
    var topic: String { "$aws/events/certificates/registered/\(authority)" }

    /// The event as AWS IoT words it (developer guide, "Automatic/just-in-time registration").
    ///
    /// - Parameter now: Unix seconds.
    func json(account: String, now: Int64) -> String {
        // Hexadecimal digits, an account's digits and numbers: nothing needs escaping.
        """
        {"certificateId":"\(certificate)","caCertificateId":"\(authority)","timestamp":\(milliseconds(now)),\
        "certificateStatus":"\(status.rawValue)","awsAccountId":"\(account)",\
        "certificateRegistrationTimestamp":"\(milliseconds(registeredAt))"}
        """
    }

    /// A host's clock may say anything.
    private func milliseconds(_ seconds: Int64) -> Int64 {
        let (product, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000)
        return isTooLarge ? (seconds < 0 ? .min : .max) : product
    }
}
