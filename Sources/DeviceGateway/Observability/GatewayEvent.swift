/// What happens in a gateway, as its host sees it.
public enum GatewayEvent: Sendable {
    /// A device or anonymous client was admitted; its CONNACK is on the way.
    case connected(ConnectionSummary)
    /// A connection ended before it was admitted.
    case refused(RefusalReport)
    /// An admitted connection ended.
    case disconnected(DisconnectReport)
    /// An admitted connection asked for something its policies do not allow.
    case denied(DenialReport)
    /// A device's certificate was registered at first sight and waits for its activation.
    case registered(CertificateRegistration)
    /// A server certificate ends soon or has ended, or its OCSP response has.
    case serverCertificate(ServerCertificateReport)
}
